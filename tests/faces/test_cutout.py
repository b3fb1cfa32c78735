from __future__ import annotations

import cv2
import numpy as np
import pytest

from core.faces.chip import SIDE, chip_corners, crop_chip, square_face
from core.faces.cutout import cutout, on_chip, outside, square_side
from core.faces.detector import Face, FaceDetector


@pytest.fixture
def face(photo: np.ndarray, detector: FaceDetector) -> Face:
    return detector.detect(photo)[0]


def test_cutout_shows_what_the_chip_holds(photo: np.ndarray, face: Face) -> None:
    square = cutout(photo, face)
    assert square.shape == (round(square_side(face)),) * 2 + (3,)
    grey = cv2.cvtColor(square, cv2.COLOR_RGB2GRAY)
    small = cv2.resize(grey, (SIDE, SIDE), interpolation=cv2.INTER_AREA).astype(float)
    assert np.abs(small - crop_chip(photo, face)).mean() < 5


@pytest.mark.parametrize(
    ("width", "largest", "side"),
    [
        (20, 240, SIDE),  # never coarser than the chip
        (1000, 240, 240),  # never finer than asked for
        (1000, 10, SIDE),  # even if asked for less than a chip
        (100, 240, 100),  # as fine as the photo
    ],
)
def test_side_of_the_cutout(width: int, largest: int, side: int) -> None:
    photo = np.zeros((width, width, 3), np.uint8)
    assert len(cutout(photo, square_face(width, width), largest)) == side


def test_landmarks_lie_in_the_chip_as_in_a_face(photo: np.ndarray, face: Face) -> None:
    marks = on_chip(face)
    assert marks is not None
    right_eye, left_eye, nose, right_mouth, left_mouth = marks
    assert right_eye[0] < nose[0] < left_eye[0]
    assert right_eye[1] < nose[1] < right_mouth[1]
    assert ((marks > 0) & (marks < SIDE)).all()
    assert left_mouth[1] < SIDE


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_landmarks_do_not_depend_on_how_the_photo_lies(face: Face, turns: int) -> None:
    size = 512
    # np.rot90 of the photo by 4 - turns; turned_back maps from the turned to the given one.
    turned = face.turned_back(turns, size, size)
    there, here = on_chip(turned), on_chip(face)
    assert there is not None
    assert here is not None
    assert np.allclose(there, here, atol=1e-3)


def test_no_landmarks_without_detection() -> None:
    assert on_chip(square_face(48, 48)) is None


def test_share_outside() -> None:
    face = Face((0, 0, 100, 100), 1.0)
    corners = chip_corners(face)
    left, top = corners.min(axis=0)
    right, bottom = corners.max(axis=0)
    assert left < 0 or top < 0
    inside = (right - max(left, 0)) * (bottom - max(top, 0))
    assert outside(face, 500, 500) == pytest.approx(1 - inside / ((right - left) * (bottom - top)))
    assert outside(face.shifted(100, 100), 500, 500) == 0
    assert outside(face.shifted(-500, 0), 500, 500) == 1
