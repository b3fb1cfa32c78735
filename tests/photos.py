"""A photo with one face, a picture without one, and the detector, for whoever tests with photos."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from skimage.data import astronaut

from core.faces.detector import FaceDetector

FACE = (178, 65, 92, 118)
"""Box of the face in `photo`: x, y, width and height in pixels, drawn by eye."""


@pytest.fixture(scope="session")
def photo() -> np.ndarray:
    """Astronaut Eileen Collins (NASA, public domain), uint8 (512, 512, 3)."""
    picture = astronaut()
    picture.flags.writeable = False
    return picture


@pytest.fixture(scope="session")
def detector() -> FaceDetector:
    return FaceDetector()


@pytest.fixture(scope="session")
def scene() -> np.ndarray:
    """A picture without a face: soft coloured noise, uint8 (480, 640, 3)."""
    coarse = np.random.default_rng(0).integers(0, 256, size=(6, 8, 3), dtype=np.uint8)
    return cv2.resize(coarse, (640, 480), interpolation=cv2.INTER_CUBIC)
