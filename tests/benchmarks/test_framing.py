"""Measuring the crop on chips whose crop is known."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from benchmarks.framing import measure
from core.errors import DataError
from core.faces.chip import Margin, crop_chip
from core.faces.detector import FaceDetector


@pytest.mark.parametrize(
    "margin",
    [
        Margin(scale=1.1, right=0.0, down=0.0),
        Margin(scale=1.4, right=0.0, down=0.0),
        Margin(scale=1.4, right=0.1, down=-0.1),
    ],
)
def test_the_crop_that_made_the_chips_is_found_again(
    photo: np.ndarray, detector: FaceDetector, margin: Margin
) -> None:
    face = detector.detect(photo)[0]
    chips = []
    for right in (-0.04, 0.0, 0.04):
        for scale in (0.95, 1.0, 1.05):
            varied = Margin(
                scale=margin.scale * scale, right=margin.right + right, down=margin.down
            )
            chips.append(crop_chip(photo, face, varied))
    steps: list[int] = []
    geometry = measure(np.stack(chips), "command", steps.append)
    assert steps == list(range(1, 10))
    assert geometry.images == geometry.found == 9
    assert geometry.command == "command"
    assert geometry.margin.scale == pytest.approx(margin.scale, rel=0.1)
    assert geometry.margin.right == pytest.approx(margin.right, abs=0.06)
    assert geometry.margin.down == pytest.approx(margin.down, abs=0.06)
    assert geometry.scale.p5 <= geometry.scale.p25 <= geometry.scale.p50 <= geometry.scale.p95
    assert geometry.overlap.p50 > 0.8
    assert abs(geometry.tilt.p50) < 3
    assert np.array(geometry.landmarks).mean() == pytest.approx(0.5, abs=0.15)


def test_images_without_faces_are_refused(scene: np.ndarray) -> None:
    chip = cv2.resize(cv2.cvtColor(scene, cv2.COLOR_RGB2GRAY), (48, 48))
    with pytest.raises(DataError, match="No face was found in 2 images"):
        measure(np.stack([chip, chip]), "command", lambda done: None)
