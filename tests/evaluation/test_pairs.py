"""Confused pairs and the Pareto front, by hand and by property."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from core.evaluation.pairs import confused_pairs, worst_cell
from core.evaluation.pareto import front

matrices = arrays(np.int64, (5, 5), elements=st.integers(0, 200))


def test_by_hand() -> None:
    first, second = confused_pairs(np.array([[8, 2, 0], [5, 10, 5], [0, 3, 7]]))
    assert (first.first, first.second, first.forward, first.backward) == (1, 2, 5, 3)
    assert (first.forward_share, first.backward_share) == (0.25, 0.3)
    assert (second.first, second.second, second.total) == (1, 0, 7)


@given(matrices)
def test_every_mistake_is_counted_once(matrix: np.ndarray) -> None:
    pairs = confused_pairs(matrix)
    assert sum(pair.total for pair in pairs) == matrix.sum() - np.trace(matrix)
    totals = [pair.total for pair in pairs]
    assert totals == sorted(totals, reverse=True)
    assert all(pair.forward >= pair.backward for pair in pairs)


@given(matrices, st.permutations(range(5)))
def test_order_of_classes_does_not_matter(matrix: np.ndarray, order: list[int]) -> None:
    moved = matrix[np.ix_(order, order)]
    totals = {
        frozenset((order[pair.first], order[pair.second])): pair.total
        for pair in confused_pairs(moved)
    }
    assert totals == {
        frozenset((pair.first, pair.second)): pair.total for pair in confused_pairs(matrix)
    }


@given(matrices)
def test_worst_cell_is_the_largest_mistake(matrix: np.ndarray) -> None:
    off = matrix - np.diag(np.diag(matrix))
    true, predicted = worst_cell(matrix)
    assert off[true, predicted] == off.max()


@pytest.mark.parametrize(
    ("cost", "gain", "expected"),
    [
        ([1, 2, 3], [0.6, 0.7, 0.65], [True, True, False]),  # the third costs more, gains less
        ([1, 1], [0.5, 0.6], [False, True]),  # same cost, less gain
        ([1, 2], [0.6, 0.6], [True, False]),  # same gain, more cost
        ([1, 1], [0.6, 0.6], [True, True]),  # twins beat neither each other
        ([5], [0.1], [True]),
    ],
)
def test_front_by_hand(cost: list[float], gain: list[float], expected: list[bool]) -> None:
    assert front(np.array(cost), np.array(gain)).tolist() == expected


points = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=12)


@given(points)
def test_every_other_point_is_beaten_by_one_on_the_front(points: list[tuple[int, int]]) -> None:
    cost, gain = np.array(points).T
    best = front(cost, gain)
    assert best.any()
    for c, g in np.array(points)[~best]:
        assert ((cost[best] <= c) & (gain[best] >= g)).any()
