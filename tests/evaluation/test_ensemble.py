"""Ensembles against scikit-learn's likelihood, and their properties."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize
from sklearn.metrics import log_loss

from core.errors import ResultsError
from core.evaluation.ensemble import aligned, combine, fit_weights
from core.evaluation.metrics import accuracy, predictions, restrict, table_confusion
from core.schema import PredictionTable
from tests.factories import make_table

A, B, C = (make_table(seed=seed, skill=skill) for seed, skill in ((1, 2.0), (2, 1.5), (3, 0.0)))


def shuffled(table: PredictionTable, seed: int = 0) -> PredictionTable:
    order = np.random.default_rng(seed).permutation(len(table.index))
    return table.model_copy(
        update={name: getattr(table, name)[order] for name in ("index", "label", "probabilities")}
    )


@given(st.lists(st.integers(0, 100), min_size=3, max_size=3).filter(any))
def test_rows_sum_to_one_and_only_proportions_count(weights: list[int]) -> None:
    mixed = combine([A, B, C], weights)
    doubled = combine([A, B, C], [2 * weight for weight in weights])
    np.testing.assert_allclose(mixed.probabilities.sum(axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(mixed.probabilities, doubled.probabilities, atol=1e-6)


def test_one_member_is_that_member() -> None:
    np.testing.assert_allclose(combine([A, B], [1, 0]).probabilities, A.probabilities, atol=1e-6)


def test_images_are_matched_by_row_not_by_position() -> None:
    straight = combine([A, B], [1, 1])
    mixed = combine([A, shuffled(B)], [1, 1])
    np.testing.assert_array_equal(mixed.index, straight.index)
    np.testing.assert_allclose(mixed.probabilities, straight.probabilities)


def test_only_shared_images_count() -> None:
    part = PredictionTable(
        split=B.split, index=B.index[50:], label=B.label[50:], probabilities=B.probabilities[50:]
    )
    assert [len(table.index) for table in aligned([A, part, C])] == [len(A.index) - 50] * 3


def test_weighted_mean_by_hand() -> None:
    mixed = combine([A, B], [3, 1])
    np.testing.assert_allclose(
        mixed.probabilities, 0.75 * A.probabilities + 0.25 * B.probabilities, atol=1e-6
    )


def test_two_different_networks_together_beat_each() -> None:
    best = max(float(accuracy(table_confusion(table))) for table in (A, B))
    assert float(accuracy(table_confusion(combine([A, B], [1, 1])))) > best


def test_fitted_weights_are_the_likeliest() -> None:
    weights = fit_weights([A, B, C])
    assert weights.sum() == pytest.approx(1)
    assert (weights >= 0).all()
    truth = [table.probabilities.astype(np.float64) for table in (A, B, C)]

    def loss(free: np.ndarray) -> float:
        mixed = np.tensordot(free / free.sum(), truth, axes=1)
        mixed /= mixed.sum(axis=1, keepdims=True)
        return float(log_loss(A.label, mixed, labels=range(7)))

    found = minimize(loss, np.ones(3), bounds=[(1e-6, 1)] * 3)
    assert loss(weights) == pytest.approx(found.fun, abs=1e-5)
    assert weights[2] < 0.02, "a network that guesses gets next to no weight"


def test_equal_networks_share_the_weight() -> None:
    np.testing.assert_allclose(fit_weights([A, A]), [0.5, 0.5])


@pytest.mark.parametrize(
    ("tables", "weights", "message"),
    [
        ([], [], "at least one network"),
        ([A, B], [0, 0], "All weights are zero"),
        ([A, B], [1], "one weight"),
        ([A, B], [1, -1], "zero or more"),
        ([A, B], [1, float("nan")], "zero or more"),
        ([A, restrict(B, ["angry", "sad"])], [1, 1], "the same classes"),
        ([A, make_table("PublicTest")], [1, 1], "share no image"),
        ([A, B.model_copy(update={"label": (B.label + 1) % 7})], [1, 1], "different labels"),
    ],
)
def test_impossible_ensembles(
    tables: list[PredictionTable], weights: list[float], message: str
) -> None:
    with pytest.raises(ResultsError, match=message):
        combine(tables, weights)


def test_permuting_the_classes_permutes_the_ensemble() -> None:
    order = np.random.default_rng(0).permutation(7)
    place = np.argsort(order)

    def permuted(table: PredictionTable) -> PredictionTable:
        return table.model_copy(
            update={
                "label": place[table.label].astype(np.uint8),
                "probabilities": table.probabilities[:, order],
            }
        )

    straight = predictions(combine([A, B], [2, 1]))
    np.testing.assert_array_equal(
        predictions(combine([permuted(A), permuted(B)], [2, 1])), place[straight]
    )
