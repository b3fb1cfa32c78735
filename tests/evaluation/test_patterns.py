"""Kinds of mistakes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.evaluation.metrics import table_confusion
from core.evaluation.patterns import error_patterns
from tests.factories import make_table


def test_patterns_of_a_small_table() -> None:
    probabilities = np.array(
        [[0.8, 0.1, 0.1], [0.1, 0.7, 0.2], [0.2, 0.6, 0.2], [0.5, 0.3, 0.2], [0.1, 0.1, 0.8]]
    )
    first, second = error_patterns(probabilities, np.array([0, 0, 0, 1, 2]))
    assert (first.true, first.predicted, first.count) == (0, 1, 2)
    assert first.of_class == pytest.approx(2 / 3)
    assert first.of_class_errors == 1.0
    assert first.of_errors == pytest.approx(2 / 3)
    assert first.confidence == pytest.approx(0.65)
    assert (second.true, second.predicted, second.count) == (1, 0, 1)


def test_no_errors_no_patterns() -> None:
    assert error_patterns(np.eye(3), np.arange(3)) == []


@given(seed=st.integers(0, 99))
def test_patterns_are_the_matrix_without_its_diagonal(seed: int) -> None:
    table = make_table(seed=seed, n=70)
    found = error_patterns(table.probabilities, table.label)
    matrix = table_confusion(table)
    np.fill_diagonal(matrix, 0)
    rebuilt = np.zeros_like(matrix)
    for pattern in found:
        rebuilt[pattern.true, pattern.predicted] = pattern.count
    assert (rebuilt == matrix).all()
    assert sum(pattern.of_errors for pattern in found) == pytest.approx(1)
    counts = [pattern.count for pattern in found]
    assert counts == sorted(counts, reverse=True)
    for row in np.flatnonzero(matrix.any(axis=1)):
        shares = [p.of_class_errors for p in found if p.true == row]
        assert sum(shares) == pytest.approx(1)
