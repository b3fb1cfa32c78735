from __future__ import annotations

import numpy as np
import pytest

from core.data.corruptions import apply
from core.data.measures import MEASURES, brightness, clipped, noise, sharpness


@pytest.fixture(scope="module")
def face() -> np.ndarray:
    """A smooth picture with one edge across."""
    row, column = np.indices((48, 48))
    return (60 + 1.5 * row + column + 60 * (row > 30)).astype(np.uint8)


@pytest.mark.parametrize("deviation", [5, 10, 25])
def test_noise_is_measured_in_grey_levels(face: np.ndarray, deviation: float) -> None:
    rng = np.random.default_rng(0)
    found = np.mean([noise(apply(face, "gaussian_noise", deviation, rng)) for _ in range(20)])
    assert found == pytest.approx(deviation, rel=0.05)
    assert noise(face) < 1


def test_sharpness_falls_with_blur_and_knows_no_contrast(face: np.ndarray) -> None:
    rng = np.random.default_rng(0)
    noisy = apply(face, "gaussian_noise", 8, rng)
    steps = [sharpness(apply(noisy, "gaussian_blur", sigma, rng)) for sigma in (0, 0.5, 1, 2)]
    assert steps == sorted(steps, reverse=True)
    assert sharpness(noisy // 2) == pytest.approx(sharpness(noisy), rel=0.03)


def test_light(face: np.ndarray) -> None:
    rng = np.random.default_rng(0)
    assert brightness(apply(face, "darkness", 2.2, rng)) == pytest.approx(
        brightness(face) / 2, abs=0.6
    )
    assert clipped(face) == 0
    assert clipped(apply(face, "brightness", 6, rng)) > 0.9


@pytest.mark.parametrize("measure", MEASURES)
def test_an_even_picture_has_finite_measures(measure: str) -> None:
    for level in (0, 255):
        assert np.isfinite(MEASURES[measure](np.full((48, 48), level, np.uint8)))
