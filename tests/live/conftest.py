"""A webcam's picture with a face, an engine that answers at once, and a clock that is set."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import cv2
import numpy as np
import pytest
from skimage.data import astronaut

from core.engine.engine import Engine, Prediction
from core.faces.detector import FaceDetector
from tests.conftest import Lab


@dataclass
class Clock:
    """Seconds that pass only when a test says so, or by `step` at every look."""

    now: float = 100.0
    step: float = 0.0

    def __call__(self) -> float:
        self.now += self.step
        return self.now


@dataclass
class Stand:
    """An engine in front of the real one: counts calls and fails when told to."""

    engine: Engine
    fail: Exception | None = None
    before: Callable[[], object] = lambda: None
    calls: list[tuple[str, int, bool]] = field(default_factory=list)

    def predict(self, model_id: str, chips: np.ndarray, *, maps: bool = True) -> Prediction:
        self.before()
        self.calls.append((model_id, len(chips), maps))
        if self.fail is not None:
            raise self.fail
        return self.engine.predict(model_id, chips, maps=maps)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def engine(lab: Lab) -> Stand:
    return Stand(Engine(precision="f32"))


@pytest.fixture(scope="session")
def detector() -> FaceDetector:
    return FaceDetector(side=320)


@pytest.fixture(scope="session")
def webcam() -> np.ndarray:
    """One face (NASA's portrait of Eileen Collins) in a picture of 640x480."""
    picture = np.full((480, 640, 3), 90, dtype=np.uint8)
    picture[:, :480] = cv2.resize(astronaut(), (480, 480), interpolation=cv2.INTER_AREA)
    picture.flags.writeable = False
    return picture
