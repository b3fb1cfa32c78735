"""The film for the bench's camera: numbers that survive a video's compression, and faces."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from skimage.data import astronaut

from benchmarks import film
from core import paths
from core.errors import DataError
from core.faces.detector import FaceDetector
from tests.conftest import Lab


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(film, "PICTURES", 16)


def pictures(file: Path) -> list[np.ndarray]:
    start = b"\xff\xd8\xff"
    return [decoded(start + part) for part in file.read_bytes().split(start)[1:]]


def decoded(jpeg: bytes) -> np.ndarray:
    found = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert found is not None
    return found


@pytest.mark.parametrize("source", ["photos", "portrait"])
def test_every_picture_has_its_number_and_a_face(source: str, lab: Lab, tmp_path: Path) -> None:
    photos = None
    if source == "photos":
        photos = tmp_path / "photos"
        photos.mkdir()
        cv2.imwrite(str(photos / "a.png"), astronaut()[:, :, ::-1])
        cv2.imwrite(str(photos / "b.png"), np.full((90, 120, 3), 90, np.uint8))
    assert not paths.data().exists()
    found = film.write(tmp_path / "film.mjpeg", photos)
    shown = pictures(found.file)
    assert [picture.shape for picture in shown] == [(480, 640, 3)] * 16
    assert [film.number_of(picture) for picture in shown] == list(range(16))
    assert ("folder" if photos else "Eileen Collins") in found.shows
    detector = FaceDetector(side=320)
    assert all(detector.detect(picture[:, :, ::-1]) for picture in shown[::4])


@pytest.mark.parametrize("number", [0, 1, 85, 170, 255])
def test_a_number_survives_a_bad_picture(number: int) -> None:
    picture = np.full((480, 640, 3), 128, dtype=np.uint8)
    film._mark(picture, number)
    half = cv2.resize(picture, (320, 240), interpolation=cv2.INTER_AREA)
    jpeg = cv2.imencode(".jpg", half, [cv2.IMWRITE_JPEG_QUALITY, 20])[1]
    assert film.number_of(decoded(jpeg.tobytes())) == number


def test_a_picture_without_a_number_has_none() -> None:
    assert film.number_of(np.full((480, 640, 3), 128, dtype=np.uint8)) is None


def test_photos_without_faces_are_refused(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "grey.png"), np.full((90, 120, 3), 90, np.uint8))
    with pytest.raises(DataError, match="photos with faces"):
        film.write(tmp_path / "film.mjpeg", tmp_path)
