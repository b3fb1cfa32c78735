"""What is tried where plain detection is not sure."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from core.faces.detector import Face, FaceDetector, overlap
from core.faces.search import Found, search
from core.text import use_language_source
from tests.photos import FACE


class Scripted(FaceDetector):
    """A detector with given scores for the picture upright, bordered and turned."""

    def __init__(self, upright: float, faint: float, left: float, right: float) -> None:
        super().__init__()
        self._scores = [upright, *([faint] if upright == 0 else []), left, right]

    def detect(
        self, rgb: np.ndarray, score: float | None = None, glanced: list[Face] | None = None
    ) -> list[Face]:
        least = self.score if score is None else score
        found = self._scores.pop(0)
        return [Face((10, 10, 30, 40), found)] if found >= least else []


def test_a_plain_face_is_detected(photo: np.ndarray, detector: FaceDetector) -> None:
    assert search(photo, detector).found is Found.DETECTED


@pytest.mark.parametrize("turns", [1, 3])
def test_a_face_on_its_side_is_found_where_it_is(
    photo: np.ndarray, detector: FaceDetector, turns: int
) -> None:
    picture = np.ascontiguousarray(np.rot90(photo[:, :400], turns))
    result = search(picture, detector)
    assert result.found is Found.TURNED
    assert result.faces[0].turns == -turns % 4
    expected = Face(FACE, 1.0).turned_back(-turns, picture.shape[1], picture.shape[0])
    assert overlap(result.faces[0], expected) > 0.6


@pytest.mark.parametrize(
    ("scores", "found", "turns"),
    [
        ((0.9, 0.0, 0.0, 0.0), Found.DETECTED, 0),
        ((0.75, 0.0, 0.0, 0.9), Found.TURNED, 3),  # seen on its side, surer upright
        ((0.75, 0.0, 0.9, 0.8), Found.TURNED, 1),
        ((0.75, 0.0, 0.8, 0.0), Found.DETECTED, 0),  # hardly better: as it is
        ((0.0, 0.6, 0.0, 0.0), Found.FAINT, 0),
        ((0.0, 0.6, 0.9, 0.0), Found.TURNED, 1),
        ((0.0, 0.4, 0.0, 0.0), Found.NONE, 0),
        ((0.0, 0.0, 0.0, 0.85), Found.TURNED, 3),
        ((0.0, 0.0, 0.0, 0.75), Found.NONE, 0),  # turned pictures must be surer
    ],
)
def test_the_surest_attempt_wins(
    scene: np.ndarray, scores: tuple[float, float, float, float], found: Found, turns: int
) -> None:
    result = search(scene, Scripted(*scores))
    assert result.found is found
    assert [face.turns for face in result.faces] == ([] if found is Found.NONE else [turns])


def test_the_border_is_taken_off_again(scene: np.ndarray) -> None:
    face = search(scene, Scripted(0, 0.6, 0, 0)).faces[0]
    assert face.box == (10 - 160, 10 - 120, 30, 40)


@pytest.mark.parametrize(
    ("shape", "found"),
    [
        ((200, 200), Found.WHOLE),
        ((200, 250), Found.WHOLE),
        ((200, 251), Found.NONE),  # not squarish
        ((257, 257), Found.NONE),  # not small
        ((20, 20), Found.NONE),  # less than half a chip
        ((48, 48), Found.WHOLE),
    ],
)
def test_small_squarish_pictures_are_taken_whole(
    scene: np.ndarray, shape: tuple[int, int], found: Found
) -> None:
    picture = cv2.resize(scene, shape[::-1])
    assert search(picture, Scripted(0, 0, 0, 0)).found is found


def test_a_blank_picture_is_no_face() -> None:
    blank = np.full((100, 100, 3), 200, dtype=np.uint8)
    assert search(blank, Scripted(0, 0, 0, 0)).found is Found.NONE


def test_a_quick_search_finds_a_plain_face_in_its_place(
    photo: np.ndarray, detector: FaceDetector
) -> None:
    result = search(photo, detector, quick=True)
    assert result.found is Found.GLANCED
    (face,) = result.faces
    (careful,) = search(photo, detector).faces
    assert overlap(face, careful) > 0.8
    assert face.landmarks is not None
    assert careful.landmarks is not None
    assert np.abs(face.landmarks - careful.landmarks).max() < 0.05 * careful.box[2]


def test_a_quick_search_in_doubt_is_a_careful_one(
    photo: np.ndarray, detector: FaceDetector
) -> None:
    lying = np.ascontiguousarray(np.rot90(photo[:, :400]))
    far = np.full((1024, 1024, 3), 90, dtype=np.uint8)
    far[100:740, 200:840] = cv2.resize(photo, (640, 640), interpolation=cv2.INTER_AREA)
    far[760:1010, 10:260] = cv2.resize(photo, (250, 250), interpolation=cv2.INTER_AREA)
    for picture, faces in ((lying, 1), (far, 2)):
        quick, careful = (search(picture, detector, quick) for quick in (True, False))
        assert quick.found is careful.found is not Found.GLANCED
        assert len(careful.faces) == faces
        assert [face.box for face in quick.faces] == [face.box for face in careful.faces]


def test_small_pictures_are_not_glanced_at(photo: np.ndarray, detector: FaceDetector) -> None:
    small = cv2.resize(photo, (90, 90), interpolation=cv2.INTER_AREA)
    assert detector.glance(small) == []
    assert search(small, detector, quick=True).found is search(small, detector).found


def test_small_pictures_are_turned_by_a_quick_search_too(scene: np.ndarray) -> None:
    small = cv2.resize(scene, (90, 90))
    for quick in (True, False):
        assert search(small, Scripted(0.75, 0, 0.9, 0), quick).found is Found.TURNED


@pytest.mark.parametrize(("sideways", "found"), [(0.8, Found.TURNED), (0.6, Found.DETECTED)])
def test_a_quick_search_turns_a_picture_where_a_glance_shows_a_face(
    scene: np.ndarray, sideways: float, found: Found
) -> None:
    class Lying(Scripted):
        """One that sees a face in a turned picture, by a glance and by a careful look."""

        def glance(self, rgb: np.ndarray) -> list[Face]:
            return [Face((10, 10, 90, 90), 0.5 if rgb.shape == scene.shape else sideways)]

    assert search(scene, Lying(0.75, 0, 0.9, 0), quick=True).found is found


@pytest.mark.parametrize("code", ["en", "id"])
def test_every_way_has_a_sentence(code: str) -> None:
    use_language_source(lambda: code)
    try:
        sentences = {found.sentence for found in Found}
    finally:
        use_language_source(lambda: "en")
    assert len(sentences) == len(Found)
    assert all(sentence.endswith(".") for sentence in sentences)
