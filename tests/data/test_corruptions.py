"""Corruptions keep shape and order of strength, follow their formulas and their seeds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.data import corruption_sheet
from core.data.corruptions import EYES, FAMILIES, KINDS, LEVELS, MOUTH, SIDE, apply, corrupt

kinds = pytest.mark.parametrize("kind", KINDS)
DRAWN = {
    *("gaussian_noise", "shot_noise", "salt_and_pepper", "motion_blur"),
    *("rotation", "loose_crop", "cover_anywhere"),
}


@pytest.fixture(scope="module")
def chips() -> np.ndarray:
    """Smooth pictures with edges, whose grey levels use the whole range."""
    rng = np.random.default_rng(5)
    coarse = rng.integers(20, 236, (12, 8, 8))
    return np.kron(coarse, np.ones((6, 6))).astype(np.uint8)


def change(before: np.ndarray, after: np.ndarray) -> float:
    return float(np.abs(before.astype(float) - after).mean())


@kinds
@given(seed=st.integers(0, 2**32), place=st.floats(0, 1))
@settings(max_examples=15, deadline=None)
def test_any_strength_gives_a_chip_and_leaves_its_input(kind: str, seed: int, place: float) -> None:
    chip = np.random.default_rng(seed).integers(0, 256, (SIDE, SIDE), dtype=np.uint8)
    before = chip.copy()
    entry = KINDS[kind]
    strength = entry.unchanged + place * (entry.strengths[-1] - entry.unchanged)
    first, again = (apply(chip, kind, strength, np.random.default_rng(seed)) for _ in range(2))
    assert first.shape == chip.shape
    assert first.dtype == np.uint8
    assert first is not chip
    assert (chip == before).all()
    assert (first == again).all()


@kinds
def test_the_unchanged_strength_changes_nothing(kind: str, chips: np.ndarray) -> None:
    rng = np.random.default_rng(0)
    spoilt = np.stack([apply(chip, kind, KINDS[kind].unchanged, rng) for chip in chips])
    # JPEG knows no strength without rounding.
    assert np.abs(spoilt.astype(int) - chips).max() <= (4 if kind == "jpeg" else 0)


@kinds
def test_each_level_changes_more_than_the_one_before(kind: str, chips: np.ndarray) -> None:
    index = np.arange(len(chips))
    changes = [change(chips, corrupt(chips, kind, level, index)) for level in LEVELS]
    assert changes == sorted(changes)
    assert changes[0] > 0.2
    assert changes[-1] > 2 * changes[0]


@kinds
def test_levels_are_draws_of_each_image_whatever_batch_it_comes_in(
    kind: str, chips: np.ndarray
) -> None:
    index = 100 + np.arange(len(chips))
    whole = corrupt(chips, kind, 4, index)
    some = [7, 2]
    assert (corrupt(chips[some], kind, 4, index[some]) == whole[some]).all()
    other = corrupt(chips, kind, 4, index, seed=1)
    assert bool((other == whole).all()) is (kind not in DRAWN)
    equal = np.repeat(chips[:1], len(chips), axis=0)
    assert len(np.unique(corrupt(equal, kind, 4, index), axis=0)) == (
        1 if kind not in DRAWN else 2 if kind == "rotation" else len(chips)
    )


def test_noise_has_its_deviation() -> None:
    rng = np.random.default_rng(0)
    middle, white = np.full((SIDE, SIDE), 128, np.uint8), np.full((SIDE, SIDE), 64, np.uint8)
    gaussian = np.stack([apply(middle, "gaussian_noise", 10, rng) for _ in range(20)])
    assert gaussian.std() == pytest.approx(10, rel=0.02)
    assert gaussian.mean() == pytest.approx(128, abs=0.2)
    shot = np.stack([apply(white, "shot_noise", 30, rng) for _ in range(20)])
    assert shot.std() == pytest.approx(30 * np.sqrt(64 / 255), rel=0.02)
    assert shot.mean() == pytest.approx(64, abs=0.3)
    dead = np.stack([apply(middle, "salt_and_pepper", 0.1, rng) for _ in range(20)])
    assert (dead == 0).mean() == pytest.approx(0.05, abs=0.004)
    assert (dead == 255).mean() == pytest.approx(0.05, abs=0.004)


@pytest.mark.parametrize(
    ("kind", "strength", "variance"),
    [
        ("gaussian_blur", 2.0, 2.0**2),
        ("defocus_blur", 3.0, 3.0**2 / 4),  # of a disc along one axis
        ("motion_blur", 8.0, 8.0**2 / 12),  # of a line, along it
    ],
)
def test_blurs_spread_a_point_as_wide_as_they_say(
    kind: str, strength: float, variance: float
) -> None:
    point = np.zeros((SIDE, SIDE), np.uint8)
    point[22:26, 22:26] = 255
    spread = apply(point, kind, strength, np.random.default_rng(0)).astype(float)
    assert spread.sum() == pytest.approx(point.sum(), rel=0.05)
    row, column = np.indices(point.shape)
    weight = spread / spread.sum()
    found = [(weight * (place - (weight * place).sum()) ** 2).sum() for place in (row, column)]
    of_the_square = (4**2 - 1) / 12
    measured = sum(found) - 2 * of_the_square
    assert measured == pytest.approx(variance * (1 if kind == "motion_blur" else 2), rel=0.15)


def test_light_follows_stops_and_contrast_its_share() -> None:
    chip = np.array([40, 80, 120, 200] * 576, np.uint8).reshape(SIDE, SIDE)
    rng = np.random.default_rng(0)
    assert apply(chip, "darkness", 2.2, rng)[0, :4].tolist() == [20, 40, 60, 100]
    assert apply(chip, "brightness", 2.2, rng)[0, :4].tolist() == [80, 160, 240, 255]
    assert apply(chip, "low_contrast", 0.5, rng)[0, :4].tolist() == [75, 95, 115, 155]


def test_covers_hide_what_they_are_named_after_and_nothing_else(chips: np.ndarray) -> None:
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 256, (SIDE, SIDE), dtype=np.uint8)
    for kind, middle in (("cover_eyes", EYES), ("cover_mouth", MOUTH)):
        hidden = (apply(noise, kind, 0.25, rng) != noise).mean(axis=1) > 0.5
        rows = np.flatnonzero(hidden)
        assert len(rows) == 12
        assert rows.mean() == pytest.approx(middle, abs=0.6)
    hidden = [apply(chips[0], "cover_anywhere", 1 / 3, rng) != chips[0] for _ in range(40)]
    assert np.mean(hidden) == pytest.approx(1 / 3, abs=0.03)
    assert np.any(hidden, axis=0).mean() > 0.95


@pytest.mark.parametrize(
    ("chip", "kind", "message"),
    [
        (np.zeros((SIDE, SIDE), np.uint8), "fog", "Received: fog"),
        (np.zeros((SIDE, SIDE), np.float32), "jpeg", "Received: float32"),
        (np.zeros((96, 96), np.uint8), "jpeg", r"Received: uint8 \(96, 96\)"),
    ],
)
def test_what_it_does_not_take(chip: np.ndarray, kind: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        apply(chip, kind, 1, np.random.default_rng(0))


def test_a_level_beyond_the_five(chips: np.ndarray) -> None:
    with pytest.raises(ValueError, match="level of 1 to 5"):
        corrupt(chips, "jpeg", 6, np.arange(len(chips)))


def test_the_targets_of_robust_networks_are_among_the_strengths() -> None:
    assert 10 in KINDS["gaussian_noise"].strengths
    assert 2 in KINDS["gaussian_blur"].strengths
    assert 30 in KINDS["jpeg"].strengths
    assert {kind.family for kind in KINDS.values()} == set(FAMILIES)


def test_the_sheet_holds_every_picture(chips: np.ndarray) -> None:
    picture = corruption_sheet.sheet(chips[:2], np.arange(2))
    pitch = SIDE + corruption_sheet.GAP
    assert picture.shape[0] == len(KINDS) * pitch - corruption_sheet.GAP
    row = list(KINDS).index("low_contrast")
    expected = corrupt(chips[:2], "low_contrast", 3, np.arange(2))[1]
    left = 6 * pitch + corruption_sheet.GAP + 3 * pitch
    assert (picture[row * pitch :, left : left + SIDE][:SIDE] == expected).all()
