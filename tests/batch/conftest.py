"""Pictures good and bad, and a pipeline that names their faces."""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image
from skimage.data import astronaut

from core.batch.pipeline import Key, Outcome, Pipeline
from core.batch.sources import given, items
from core.engine.engine import Engine
from core.faces.detector import FaceDetector
from tests.conftest import Lab


def encoded(rgb: np.ndarray, form: str = "JPEG") -> bytes:
    stream = io.BytesIO()
    Image.fromarray(rgb).save(stream, form)
    return stream.getvalue()


@pytest.fixture(scope="session")
def face() -> np.ndarray:
    """Astronaut Eileen Collins (NASA, public domain), uint8 (256, 256, 3)."""
    return cv2.resize(astronaut()[:256, 96:352], (256, 256))


@pytest.fixture(scope="session")
def portrait(face: np.ndarray) -> bytes:
    """JPEG with one face."""
    return encoded(face)


@pytest.fixture(scope="session")
def scene() -> bytes:
    """JPEG without a face."""
    coarse = np.random.default_rng(0).integers(0, 256, size=(6, 8, 3), dtype=np.uint8)
    return encoded(cv2.resize(coarse, (480, 320), interpolation=cv2.INTER_CUBIC))


@pytest.fixture(scope="session")
def clip(face: np.ndarray, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds of the face at ten frames a second, as MJPEG in AVI."""
    path = tmp_path_factory.mktemp("clips") / "clip.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 10, (256, 256))
    assert writer.isOpened()
    for place in range(20):
        writer.write(np.roll(cv2.cvtColor(face, cv2.COLOR_RGB2BGR), place, axis=1))
    writer.release()
    return path


@pytest.fixture(scope="session")
def detector() -> FaceDetector:
    return FaceDetector()


class Batch:
    """A pipeline over the networks of a lab."""

    def __init__(self, lab: Lab, detector: FaceDetector) -> None:
        engine = Engine()
        self.pipeline = Pipeline(
            [engine.card(name) for name in lab.ids], engine.predict, detector, every=0.5
        )

    def __call__(self, *places: Path, done: Iterable[Key] = ()) -> dict[Key, Outcome]:
        found = self.pipeline.run(items(given(map(str, places))), set(done))
        outcomes = [(outcome.key, outcome) for outcome in found]
        assert len(dict(outcomes)) == len(outcomes)
        return dict(outcomes)


@pytest.fixture
def batch(lab: Lab, detector: FaceDetector) -> Batch:
    return Batch(lab, detector)
