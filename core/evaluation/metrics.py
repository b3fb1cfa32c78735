"""Arithmetic on confusion matrices and prediction tables: counts in, scores out.

Matrices have true classes as rows and predicted classes as columns. A score that divides
by zero (a class never predicted, a class without images) is 0, as scikit-learn has it
with `zero_division=0`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np
from scipy.special import ndtri

from core.errors import ResultsError
from core.evaluation.calibration import (
    expected_calibration_error,
    negative_log_likelihood,
)
from core.labels import CLASSES
from core.roles import apply_temperature
from core.schema import Agreement, Average, ClassMetrics, PredictionTable, SplitMetrics

CONFIDENCE = 0.95
"""Level of every interval that is shown."""

Normalisation = Literal["none", "row", "column", "all"]
NORMALISATIONS: tuple[Normalisation, ...] = ("none", "row", "column", "all")


def confusion(label: np.ndarray, predicted: np.ndarray, size: int) -> np.ndarray:
    """Count each (true, predicted) pair.

    Args:
        label: integers (n,) in [0, size).
        predicted: integers (n,) in [0, size).
        size: number of classes.

    Returns:
        int64 (size, size), rows true.

    Example:
        >>> confusion(np.array([0, 0, 1]), np.array([0, 1, 1]), 2)
        array([[1, 1],
               [0, 1]])
    """
    cells = np.asarray(label, dtype=np.int64) * size + np.asarray(predicted, dtype=np.int64)
    return np.bincount(cells, minlength=size * size).reshape(size, size)


def table_confusion(table: PredictionTable) -> np.ndarray:
    """Confusion matrix of a prediction table, int64 (C, C).

    Example:
        >>> table = PredictionTable(
        ...     split="PrivateTest",
        ...     index=np.array([7, 8]),
        ...     label=np.array([0, 1]),
        ...     probabilities=np.array([[0.9, 0.1], [0.6, 0.4]]),
        ... )
        >>> table_confusion(table)
        array([[1, 0],
               [1, 0]])
    """
    return confusion(table.label, predictions(table), table.probabilities.shape[1])


def predictions(table: PredictionTable) -> np.ndarray:
    """Most probable class of each image, int64 (n,); the first one where two are equal.

    Example:
        >>> table = PredictionTable(
        ...     split="PrivateTest",
        ...     index=np.array([7, 8]),
        ...     label=np.array([0, 1]),
        ...     probabilities=np.array([[0.9, 0.1], [0.5, 0.5]]),
        ... )
        >>> predictions(table)
        array([0, 0])
    """
    return table.probabilities.argmax(axis=1)


def _ratio(top: np.ndarray, bottom: np.ndarray) -> np.ndarray:
    top, bottom = np.broadcast_arrays(np.asarray(top, dtype=np.float64), bottom)
    return np.divide(top, bottom, out=np.zeros(top.shape), where=bottom != 0)


def normalise(matrix: np.ndarray, by: Normalisation = "none") -> np.ndarray:
    """Counts as shares: of each true class, of each predicted class, or of everything.

    Args:
        matrix: counts (..., C, C), rows true.
        by: "none" keeps counts; "row" makes each row sum to 1, "column" each column,
            "all" the whole matrix. A row, column or matrix without images stays 0.

    Returns:
        float64 of the same shape.

    Example:
        >>> normalise(np.array([[3, 1], [0, 0]]), "row")
        array([[0.75, 0.25],
               [0.  , 0.  ]])
    """
    counts = np.asarray(matrix, dtype=np.float64)
    if by == "none":
        return counts
    axes: dict[str, int | tuple[int, int]] = {"row": -1, "column": -2, "all": (-2, -1)}
    if by not in axes:
        raise ValueError(f"Expected one of {', '.join(NORMALISATIONS)}. Received: {by}.")
    return _ratio(counts, counts.sum(axis=axes[by], keepdims=True))


def accuracy(matrix: np.ndarray) -> np.ndarray:
    """Share on the diagonal, float64 (...) for matrices (..., C, C).

    Example:
        >>> float(accuracy(np.array([[3, 1], [2, 4]])))
        0.7
    """
    counts = np.asarray(matrix)
    return _ratio(np.trace(counts, axis1=-2, axis2=-1), counts.sum(axis=(-2, -1)))


def precision(matrix: np.ndarray) -> np.ndarray:
    """Of the images given each class, the share that is it: float64 (..., C).

    Example:
        >>> precision(np.array([[3, 1], [2, 4]]))
        array([0.6, 0.8])
    """
    counts = np.asarray(matrix)
    return _ratio(np.diagonal(counts, axis1=-2, axis2=-1), counts.sum(axis=-2))


def recall(matrix: np.ndarray) -> np.ndarray:
    """Of the images of each class, the share that was found: float64 (..., C).

    Example:
        >>> recall(np.array([[3, 1], [1, 4]]))
        array([0.75, 0.8 ])
    """
    counts = np.asarray(matrix)
    return _ratio(np.diagonal(counts, axis1=-2, axis2=-1), counts.sum(axis=-1))


def f1(matrix: np.ndarray) -> np.ndarray:
    """Harmonic mean of precision and recall of each class: float64 (..., C).

    Example:
        >>> f1(np.array([[2, 1], [1, 6]])).round(3)
        array([0.667, 0.857])
    """
    counts = np.asarray(matrix)
    hits = np.diagonal(counts, axis1=-2, axis2=-1)
    return _ratio(2 * hits, counts.sum(axis=-1) + counts.sum(axis=-2))


ClassScore = Literal["precision", "recall", "f1"]
SCORES: dict[ClassScore, Callable[[np.ndarray], np.ndarray]] = {
    "precision": precision,
    "recall": recall,
    "f1": f1,
}
"""Scores of each class: counts (..., C, C) to float64 (..., C)."""


def macro_f1(matrix: np.ndarray) -> np.ndarray:
    """Mean F1 over all classes of the matrix, float64 (...).

    Example:
        >>> round(float(macro_f1(np.array([[2, 1], [1, 6]]))), 3)
        0.762
    """
    return f1(matrix).mean(axis=-1)


def balanced_accuracy(matrix: np.ndarray) -> np.ndarray:
    """Mean recall over the classes that have images, float64 (...).

    Example:
        >>> float(balanced_accuracy(np.array([[1, 1], [0, 98]])))
        0.75
    """
    found, present = recall(matrix), np.asarray(matrix).sum(axis=-1) > 0
    return _ratio(found.sum(axis=-1), present.sum(axis=-1))


def wilson(right: int, n: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Interval of a share by Wilson (1927), without continuity correction.

    Args:
        right: successes, 0 to n.
        n: trials. Without any the interval is (0, 1).
        confidence: level, e.g. 0.95.

    Returns:
        Lower and upper end, in [0, 1]; the share lies between them.

    Example:
        >>> low, high = wilson(70, 100)
        >>> round(low, 3), round(high, 3)
        (0.604, 0.781)
    """
    if n == 0:
        return 0.0, 1.0
    z = float(ndtri(0.5 + confidence / 2))
    share = right / n
    centre = share + z * z / (2 * n)
    spread = z * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    low, high = (centre - spread) / (1 + z * z / n), (centre + spread) / (1 + z * z / n)
    return float(min(max(low, 0.0), share)), float(max(min(high, 1.0), share))


def bootstrap(
    matrix: np.ndarray,
    statistic: Callable[[np.ndarray], np.ndarray] = macro_f1,
    samples: int = 2000,
    seed: int = 0,
    confidence: float = CONFIDENCE,
) -> tuple[np.ndarray, np.ndarray]:
    """Percentile bootstrap interval of any score that a confusion matrix determines.

    Drawing n images with replacement and counting them is one multinomial draw over the
    cells, so all samples are drawn at once and no image is touched (Efron 1979).

    Args:
        matrix: counts (C, C).
        statistic: maps (samples, C, C) to (samples, ...), e.g. `macro_f1`, `f1`.
        samples: number of resamples.
        seed: of numpy's generator; equal seeds give equal intervals.
        confidence: level.

    Returns:
        Lower and upper end, each of the statistic's shape for one matrix.

    Example:
        >>> low, high = bootstrap(np.array([[70, 30], [30, 70]]), accuracy)
        >>> bool(low < 0.7 < high)
        True
    """
    counts = np.asarray(matrix, dtype=np.int64)
    n = int(counts.sum())
    if n == 0:
        value = statistic(counts)
        return value, value
    draws = np.random.default_rng(seed).multinomial(n, counts.ravel() / n, size=samples)
    values = statistic(draws.reshape(samples, *counts.shape))
    tail = (1 - confidence) / 2
    low, high = np.quantile(values, [tail, 1 - tail], axis=0)
    return low, high


def class_interval(
    matrix: np.ndarray | Sequence[Sequence[int]], score: ClassScore
) -> tuple[np.ndarray, np.ndarray]:
    """95% interval of a score of every class.

    Recall and precision are shares of a row and of a column, so theirs is Wilson's; F1 is
    not a share of anything fixed, so its is the bootstrap's.

    Args:
        matrix: counts (C, C).
        score: a key of `SCORES`.

    Returns:
        Lower and upper end, float64 (C,) each.

    Example:
        >>> low, high = class_interval([[70, 30], [30, 70]], "recall")
        >>> low.round(3), high.round(3)
        (array([0.604, 0.604]), array([0.781, 0.781]))
    """
    counts = np.asarray(matrix, dtype=np.int64)
    if score == "f1":
        return bootstrap(counts, f1)
    hits = np.diagonal(counts)
    totals = counts.sum(axis=1 if score == "recall" else 0)
    ends = np.array([wilson(int(hit), int(n)) for hit, n in zip(hits, totals, strict=True)])
    return ends[:, 0], ends[:, 1]


def one_vs_rest(matrix: np.ndarray, position: int) -> np.ndarray:
    """Fold a matrix to one class against all others.

    Returns:
        int64 (2, 2): [[true positives, false negatives], [false positives, true
        negatives]], so rows are the truth (class, rest) and columns the prediction.

    Example:
        >>> one_vs_rest(np.array([[5, 1, 0], [2, 6, 0], [0, 1, 9]]), 0)
        array([[ 5,  1],
               [ 2, 16]])
    """
    counts = np.asarray(matrix, dtype=np.int64)
    hits = counts[position, position]
    missed = counts[position].sum() - hits
    false = counts[:, position].sum() - hits
    return np.array([[hits, missed], [false, counts.sum() - hits - missed - false]])


def restrict(
    table: PredictionTable, subset: Sequence[str], classes: Sequence[str] = CLASSES
) -> PredictionTable:
    """The table as if only `subset` existed: images of these classes, probabilities rescaled.

    Args:
        table: any prediction table.
        subset: class names to keep, in the wanted order.
        classes: names of the table's columns.

    Returns:
        A table whose labels and columns follow `subset`. A row whose kept probabilities
        are all zero becomes uniform.

    Raises:
        ResultsError: if a name is not a class of the table, or none is given.
    """
    unknown = [name for name in subset if name not in classes]
    if unknown or not subset:
        received = ", ".join(unknown) or "none"
        raise ResultsError(f"Expected classes among {', '.join(classes)}. Received: {received}.")
    columns = [list(classes).index(name) for name in subset]
    place = np.full(len(classes), -1)
    place[columns] = np.arange(len(columns))
    label = place[table.label]
    kept = label >= 0
    chosen = table.probabilities[kept][:, columns].astype(np.float64)
    total = chosen.sum(axis=1, keepdims=True)
    uniform = np.full_like(chosen, 1 / len(columns))
    probabilities = np.divide(chosen, total, out=uniform, where=total > 0)
    return PredictionTable(
        split=table.split,
        index=table.index[kept],
        label=label[kept].astype(np.uint8),
        probabilities=probabilities.astype(np.float32),
    )


def agreement(right: np.ndarray) -> Agreement:
    """Accuracy with its interval from one boolean an image, (n,).

    Example:
        >>> agreement(np.array([True, True, False, True])).accuracy
        0.75
    """
    hits, n = int(np.count_nonzero(right)), len(right)
    return Agreement(n=n, accuracy=hits / n if n else 0.0, accuracy_interval=wilson(hits, n))


def summarise(
    table: PredictionTable, temperature: float = 1.0, classes: Sequence[str] = CLASSES
) -> SplitMetrics:
    """Every score of one split that `metrics.json` holds.

    Args:
        table: predictions of the split.
        temperature: the network's; changes `*_calibrated` only.
        classes: names of the table's columns.
    """
    size = table.probabilities.shape[1]
    if len(classes) != size:
        raise ResultsError(f"{table.split}: Expected {len(classes)} classes. Received: {size}.")
    matrix = table_confusion(table)
    support = matrix.sum(axis=1)
    scores = {"precision": precision(matrix), "recall": recall(matrix), "f1": f1(matrix)}
    weights = support / max(support.sum(), 1)
    calibrated = apply_temperature(table.probabilities, temperature)
    return SplitMetrics(
        split=table.split,
        n=len(table.label),
        confusion=matrix.tolist(),
        accuracy=float(accuracy(matrix)),
        accuracy_interval=wilson(int(np.trace(matrix)), len(table.label)),
        macro=Average(**{key: float(value.mean()) for key, value in scores.items()}),
        weighted=Average(**{key: _share(value @ weights) for key, value in scores.items()}),
        per_class=[
            ClassMetrics(
                name=name,
                support=int(support[i]),
                **{key: float(value[i]) for key, value in scores.items()},
            )
            for i, name in enumerate(classes)
        ],
        ece=expected_calibration_error(table.probabilities, table.label),
        ece_calibrated=expected_calibration_error(calibrated, table.label),
        nll=negative_log_likelihood(table.probabilities, table.label),
        nll_calibrated=negative_log_likelihood(table.probabilities, table.label, temperature),
    )


def _share(value: float) -> float:
    return float(min(max(value, 0.0), 1.0))
