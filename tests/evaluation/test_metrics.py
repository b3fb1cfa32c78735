"""Known matrices, scikit-learn's and SciPy's numbers, and properties of the arithmetic."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import binomtest
from sklearn import metrics as sk

from core.errors import ResultsError
from core.evaluation import metrics
from core.labels import CLASSES
from tests.factories import make_table

# Khaireddin and Chen 2021, notebook of the released code, rows true.
PUBLISHED = np.array(
    [
        [308, 3, 34, 20, 49, 9, 44],
        [13, 36, 2, 1, 3, 1, 0],
        [38, 0, 284, 11, 84, 32, 47],
        [11, 0, 10, 797, 12, 15, 50],
        [56, 0, 54, 19, 425, 8, 91],
        [7, 0, 26, 16, 7, 351, 8],
        [31, 0, 21, 39, 78, 9, 429],
    ]
)

matrices = st.integers(2, 7).flatmap(
    lambda size: arrays(np.int64, (size, size), elements=st.integers(0, 60))
)


def expand(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Labels and predictions that give a matrix."""
    true, predicted = np.indices(matrix.shape)
    return np.repeat(true.ravel(), matrix.ravel()), np.repeat(predicted.ravel(), matrix.ravel())


def test_published_matrix_gives_its_published_scores() -> None:
    assert metrics.accuracy(PUBLISHED) * 100 == pytest.approx(73.279465, abs=5e-7)
    assert metrics.macro_f1(PUBLISHED) * 100 == pytest.approx(72.5, abs=0.05)
    assert metrics.balanced_accuracy(PUBLISHED) * 100 == pytest.approx(71.0, abs=0.05)


@given(matrices.filter(lambda matrix: matrix.sum() > 0))
def test_scores_equal_scikit_learn(matrix: np.ndarray) -> None:
    label, predicted = expand(matrix)
    classes = list(range(len(matrix)))
    expected = sk.precision_recall_fscore_support(label, predicted, labels=classes, zero_division=0)
    np.testing.assert_array_equal(metrics.confusion(label, predicted, len(matrix)), matrix)
    np.testing.assert_allclose(metrics.precision(matrix), expected[0])
    np.testing.assert_allclose(metrics.recall(matrix), expected[1])
    np.testing.assert_allclose(metrics.f1(matrix), expected[2])
    assert metrics.accuracy(matrix) == pytest.approx(sk.accuracy_score(label, predicted))
    assert metrics.macro_f1(matrix) == pytest.approx(
        sk.f1_score(label, predicted, labels=classes, average="macro", zero_division=0)
    )


@given(matrices.filter(lambda matrix: (matrix.sum(axis=1) > 0).all()))
def test_balanced_accuracy_equals_scikit_learn(matrix: np.ndarray) -> None:
    expected = sk.balanced_accuracy_score(*expand(matrix))
    assert metrics.balanced_accuracy(matrix) == pytest.approx(expected)


@given(matrices, st.randoms(use_true_random=False))
def test_permuting_the_classes_permutes_the_scores(matrix: np.ndarray, random: Random) -> None:
    order = list(range(len(matrix)))
    random.shuffle(order)
    moved = matrix[np.ix_(order, order)]
    for score in (metrics.precision, metrics.recall, metrics.f1):
        np.testing.assert_allclose(score(moved), score(matrix)[order])
    assert metrics.macro_f1(moved) == pytest.approx(metrics.macro_f1(matrix))
    assert metrics.accuracy(moved) == pytest.approx(metrics.accuracy(matrix))


@pytest.mark.parametrize(("by", "axis"), [("row", 1), ("column", 0), ("all", (0, 1))])
@given(matrix=matrices)
def test_normalised_sums_are_one_or_zero(
    by: metrics.Normalisation, axis: int | tuple[int, int], matrix: np.ndarray
) -> None:
    found = metrics.normalise(matrix, by).sum(axis=axis)
    np.testing.assert_allclose(found, (matrix.sum(axis=axis) > 0).astype(float))


@pytest.mark.parametrize(("by", "theirs"), [("row", "true"), ("column", "pred"), ("all", "all")])
def test_normalisation_equals_scikit_learn(by: metrics.Normalisation, theirs: str) -> None:
    expected = sk.confusion_matrix(*expand(PUBLISHED), normalize=theirs)
    np.testing.assert_allclose(metrics.normalise(PUBLISHED, by), expected)


def test_unknown_normalisation_is_refused() -> None:
    with pytest.raises(ValueError, match="Received: rows"):
        metrics.normalise(PUBLISHED, "rows")  # type: ignore[arg-type]


@given(st.integers(1, 4000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_equals_scipy(counts: tuple[int, int]) -> None:
    right, n = counts
    expected = binomtest(right, n).proportion_ci(0.95, method="wilson")
    low, high = metrics.wilson(right, n)
    assert (low, high) == pytest.approx((expected.low, expected.high), abs=1e-9)
    assert 0 <= low <= right / n <= high <= 1


def test_wilson_without_trials_knows_nothing() -> None:
    assert metrics.wilson(0, 0) == (0, 1)


def test_bootstrap_of_accuracy_agrees_with_wilson() -> None:
    low, high = metrics.bootstrap(PUBLISHED, metrics.accuracy, samples=4000)
    expected = metrics.wilson(int(np.trace(PUBLISHED)), int(PUBLISHED.sum()))
    assert (low, high) == pytest.approx(expected, abs=0.002)


def test_bootstrap_of_macro_f1_equals_drawing_images() -> None:
    label, predicted = expand(PUBLISHED)
    generator = np.random.default_rng(5)
    draws = generator.integers(0, len(label), size=(800, len(label)))
    values = [
        metrics.macro_f1(metrics.confusion(label[draw], predicted[draw], 7)) for draw in draws
    ]
    expected = np.quantile(values, [0.025, 0.975])
    assert metrics.bootstrap(PUBLISHED) == pytest.approx(tuple(expected), abs=0.003)


def test_bootstrap_is_seeded_and_takes_scores_of_each_class() -> None:
    first = metrics.bootstrap(PUBLISHED, metrics.f1, samples=300, seed=3)
    again = metrics.bootstrap(PUBLISHED, metrics.f1, samples=300, seed=3)
    other = metrics.bootstrap(PUBLISHED, metrics.f1, samples=300, seed=4)
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)
    assert first[0].shape == (7,)
    assert (first[0] <= metrics.f1(PUBLISHED)).all()
    assert (metrics.f1(PUBLISHED) <= first[1]).all()


def test_bootstrap_of_an_empty_matrix_is_its_score() -> None:
    low, high = metrics.bootstrap(np.zeros((3, 3), dtype=int))
    assert low == high == 0


@given(matrices, st.integers(0, 6))
def test_one_vs_rest_keeps_every_image(matrix: np.ndarray, position: int) -> None:
    position %= len(matrix)
    label, predicted = expand(matrix)
    found = metrics.one_vs_rest(matrix, position)
    expected = metrics.confusion(label != position, predicted != position, 2)
    np.testing.assert_array_equal(found, expected)


def test_restricting_renormalises_and_keeps_only_the_subset() -> None:
    table = make_table()
    subset = ["sad", "angry"]
    found = metrics.restrict(table, subset)
    kept = np.isin(table.label, [CLASSES.index(name) for name in subset])
    np.testing.assert_array_equal(found.index, table.index[kept])
    np.testing.assert_allclose(found.probabilities.sum(axis=1), 1, atol=1e-6)
    ratio = table.probabilities[kept][:, 4] / table.probabilities[kept][:, 0]
    np.testing.assert_allclose(
        found.probabilities[:, 0] / found.probabilities[:, 1], ratio, rtol=1e-4
    )
    np.testing.assert_array_equal(found.label == 0, table.label[kept] == 4)


def test_restricting_to_all_classes_changes_nothing() -> None:
    table = make_table()
    found = metrics.restrict(table, CLASSES)
    np.testing.assert_array_equal(found.label, table.label)
    np.testing.assert_allclose(found.probabilities, table.probabilities, atol=1e-6)


@pytest.mark.parametrize(
    ("subset", "received"),
    [(["angry", "bored"], "bored"), ([], "none")],
)
def test_restricting_to_what_is_not_there_is_refused(subset: list[str], received: str) -> None:
    with pytest.raises(ResultsError, match=f"Received: {received}"):
        metrics.restrict(make_table(), subset)


@pytest.mark.parametrize("classes", [CLASSES, ("angry", "sad", "surprise")])
def test_summary_equals_scikit_learn(classes: tuple[str, ...]) -> None:
    table = make_table(classes=classes)
    predicted = metrics.predictions(table)
    found = metrics.summarise(table, 1.2, classes)
    for average in ("macro", "weighted"):
        expected = sk.precision_recall_fscore_support(
            table.label, predicted, average=average, zero_division=0
        )[:3]
        mine = getattr(found, average)
        assert (mine.precision, mine.recall, mine.f1) == pytest.approx(expected)
    assert found.confusion == sk.confusion_matrix(table.label, predicted).tolist()
    assert found.accuracy == pytest.approx(sk.accuracy_score(table.label, predicted))
    rows = table.probabilities.astype(np.float64)
    rows /= rows.sum(axis=1, keepdims=True)
    assert found.nll == pytest.approx(sk.log_loss(table.label, rows), rel=1e-6)
    assert [row.name for row in found.per_class] == list(classes)
    assert sum(row.support for row in found.per_class) == found.n == len(table.label)


def test_summary_wants_a_name_for_every_column() -> None:
    with pytest.raises(ResultsError, match="Expected 3 classes"):
        metrics.summarise(make_table(), classes=CLASSES[:3])


def test_agreement_of_nothing_is_uncertain() -> None:
    found = metrics.agreement(np.zeros(0, dtype=bool))
    assert (found.n, found.accuracy, found.accuracy_interval) == (0, 0, (0, 1))
