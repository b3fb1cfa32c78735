"""YuNet on OpenVINO against YuNet on OpenCV."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from core.faces import yunet
from tests.threads import in_threads


@pytest.fixture(scope="module")
def weights() -> bytes:
    return yunet.WEIGHTS[0].read_bytes()


@pytest.mark.parametrize(
    ("height", "width"), [(480, 640), (640, 384), (448, 640), (640, 640), (192, 256), (96, 128)]
)
@pytest.mark.parametrize("score", [0.1, 0.7])
def test_both_find_the_same(
    photo: np.ndarray, weights: bytes, height: int, width: int, score: float
) -> None:
    picture = cv2.resize(photo, (width, height), interpolation=cv2.INTER_AREA)
    expected = yunet._OnOpenCV(weights).find(picture, score)
    found = yunet._made(yunet._OnOpenVINO, weights).find(picture, score)
    assert len(found) >= 1
    np.testing.assert_allclose(found, expected, atol=0.01)


def test_both_find_nothing_where_nothing_is(scene: np.ndarray, weights: bytes) -> None:
    for kind in (yunet._OnOpenCV, yunet._OnOpenVINO):
        assert yunet._made(kind, weights).find(scene, 0.7).shape == (0, 15)


@pytest.mark.parametrize(
    ("width", "height", "expected"),
    [
        (640, 480, True),
        (480, 640, True),  # upright
        (640, 427, True),  # 3:2, filled up to 448
        (320, 240, True),
        (640, 360, True),
        (640, 300, False),
        (500, 480, False),
    ],
)
def test_openvino_gets_what_cameras_make(
    monkeypatch: pytest.MonkeyPatch, width: int, height: int, expected: bool
) -> None:
    asked = []

    def noted(self: object, rgb: np.ndarray, score: float) -> np.ndarray:
        asked.append((type(self), rgb.shape))
        return np.zeros((0, 15))

    for kind in (yunet._OnOpenCV, yunet._OnOpenVINO):
        monkeypatch.setattr(kind, "find", noted)
    yunet.find(np.zeros((height, width, 3), np.uint8), 0.7)
    ((asked_kind, shape),) = asked
    assert asked_kind is (yunet._OnOpenVINO if expected else yunet._OnOpenCV)
    assert (shape[0] % 32, shape[1] % 32) == (0, 0)


def test_threads_get_their_own_faces(photo: np.ndarray) -> None:
    pictures = [cv2.resize(photo, (640, side)) for side in (480, 360, 640)]
    expected = [yunet.find(picture, 0.7) for picture in pictures]
    wrong: list[int] = []

    def work(number: int) -> None:
        for turn in range(6):
            place = (number + turn) % len(pictures)
            if not np.array_equal(yunet.find(pictures[place], 0.7), expected[place]):
                wrong.append(place)

    in_threads(6, work)
    assert wrong == []
