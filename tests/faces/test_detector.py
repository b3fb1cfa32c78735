"""Boxes, and the traps of the detector."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import ModelError
from core.faces import detector as detector_module
from core.faces import yunet
from core.faces.detector import LARGE, SHARED, Face, FaceDetector, _starts, overlap
from tests.photos import FACE
from tests.threads import in_threads

REFERENCE = Face(box=FACE, score=1.0)


@pytest.mark.parametrize(("height", "width"), [(1200, 1600), (1201, 1600), (960, 1280)])
def test_shrinking_by_halves_is_shrinking(photo: np.ndarray, height: int, width: int) -> None:
    picture = resized(photo, width, height)
    found = detector_module.resized(picture, 256)
    assert max(found.shape[:2]) == 256
    expected = resized(picture, found.shape[1], found.shape[0])
    assert np.abs(found.astype(int) - expected).mean() < 3


def resized(picture: np.ndarray, width: int, height: int) -> np.ndarray:
    return cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)


@pytest.mark.parametrize("side", [640, 320])
def test_finds_the_one_face_where_it_is(photo: np.ndarray, side: int) -> None:
    faces = FaceDetector(side=side).detect(photo)
    assert len(faces) == 1
    assert overlap(faces[0], REFERENCE) > 0.7
    assert faces[0].score > 0.9
    assert faces[0].landmarks is not None
    right_eye, left_eye, nose, right_mouth, left_mouth = faces[0].landmarks
    assert right_eye[0] < nose[0] < left_eye[0]
    assert right_eye[1] < nose[1] < right_mouth[1]
    assert right_mouth[0] < left_mouth[0]


@pytest.mark.parametrize(
    ("width", "height"),
    [
        (1600, 1600),  # shrunk to the working side
        (512, 512),  # enlarged to it
        (128, 128),  # enlarged by the largest factor
        (900, 450),  # flattened: each direction has its own scale
    ],
)
def test_boxes_are_in_pixels_of_the_picture(
    photo: np.ndarray, detector: FaceDetector, width: int, height: int
) -> None:
    faces = detector.detect(resized(photo, width, height))
    x, y, box_width, box_height = FACE
    across, down = width / 512, height / 512
    expected = Face((x * across, y * down, box_width * across, box_height * down), 1.0)
    assert len(faces) == 1
    assert overlap(faces[0], expected) > 0.6


def test_largest_face_comes_first(photo: np.ndarray, detector: FaceDetector) -> None:
    pair = np.zeros((512, 768, 3), dtype=np.uint8)
    pair[:256, :256] = resized(photo, 256, 256)
    pair[:, 256:] = photo
    large, small = detector.detect(pair)
    assert large.area > 3 * small.area
    assert large.centre[0] > 256 > small.centre[0]


def test_a_face_that_fills_the_picture_is_found(photo: np.ndarray, detector: FaceDetector) -> None:
    x, y, width, height = FACE
    close = np.ascontiguousarray(photo[y : y + height, x : x + width])
    faces = detector.detect(resized(close, 800, 1000))
    assert len(faces) == 1
    assert faces[0].area > 0.6 * 800 * 1000


def test_a_picture_without_a_face_has_none(scene: np.ndarray, detector: FaceDetector) -> None:
    assert detector.detect(scene) == []


@pytest.mark.parametrize(
    ("height", "width"), [(1, 1), (1, 640), (640, 1), (31, 33), (48, 48), (3, 2000)]
)
def test_thin_and_tiny_pictures_give_finite_boxes(
    detector: FaceDetector, height: int, width: int
) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)
    for face in detector.detect(noise, score=0.01):
        assert np.isfinite(face.box).all()


@pytest.mark.parametrize(
    "picture",
    [
        np.zeros((10, 10), np.uint8),  # grey
        np.zeros((10, 10, 4), np.uint8),  # with alpha
        np.zeros((10, 10, 3), np.float32),
        np.zeros((0, 10, 3), np.uint8),
    ],
)
def test_other_arrays_are_refused(detector: FaceDetector, picture: np.ndarray) -> None:
    with pytest.raises(ValueError, match="Expected uint8"):
        detector.detect(picture)


def test_threads_share_one_detector(photo: np.ndarray) -> None:
    shared = FaceDetector(side=320)
    pictures = [resized(photo, side, side) for side in (512, 400, 300, 240)]
    expected = [shared.detect(picture)[0].box for picture in pictures]
    wrong: list[object] = []

    def work(number: int) -> None:
        for turn in range(12):
            place = (number + turn) % len(pictures)
            faces = shared.detect(pictures[place])
            if len(faces) != 1 or faces[0].box != expected[place]:
                wrong.append(faces)

    in_threads(8, work)
    assert wrong == []


@pytest.mark.parametrize(
    ("content", "message"), [(None, "cannot be read"), (b"something else", "Expected SHA-256")]
)
def test_another_detector_file_is_refused(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    scene: np.ndarray,
    content: bytes | None,
    message: str,
) -> None:
    file = tmp_path / "yunet.onnx"
    if content is not None:
        file.write_bytes(content)
    monkeypatch.setattr(yunet, "WEIGHTS", (file, yunet.WEIGHTS[1]))
    with pytest.raises(ModelError, match=message):
        FaceDetector().detect(scene)


@given(
    turns=st.integers(0, 3),
    x=st.integers(0, 30),
    y=st.integers(0, 20),
    size=st.tuples(st.integers(1, 10), st.integers(1, 10)),
)
def test_a_box_turns_back_with_its_picture(
    turns: int, x: int, y: int, size: tuple[int, int]
) -> None:
    mask = np.zeros((30, 40), dtype=bool)
    mask[y : y + size[1], x : x + size[0]] = True
    rows, columns = np.nonzero(np.rot90(mask, turns))
    left, top = float(columns.min()), float(rows.min())
    box = (left, top, float(np.ptp(columns)) + 1, float(np.ptp(rows)) + 1)
    corner = np.array([[box[0], box[1]]], dtype=np.float32)
    back = Face(box, 0.9, corner).turned_back(turns, width=40, height=30)
    assert back.box == pytest.approx((x, y, *size))
    assert back.turns == turns
    assert back.landmarks is not None
    left, top = back.landmarks[0].tolist()
    assert left in (x, x + size[0])
    assert top in (y, y + size[1])


@given(right=st.floats(-99, 99), down=st.floats(-99, 99))
def test_shifting_keeps_the_overlap(right: float, down: float) -> None:
    one, other = Face((0, 0, 10, 20), 0.9), Face((5, 5, 10, 20), 0.9)
    moved = overlap(one.shifted(right, down), other.shifted(right, down))
    assert moved == pytest.approx(overlap(one, other), abs=1e-6)


@pytest.mark.parametrize(
    ("box", "expected"),
    [((0, 0, 2, 2), 1.0), ((1, 0, 2, 2), 1 / 3), ((2, 0, 2, 2), 0.0), ((0, 0, 1, 1), 0.25)],
)
def test_overlap(box: tuple[float, float, float, float], expected: float) -> None:
    assert overlap(Face((0, 0, 2, 2), 1.0), Face(box, 1.0)) == pytest.approx(expected)


def in_a_large_picture(photo: np.ndarray, side: int, left: int, top: int) -> np.ndarray:
    """A photo, `side` px high, in a plain picture of 3,200 x 2,400."""
    picture = np.full((2400, 3200, 3), 120, np.uint8)
    scale = side / photo.shape[0]
    small = cv2.resize(photo, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    picture[top : top + small.shape[0], left : left + small.shape[1]] = small
    return picture


# Tiles of 3,200 x 2,400 meet at 544 to 640 and 408 to 480 of 1,184 x 888.
@pytest.mark.parametrize(("left", "top"), [(300, 200), (1480, 200), (300, 1090), (1480, 1090)])
def test_a_small_face_of_a_large_photo_is_found_once(
    photo: np.ndarray, left: int, top: int, detector: FaceDetector
) -> None:
    picture = in_a_large_picture(photo, 200, left, top)
    assert detector.detect(picture) == [], "the first look misses it"
    (face,) = detector.small_faces(picture)
    scale = 200 / photo.shape[0]
    expected = REFERENCE.scaled(scale, scale).shifted(left, top)
    assert overlap(face, expected) > 0.5


def test_photos_that_are_not_large_get_no_second_look(
    photo: np.ndarray, monkeypatch: pytest.MonkeyPatch, detector: FaceDetector
) -> None:
    small = cv2.resize(photo, (LARGE - 1, 900))

    def never(*_args: object) -> list[Face]:
        raise AssertionError("looked at")

    monkeypatch.setattr(FaceDetector, "_in_tile", never)
    assert detector.small_faces(small) == []


@pytest.mark.parametrize(("length", "tile"), [(100, 480), (480, 480), (700, 480), (1184, 640)])
def test_tiles_cover_a_length(length: int, tile: int) -> None:
    starts = _starts(length, tile)
    assert starts[0] == 0
    assert starts[-1] + tile >= length
    shared = [one + tile - other for one, other in pairwise(starts)]
    assert all(pixels >= SHARED for pixels in shared)
