"""Which mistakes a network makes: every (true, predicted) pair with what it weighs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.evaluation.confidence import confidence


@dataclass(frozen=True)
class Pattern:
    """One kind of mistake.

    Attributes:
        true: position of the true class.
        predicted: position of the class that the network said.
        count: images.
        of_class: share of the true class's images.
        of_class_errors: share of the true class's errors.
        of_errors: share of all errors.
        confidence: mean confidence of these predictions.
    """

    true: int
    predicted: int
    count: int
    of_class: float
    of_class_errors: float
    of_errors: float
    confidence: float


def error_patterns(probabilities: np.ndarray, label: np.ndarray) -> list[Pattern]:
    """Every kind of mistake that occurs, most frequent first.

    Args:
        probabilities: (n, C), rows sum to one.
        label: integers (n,) in [0, C).

    Returns:
        One pattern for each off-diagonal cell with images; equal counts stay in the order
        of the classes.
    """
    values = np.asarray(probabilities)
    size = values.shape[1]
    true = np.asarray(label, dtype=np.int64)
    cell = true * size + values.argmax(axis=1)
    count = np.bincount(cell, minlength=size * size).reshape(size, size)
    total = np.bincount(cell, weights=confidence(values), minlength=size * size)
    sure = total.reshape(size, size) / np.maximum(count, 1)
    support = count.sum(axis=1)
    missed = support - np.diagonal(count)
    errors = int(missed.sum())
    found = [
        Pattern(
            true=row,
            predicted=column,
            count=int(count[row, column]),
            of_class=float(count[row, column] / support[row]),
            of_class_errors=float(count[row, column] / missed[row]),
            of_errors=float(count[row, column] / errors),
            confidence=float(sure[row, column]),
        )
        for row, column in np.argwhere(count).tolist()
        if row != column
    ]
    return sorted(found, key=lambda pattern: (-pattern.count, pattern.true, pattern.predicted))
