from __future__ import annotations

import numpy as np
import pytest

from core.faces import quality
from core.faces.chip import crop_chip, square_face
from core.faces.cutout import square_side
from core.faces.detector import Face, FaceDetector
from core.faces.quality import Quality, Weakness, measure

FINE = Quality(brightness=130, sharpness=0.9, side=200, yaw=0.05, roll=2, outside=0)


@pytest.fixture
def face(photo: np.ndarray, detector: FaceDetector) -> Face:
    return detector.detect(photo)[0]


def test_a_good_portrait_has_no_weakness(photo: np.ndarray, face: Face) -> None:
    found = measure(crop_chip(photo, face), face, 512, 512)
    assert found.weaknesses == ()
    assert abs(found.yaw or 0) < quality.TURNED
    assert found.side == pytest.approx(square_side(face))


@pytest.mark.parametrize(
    ("change", "expected", "sentence"),
    [
        ({"brightness": 20}, Weakness.DARK, "20 of 255"),
        ({"sharpness": 0.1}, Weakness.BLURRED, "fine detail"),
        ({"side": 17.4}, Weakness.TINY, "17 pixels"),
        ({"yaw": -0.6}, Weakness.TURNED, "side"),
        ({"roll": -33.4}, Weakness.TILTED, "33 degrees"),
        ({"outside": 0.5}, Weakness.CUT, "50%"),
    ],
)
def test_each_weakness_is_named_with_its_measure(
    change: dict[str, float], expected: Weakness, sentence: str
) -> None:
    weak = Quality(**(vars(FINE) | change))
    assert weak.weaknesses == (expected,)
    assert sentence in weak.sentence(expected)
    assert expected.word


def test_several_at_once_and_none_without_landmarks() -> None:
    weak = Quality(brightness=10, sharpness=0.1, side=10, yaw=None, roll=None, outside=0)
    assert weak.weaknesses == (Weakness.TINY, Weakness.BLURRED, Weakness.DARK)
    assert FINE.weaknesses == ()


def test_a_whole_picture_taken_as_face_has_no_pose() -> None:
    whole = square_face(48, 48)
    found = measure(np.full((48, 48), 128, np.uint8), whole, 48, 48)
    assert found.yaw is None
    assert found.roll is None
    assert found.outside == pytest.approx(0, abs=1e-9)
    assert found.sharpness == 0


@pytest.mark.parametrize(
    ("nose", "yaw"),
    [((50, 60), 0), ((70, 60), 0.5), ((20, 60), -0.75)],
)
def test_yaw_by_the_place_of_the_nose(nose: tuple[int, int], yaw: float) -> None:
    marks = np.array([(30, 40), (70, 40), nose, (40, 80), (60, 80)], np.float32)
    found, roll = quality.pose(Face((0, 0, 100, 100), 1, marks))
    assert found == pytest.approx(yaw, abs=1e-3)
    assert roll == pytest.approx(0, abs=1e-3)


def test_roll_of_a_face_that_lies_on_its_side_is_told_upright() -> None:
    marks = np.array([(30, 40), (70, 40), (50, 60), (40, 80), (60, 80)], np.float32)
    lying = Face((0, 0, 100, 100), 1, marks).turned_back(1, 100, 100)
    assert quality.pose(lying)[1] == pytest.approx(0, abs=1e-3)


def test_a_full_profile_counts_as_turned() -> None:
    marks = np.array([(50, 40), (50, 40), (70, 60), (60, 80), (60, 80)], np.float32)
    yaw, _ = quality.pose(Face((0, 0, 100, 100), 1, marks))
    assert yaw == 1
