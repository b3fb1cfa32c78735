from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from core.engine.occlusion import occlude, occlusion


def bright_corner(chips: np.ndarray) -> np.ndarray:
    """A network that answers by the upper left corner alone: class 0 if it is bright."""
    share = chips[:, :12, :12].mean(axis=(1, 2)) / 255
    return np.stack([share, 1 - share], axis=1)


@pytest.fixture
def chip() -> np.ndarray:
    face = np.zeros((48, 48), np.uint8)
    face[:12, :12] = 255
    return face


def test_finds_what_the_answer_hangs_on(chip: np.ndarray) -> None:
    result = occlusion(bright_corner, chip)
    assert result.whole == pytest.approx([1, 0])
    x, y, there = result.strongest(0)
    assert (x, y) == (6, 6)
    assert there[0] < 0.1
    heat = result.heat(0)
    assert heat.shape == (48, 48)
    assert np.unravel_index(heat.argmax(), heat.shape) == (0, 0)
    assert (heat[24:, 24:] == 0).all(), "far from the corner nothing changes"
    assert np.allclose(result.heat(1), -heat)
    assert 0 < result.changed() < 0.2


def test_answer_that_hangs_on_nothing(chip: np.ndarray) -> None:
    result = occlusion(lambda chips: np.full((len(chips), 3), 1 / 3), chip)
    assert result.changed() == 0
    assert not result.heat(1).any()


@given(some.integers(2, 48), some.integers(1, 20))
def test_every_pixel_is_covered_at_some_place(patch: int, step: int) -> None:
    face = np.zeros((48, 48), np.uint8)
    face[0, 0] = 255
    step = min(step, patch)
    covered, places = occlude(face, patch, step)
    assert len(covered) == len(places) ** 2
    assert places[0] == 0
    assert places[-1] + patch == 48
    seen = np.zeros(48, bool)
    for place in places:
        seen[place : place + patch] = True
    assert seen.all()


def test_the_cover_is_the_mean_grey(chip: np.ndarray) -> None:
    covered, _ = occlude(chip, 12, 12)
    assert (covered[-1][36:, 36:] == round(chip.mean())).all()
    assert (covered[-1][:36] == chip[:36]).all()
    assert covered[0].max() == round(chip.mean())


def test_progress_rises_to_the_end(chip: np.ndarray) -> None:
    shares: list[float] = []
    occlusion(bright_corner, chip, progress=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1
