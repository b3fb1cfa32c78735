from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from hypothesis.extra.numpy import arrays

from core.figures import overlay

MAPS = arrays(np.float32, (7, 6, 6), elements=some.floats(0, 1e4, width=32))


@given(MAPS, some.integers(0, 6), some.booleans())
def test_relative_is_between_0_and_1(maps: np.ndarray, position: int, shared: bool) -> None:
    heat = overlay.relative(maps, position, shared)
    assert heat.min() >= 0
    assert heat.max() <= 1
    if not shared and maps[position].any():
        assert heat.max() == 1


def test_shared_scale_keeps_the_ratio_of_classes() -> None:
    maps = np.zeros((2, 3, 3), np.float32)
    maps[0, 1, 1], maps[1, 1, 1] = 4, 1
    assert overlay.relative(maps, 0, shared=True).max() == 1
    assert overlay.relative(maps, 1, shared=True).max() == pytest.approx(0.25)
    assert overlay.relative(maps, 1, shared=False).max() == 1


def test_what_is_not_a_number_gives_no_heat() -> None:
    assert not overlay.relative(np.full((1, 2, 2), np.nan, np.float32), 0).any()


def test_cold_face_stays_grey_and_hot_spot_is_coloured() -> None:
    face = np.full((48, 48, 3), 100, np.uint8)
    assert (overlay.overlay(face, np.zeros((6, 6))) == 100).all()
    heat = np.zeros((6, 6))
    heat[0, 0] = 1
    picture = overlay.overlay(face, heat)
    assert (picture[-10:, -10:] == 100).all()
    assert picture[2, 2, 0] > picture[2, 2, 2], "hot is reddish"


def test_speaking_against_is_blue() -> None:
    picture = overlay.overlay(np.full((48, 48), 100, np.uint8), np.full((6, 6), -1.0))
    assert picture.shape == (48, 48, 3)
    assert picture[24, 24, 2] > picture[24, 24, 0]


def test_heat_is_monotonous_in_lightness() -> None:
    lightness = overlay.heat_colors() @ np.array([0.299, 0.587, 0.114])
    # Single steps may be level; no stretch of the scale is.
    assert (lightness[8:] > lightness[:-8]).all()


@given(arrays(np.float32, (6, 6), elements=some.floats(0, 1, width=32)))
def test_enlarging_stays_within_the_map(values: np.ndarray) -> None:
    large = overlay.enlarge(values, 48)
    assert large.shape == (48, 48)
    assert large.min() >= values.min()
    assert large.max() <= values.max()


def test_pixels_stay_squares() -> None:
    chip = np.arange(4, dtype=np.uint8).reshape(2, 2)
    assert (overlay.pixels(chip, 6) == np.repeat(np.repeat(chip, 3, 0), 3, 1)).all()
    assert overlay.smooth(chip, 6).shape == (6, 6)
