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
    ("height", "width"), [(480, 640), (640, 480), (640, 640), (192, 320), (320, 256)]
)
@pytest.mark.parametrize("score", [0.1, 0.7])
def test_both_find_the_same(
    photo: np.ndarray, weights: bytes, height: int, width: int, score: float
) -> None:
    picture = cv2.resize(photo, (width, height), interpolation=cv2.INTER_AREA)
    expected = yunet._OnOpenCV(weights).find(picture, score)
    found = yunet._OnOpenVINO(weights, (height, width), "f32").find(picture, score)
    assert len(found) >= 1
    np.testing.assert_allclose(found, expected, atol=0.01)


@pytest.mark.parametrize("side", [640, 320, 256])
def test_the_fastest_precision_finds_nearly_the_same(
    photo: np.ndarray, weights: bytes, side: int
) -> None:
    picture = cv2.resize(photo, (side, side), interpolation=cv2.INTER_AREA)
    (expected,) = yunet._OnOpenVINO(weights, (side, side), "f32").find(picture, 0.7)
    (found,) = yunet.find(picture, 0.7)
    places = slice(0, 14)
    assert np.abs(found[places] - expected[places]).max() < 0.03 * expected[2]
    assert found[14] == pytest.approx(expected[14], abs=0.02)


def test_both_find_nothing_where_nothing_is(scene: np.ndarray, weights: bytes) -> None:
    networks = (yunet._OnOpenCV(weights), yunet._OnOpenVINO(weights, (480, 640), "f32"))
    for network in networks:
        assert network.find(scene, 0.7).shape == (0, 15)


@pytest.mark.parametrize(
    ("width", "height", "expected"),
    [
        (640, 480, (480, 640)),
        (480, 640, (640, 480)),  # upright
        (640, 427, (480, 640)),  # 3:2
        (640, 360, (480, 640)),  # 16:9
        (640, 100, (480, 640)),
        (512, 640, (640, 640)),  # 5:4
        (320, 240, (256, 320)),
        (256, 144, (192, 256)),
        (632, 400, (480, 640)),  # a small picture, four times as large
        (500, 480, None),
        (192, 192, None),
    ],
)
def test_pictures_are_filled_up_to_the_sizes_of_openvino(
    monkeypatch: pytest.MonkeyPatch, width: int, height: int, expected: tuple[int, int] | None
) -> None:
    asked = []

    class Noted:
        def __init__(self, size: tuple[int, int] | None) -> None:
            self.size = size

        def find(self, rgb: np.ndarray, score: float) -> np.ndarray:
            asked.append((self.size, rgb.shape[:2]))
            return np.zeros((0, 15))

    monkeypatch.setattr(yunet, "_network", Noted)
    yunet.find(np.full((height, width, 3), 255, np.uint8), 0.7)
    ((size, shape),) = asked
    assert size == expected
    if expected:
        assert shape == expected
    assert (shape[0] % 32, shape[1] % 32) == (0, 0)


@pytest.mark.parametrize("width", [640, 427])
def test_what_a_picture_is_filled_up_with_holds_no_face(photo: np.ndarray, width: int) -> None:
    picture = cv2.resize(photo, (width, 640), interpolation=cv2.INTER_AREA)
    (face,) = yunet.find(picture, 0.7)
    (exact,) = yunet._network(None).find(np.ascontiguousarray(picture[:, : width // 32 * 32]), 0.7)
    np.testing.assert_allclose(face[:4], exact[:4], atol=3)


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
