"""Sets hold the true class as often as stated on exchangeable images, and say so where not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import paths
from core.errors import ResultsError
from core.evaluation.conformal import LEVELS, SetRule, calibrate, check
from core.schema import PredictionTable, read_predictions


def table(n: int, seed: int, classes: int = 5, sure: float = 2.0) -> PredictionTable:
    """Images whose true class is likelier than the others; the last class is rare."""
    rng = np.random.default_rng(seed)
    weights = np.array([3.0] * (classes - 1) + [1.0])
    label = rng.choice(classes, n, p=weights / weights.sum())
    logits = rng.normal(size=(n, classes)) + sure * np.eye(classes)[label]
    values = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    return PredictionTable(
        split="PublicTest",
        index=np.arange(n),
        label=label.astype(np.uint8),
        probabilities=values.astype(np.float32),
    )


@given(n=st.integers(1, 60), seed=st.integers(0, 999), level=st.sampled_from(LEVELS))
@settings(max_examples=60, deadline=None)
def test_no_set_is_empty_and_higher_coverage_holds_lower(n: int, seed: int, level: float) -> None:
    images = table(n, seed)
    for by_class in (False, True):
        inside = calibrate(images, level, by_class).members(images.probabilities)
        assert inside.any(axis=1).all()
        wider = calibrate(images, 0.99, by_class).members(images.probabilities)
        assert (wider | ~inside).all()
        # On the images that it comes from, the rank alone gives the level.
        assert check(calibrate(images, level, by_class), images).coverage >= level - 1e-9


@given(seed=st.integers(0, 999))
@settings(max_examples=20, deadline=None)
def test_another_order_of_classes_gives_the_same_sets(seed: int) -> None:
    images = table(80, seed)
    order = np.random.default_rng(seed).permutation(5)
    other = images.model_copy(
        update={
            "label": np.argsort(order)[images.label].astype(np.uint8),
            "probabilities": images.probabilities[:, order],
        }
    )
    for by_class in (False, True):
        first = calibrate(images, 0.9, by_class).members(images.probabilities)
        second = calibrate(other, 0.9, by_class).members(other.probabilities)
        assert (first[:, order] == second).all()


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("by_class", [False, True])
def test_mean_coverage_on_new_images_lies_in_the_stated_range(level: float, by_class: bool) -> None:
    """Over draws it is at least the level, and at most 1 / (n + 1) above."""
    n, draws = 199, 60
    new = table(4000, 10_000)
    found = [
        check(calibrate(table(n, seed), level, by_class), new).coverage for seed in range(draws)
    ]
    spread = 3 * np.sqrt(level * (1 - level) / n / draws)
    assert np.mean(found) > level - spread
    # Empty sets that take the most probable class add some to it.
    assert np.mean(found) < level + 1 / (n + 1) + 3 * spread + (0.04 if by_class else 0.0)


def test_thresholds_by_class_cover_the_rare_class() -> None:
    calibration, new = table(3000, 1), table(3000, 2)
    hard = [images.probabilities.copy() for images in (calibration, new)]
    for values in hard:  # the rare class is seldom believed
        values[:, 4] *= 0.05
        values /= values.sum(axis=1, keepdims=True)
    pair = [
        images.model_copy(update={"probabilities": values})
        for images, values in zip((calibration, new), hard, strict=True)
    ]
    overall = check(calibrate(pair[0], 0.9), pair[1])
    own = check(calibrate(pair[0], 0.9, by_class=True), pair[1])
    assert overall.coverage == pytest.approx(0.9, abs=0.02)
    assert overall.class_covered[4] / overall.class_n[4] < 0.5
    assert own.class_covered[4] / own.class_n[4] > 0.85


def test_too_few_images_leave_nothing_out() -> None:
    rule = calibrate(table(5, 0), 0.95)
    assert (rule.least == 0).all()
    assert rule.members(np.full((1, 5), 0.2)).all()


def test_counts_belong_together() -> None:
    images = table(300, 3)
    found = check(calibrate(images, 0.8), images)
    assert found.sizes.sum() == found.class_n.sum() == found.n == 300
    assert found.class_covered.sum() == found.covered
    assert found.mean_size == pytest.approx((found.class_size * found.class_n).sum() / found.n)
    assert found.interval[0] < found.coverage < found.interval[1]
    empty = check(
        SetRule(0.8, np.zeros(5), False),
        images.model_copy(
            update={
                "index": images.index[:0],
                "label": images.label[:0],
                "probabilities": images.probabilities[:0],
            }
        ),
    )
    assert (empty.n, empty.coverage, empty.mean_size) == (0, 0.0, 0.0)


def test_what_it_refuses() -> None:
    with pytest.raises(ValueError, match="Received: 90"):
        calibrate(table(5, 0), 90)
    none = table(5, 0).model_copy(
        update={"index": np.zeros(0), "label": np.zeros(0, int), "probabilities": np.zeros((0, 5))}
    )
    with pytest.raises(ResultsError, match="expected images"):
        calibrate(none, 0.9)


def test_known_numbers_of_the_frozen_network() -> None:
    """Of the shipped tables: what a set costs where a network knows little."""
    tables = read_predictions(paths.ROOT / "results" / "vgg16_frozen" / "predictions.npz")
    found = check(calibrate(tables["PublicTest"], 0.9), tables["PrivateTest"])
    assert found.coverage == pytest.approx(0.894, abs=0.001)
    assert found.mean_size == pytest.approx(3.51, abs=0.01)
    assert found.single == pytest.approx(0.11, abs=0.005)
