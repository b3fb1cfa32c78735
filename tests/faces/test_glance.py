"""What a glance leaves in doubt, and where it is looked at closely."""

from __future__ import annotations

import numpy as np
import pytest

from core.faces.detector import Face, FaceDetector
from core.faces.glance import WINDOW
from core.faces.search import Found, search
from tests.photos import FACE

WIDTH, HEIGHT = WINDOW


class Glancing(FaceDetector):
    """A detector that sees given faces at a glance, closely, and by looking at everything."""

    def __init__(self, glance: list[Face], close: list[Face], full: list[Face]) -> None:
        super().__init__()
        self._seen, self._close, self._full = glance, close, full
        self.windows: list[tuple[int, int]] = []

    def glance(self, rgb: np.ndarray) -> list[Face]:
        return self._seen

    def within(self, rgb: np.ndarray, left: int, top: int, width: int, height: int) -> list[Face]:
        self.windows.append((left, top))
        assert (width, height) == WINDOW
        return self._close

    def detect(
        self, rgb: np.ndarray, score: float | None = None, glanced: list[Face] | None = None
    ) -> list[Face]:
        assert glanced in (None, self._seen)
        return self._full


def face(x: float, y: float, size: float, score: float) -> Face:
    return Face((x, y, size, size), score)


SURE = face(10, 10, 100, 0.85)
FULL = [face(0, 0, 50, 0.95)]


def quick(glance: list[Face], close: list[Face], picture: np.ndarray) -> tuple[Glancing, Found]:
    detector = Glancing(glance, close, FULL)
    result = search(picture, detector, quick=True)
    if result.found is Found.DETECTED:
        assert [found.box for found in result.faces] == [FULL[0].box]
    return detector, result.found


@pytest.mark.parametrize(
    ("glance", "found", "windows"),
    [
        ([SURE], Found.GLANCED, []),
        ([SURE, face(300, 10, 60, 0.7)], Found.GLANCED, []),
        ([], Found.DETECTED, []),
        ([SURE, face(300, 200, 59, 0.9)], Found.DETECTED, []),  # too small to place it
        ([SURE, face(300, 200, 59, 0.1)], Found.DETECTED, []),  # it may not be the only one
        ([SURE, face(300, 200, 100, 0.69)], Found.GLANCED, [(222, 154)]),
        ([SURE, face(300, 200, 100, 0.1)], Found.GLANCED, [(222, 154)]),
        ([SURE, face(300, 200, 100, 0.1), face(280, 190, 60, 0.2)], Found.GLANCED, [(222, 154)]),
        ([SURE, face(-20, 390, 100, 0.1)], Found.GLANCED, [(0, 288)]),  # cut by the picture's edge
        ([SURE, face(300, 200, 161, 0.1)], Found.DETECTED, []),  # more than a window holds
        (
            [SURE, face(300, 200, 100, 0.1), face(500, 20, 60, 0.2)],
            Found.GLANCED,
            [(222, 154), (384, 0)],
        ),
        (
            [SURE, *(face(x, 350, 60, 0.2) for x in (20, 270, 550))],
            Found.DETECTED,  # so much doubt is a matter for a careful search
            [],
        ),
    ],
)
def test_doubt_is_looked_at_closely_where_it_is_rare_and_large(
    scene: np.ndarray, glance: list[Face], found: Found, windows: list[tuple[int, int]]
) -> None:
    assert scene.shape == (480, 640, 3)
    detector, way = quick(glance, [], scene)
    assert way is found
    assert detector.windows == windows


def test_an_unsure_face_must_be_sure_closely(scene: np.ndarray) -> None:
    seen = face(300, 200, 100, 0.84)
    for score, found in ((0.85, Found.GLANCED), (0.84, Found.DETECTED)):
        detector, way = quick([seen], [face(302, 202, 98, score)], scene)
        assert detector.windows == [(222, 154)]
        assert way is found


def test_only_faces_that_were_doubted_are_added(scene: np.ndarray) -> None:
    trace = face(300, 200, 100, 0.3)
    confirmed = face(304, 198, 96, 0.8)
    other = face(400, 260, 60, 0.9)  # cut by the window, perhaps
    result = search(scene, Glancing([SURE, trace], [confirmed, other], FULL), quick=True)
    assert [found.box for found in result.faces] == [SURE.box, confirmed.box]
    result = search(scene, Glancing([SURE, trace], [], FULL), quick=True)
    assert [found.box for found in result.faces] == [SURE.box]


def test_a_close_look_sees_what_the_whole_picture_shows(
    photo: np.ndarray, detector: FaceDetector
) -> None:
    x, y, width, height = FACE
    left, top = x + width // 2 - WIDTH // 2, y + height // 2 - HEIGHT // 2
    (close,) = detector.within(photo, max(left, 0), max(top, 0), WIDTH, HEIGHT)
    (full,) = FaceDetector(side=512).detect(photo)
    np.testing.assert_allclose(close.box, full.box, atol=6)
    assert close.landmarks is not None
    assert full.landmarks is not None
    np.testing.assert_allclose(close.landmarks, full.landmarks, atol=4)
