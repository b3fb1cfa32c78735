"""What is tried where plain detection is not sure."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from core.faces.chip import chip_corners
from core.faces.detector import Face, FaceDetector, overlap
from core.faces.search import Found, search
from core.text import use_language_source
from tests.photos import FACE


class Scripted(FaceDetector):
    """A detector with given scores for the picture upright, bordered and turned."""

    def __init__(self, upright: float, faint: float, left: float, right: float) -> None:
        super().__init__()
        self.faint = False
        self._scores = [upright, *([faint] if upright == 0 else []), left, right]

    def detect(
        self, rgb: np.ndarray, score: float | None = None, glanced: list[Face] | None = None
    ) -> list[Face]:
        least = self.score if score is None else score
        found = self._scores.pop(0)
        return [Face((10, 10, 30, 40), found)] if found >= least else []

    def sees_face(self, rgb: np.ndarray, score: float) -> bool:
        return self.faint


def checkerboard(side: int, field: int) -> np.ndarray:
    y, x = np.mgrid[:side, :side] // field
    return np.repeat((((x + y) % 2) * 255).astype(np.uint8)[:, :, None], 3, axis=2)


def disc(side: int) -> np.ndarray:
    picture = np.full((side, side, 3), 240, np.uint8)
    return cv2.circle(picture, (side // 2, side // 2), side // 3, (40, 40, 40), -1)


def logo(side: int) -> np.ndarray:
    picture = np.full((side, side, 3), 255, np.uint8)
    place, size = (side // 12, 2 * side // 3), side / 56
    return cv2.putText(picture, "fer", place, cv2.FONT_HERSHEY_DUPLEX, size, (20, 20, 160), 2)


@pytest.mark.parametrize("side", [48, 100, 180])
@pytest.mark.parametrize("draw", [lambda side: checkerboard(side, side // 6), disc, logo])
def test_what_has_no_face_says_so(
    side: int, draw: Callable[[int], np.ndarray], detector: FaceDetector
) -> None:
    result = search(draw(side), detector)
    assert result.found is Found.NONE
    assert len(result.faces) == 1, "it is taken whole, with a doubt"


@pytest.mark.parametrize("side", [48, 64])
def test_a_small_face_has_no_doubt(photo: np.ndarray, side: int, detector: FaceDetector) -> None:
    x, y, width, height = FACE
    crop = photo[y - 10 : y + height + 10, x - 25 : x + width + 25]
    picture = cv2.resize(crop, (side, side), interpolation=cv2.INTER_AREA)
    assert search(picture, detector).found is not Found.NONE


@pytest.mark.parametrize("shape", [(100, 100), (48, 48), (300, 220), (20, 30)])
def test_crops_are_taken_as_they_are(
    shape: tuple[int, int], scene: np.ndarray, detector: FaceDetector
) -> None:
    result = search(cv2.resize(scene, shape[::-1]), detector, crops=True)
    assert result.found is Found.CROP
    (face,) = result.faces
    corners = chip_corners(face)
    assert np.ptp(corners, axis=0) == pytest.approx([max(shape)] * 2)


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
    detector = Scripted(0, 0, 0, 0)
    detector.faint = True
    assert search(picture, detector).found is found


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


def test_both_looks_make_one_list(photo: np.ndarray, detector: FaceDetector) -> None:
    """A large face and a small one far from it; the quick search keeps to one look."""
    picture = np.full((2400, 3200, 3), 120, np.uint8)
    picture[100:1600, 100:1600] = cv2.resize(photo, (1500, 1500))
    picture[2000:2260, 2600:2860] = cv2.resize(photo, (260, 260), interpolation=cv2.INTER_AREA)
    result = search(picture, detector)
    assert result.found is Found.DETECTED
    large, small = result.faces
    assert large.area > 20 * small.area
    assert small.centre[0] > 2600
    assert len(search(picture, detector, quick=True).faces) == 1
