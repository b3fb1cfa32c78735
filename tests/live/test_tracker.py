from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.faces.detector import Face, FaceDetector
from core.live.tracker import PATIENCE, Tracker, fit


def face(x: float, y: float = 100, size: float = 80) -> Face:
    return Face(box=(x, y, size, size), score=0.9)


def ids(tracker: Tracker) -> dict[float, int]:
    return {track.face.box[0]: track.id for track in tracker.visible()}


def test_faces_keep_their_numbers_while_they_move() -> None:
    tracker = Tracker()
    for step in range(20):
        tracker.update([face(100 + 9 * step), face(400 - 4 * step)], step / 10)
        assert ids(tracker) == {100 + 9 * step: 1, 400 - 4 * step: 2}


def test_the_order_of_detections_does_not_matter() -> None:
    tracker = Tracker()
    tracker.update([face(100), face(400)], 0.0)
    tracker.update([face(402), face(101)], 0.1)
    assert ids(tracker) == {101: 1, 402: 2}


def test_a_fast_face_is_known_by_its_distance() -> None:
    tracker = Tracker()
    tracker.update([face(100)], 0.0)
    tracker.update([face(155, 140)], 0.1)
    assert ids(tracker) == {155: 1}


def test_a_face_that_comes_back_soon_is_the_same() -> None:
    tracker = Tracker()
    tracker.update([face(100)], 0.0)
    assert tracker.update([], 0.5) == []
    assert tracker.known == [1]
    tracker.update([face(110)], 0.5 + PATIENCE / 2)
    assert ids(tracker) == {110: 1}


def test_a_face_that_comes_back_late_is_another() -> None:
    tracker = Tracker()
    tracker.update([face(100)], 0.0)
    tracker.update([], PATIENCE + 0.1)
    assert tracker.known == []
    tracker.update([face(100)], PATIENCE + 0.2)
    assert ids(tracker) == {100: 2}


@pytest.mark.parametrize(
    ("other", "fits"),
    [
        (face(100), True),
        (face(160), True),  # beside it
        (face(300), False),  # too far
        (face(150, 100, 250), False),  # suddenly three times as large, hardly overlapping
    ],
)
def test_what_may_be_one_face(other: Face, fits: bool) -> None:
    assert (fit(face(100), other) > 0) == fits


@given(st.lists(st.lists(st.integers(0, 600), max_size=6), max_size=8))
def test_no_number_twice(frames: list[list[int]]) -> None:
    tracker = Tracker()
    for step, places in enumerate(frames):
        tracks = tracker.update([face(place) for place in places], step / 10)
        numbers = [track.id for track in tracks]
        assert len(numbers) == len(set(numbers)) == len(places)


def test_boxes_follow_the_picture(webcam: np.ndarray, detector: FaceDetector) -> None:
    tracker = Tracker()
    (before,) = tracker.update(detector.detect(webcam), 0.0)
    tracker.look(webcam)
    for step in range(1, 5):
        moved = np.roll(webcam, (3 * step, 6 * step), axis=(0, 1))
        (track,) = tracker.follow(moved)
    wanted = np.add(before.face.box, (24, 12, 0, 0))
    np.testing.assert_allclose(track.face.box, wanted, atol=3)
    assert track.id == before.id


def test_a_picture_of_another_size_is_not_followed(webcam: np.ndarray) -> None:
    tracker = Tracker()
    tracker.update([face(100)], 0.0)
    tracker.look(webcam)
    (track,) = tracker.follow(np.zeros((600, 300, 3), dtype=np.uint8))
    assert track.face.box == face(100).box
