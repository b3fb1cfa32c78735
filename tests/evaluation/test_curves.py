"""ROC and precision-recall against scikit-learn."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn import metrics as reference

from core.evaluation.curves import Curve, precision_recall, roc
from tests.factories import make_table

samples = st.lists(
    st.tuples(st.integers(0, 6).map(lambda value: value / 6), st.booleans()),
    min_size=2,
    max_size=40,
)


@given(samples)
def test_equal_to_scikit_learn(rows: list[tuple[float, bool]]) -> None:
    score, positive = (np.array(column) for column in zip(*rows, strict=True))
    assume(positive.any() and not positive.all())
    curve = roc(score, positive)
    x, y, threshold = reference.roc_curve(positive, score, drop_intermediate=False)
    assert curve.x == pytest.approx(x)
    assert curve.y == pytest.approx(y)
    assert curve.threshold[1:] == pytest.approx(threshold[1:])
    assert curve.area == pytest.approx(reference.roc_auc_score(positive, score))

    curve = precision_recall(score, positive)
    precision, recall, threshold = reference.precision_recall_curve(positive, score)
    # Theirs runs from full recall down and ends with the point (0, 1), which ours lacks.
    assert curve.x[1:] == pytest.approx(recall[:-1][::-1])
    assert curve.y[1:] == pytest.approx(precision[:-1][::-1])
    assert curve.threshold[1:] == pytest.approx(threshold[::-1])
    assert curve.area == pytest.approx(reference.average_precision_score(positive, score))


@pytest.mark.parametrize("build", [roc, precision_recall])
@pytest.mark.parametrize("flags", [[True, True], [False, False], []])
def test_undefined_without_both_kinds(
    build: Callable[[np.ndarray, np.ndarray], Curve], flags: list[bool]
) -> None:
    curve = build(np.linspace(0, 1, len(flags)), np.array(flags, dtype=bool))
    assert np.isnan(curve.area)
    assert len(curve.x) == 0


def test_thinned_keeps_ends_area_and_shape() -> None:
    table = make_table(n=2800)
    curve = roc(table.probabilities[:, 3], table.label == 3)
    few = curve.thinned(60)
    assert len(few.x) <= 60 < len(curve.x)
    assert (few.x[0], few.y[0], few.x[-1], few.y[-1]) == (0, 0, 1, 1)
    assert few.area == curve.area
    assert np.trapezoid(few.y, few.x) == pytest.approx(curve.area, abs=5e-3)
