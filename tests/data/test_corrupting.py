"""Random corruption of training images."""

import numpy as np
import pytest
from pydantic import ValidationError

from core.data import corrupting
from core.data.corrupting import ORDER, Corrupting
from core.data.corruptions import KINDS


def settings(probability=0.3, kinds=ORDER, most=2):
    values = {
        name: {"probability": probability, "strength": sorted(KINDS[name].strengths[:2])}
        for name in kinds
    }
    return Corrupting.model_validate({"kinds": values, "most": most})


def test_every_kind_has_its_place_in_the_order():
    assert sorted(ORDER) == sorted(KINDS)


@pytest.mark.parametrize("most", [1, 2, 3])
def test_draws_are_few_in_order_and_within_their_range(most):
    chosen = settings(most=most)
    rng = np.random.default_rng(0)
    counts = []
    for _ in range(500):
        drawn = corrupting.draw(chosen, rng)
        places = [ORDER.index(kind) for kind, _ in drawn]
        assert places == sorted(set(places))
        for kind, strength in drawn:
            low, high = chosen.kinds[kind].strength
            assert low <= strength <= high
        counts.append(len(drawn))
    assert max(counts) == most


def test_a_kind_strikes_as_often_as_said():
    rng = np.random.default_rng(0)
    alone = settings(0.3, kinds=["jpeg"])
    assert np.mean([len(corrupting.draw(alone, rng)) for _ in range(4000)]) == pytest.approx(
        0.3, abs=0.03
    )


def test_the_same_generator_corrupts_alike_and_originals_stay():
    chips = np.random.default_rng(1).integers(0, 256, (9, 48, 48), dtype=np.uint8)
    before = chips.copy()
    one, two = (
        corrupting.corrupt(chips, settings(0.5), np.random.default_rng(4)) for _ in range(2)
    )
    assert np.array_equal(one, two)
    assert np.array_equal(chips, before)
    assert one.dtype == np.uint8
    assert not np.array_equal(one, chips)


def test_nothing_asked_nothing_done():
    chips = np.random.default_rng(1).integers(0, 256, (3, 48, 48), dtype=np.uint8)
    assert np.array_equal(corrupting.corrupt(chips, Corrupting(), np.random.default_rng(0)), chips)


@pytest.mark.parametrize(
    "values",
    [
        {"kinds": {"fog": {"probability": 0.1, "strength": [1, 2]}}},
        {"kinds": {"jpeg": {"probability": 0, "strength": [1, 2]}}},
        {"kinds": {"jpeg": {"probability": 1.5, "strength": [1, 2]}}},
        {"kinds": {"jpeg": {"probability": 0.5, "strength": [1]}}},
        {"kinds": {}, "most": 0},
        {"often": 1},
    ],
)
def test_impossible_settings_are_refused(values):
    with pytest.raises(ValidationError):
        Corrupting.model_validate(values)
