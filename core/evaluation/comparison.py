"""Every score of several classifiers on one split, ready to be set side by side."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.evaluation.measured import Measured
from core.evaluation.metrics import (
    accuracy,
    bootstrap,
    f1,
    macro_f1,
    precision,
    recall,
    wilson,
)

Interval = tuple[float, float]


@dataclass(frozen=True)
class Scored:
    """The scores of one classifier; all shares in [0, 1].

    Attributes:
        id: of what was scored.
        title: what to call it.
        n: number of images.
        accuracy: share right.
        accuracy_interval: Wilson's at 95%.
        macro_f1: mean F1 over the classes.
        macro_f1_interval: the percentile bootstrap's at 95%.
        weighted_f1: mean F1 weighted by support.
        precision: float64 (C,), of each class.
        recall: float64 (C,).
        f1: float64 (C,).
        f1_interval: lower and upper ends, float64 (C,) each, from the bootstrap.
        support: int64 (C,), images of each class.
    """

    id: str
    title: str
    n: int
    accuracy: float
    accuracy_interval: Interval
    macro_f1: float
    macro_f1_interval: Interval
    weighted_f1: float
    precision: np.ndarray
    recall: np.ndarray
    f1: np.ndarray
    f1_interval: tuple[np.ndarray, np.ndarray]
    support: np.ndarray

    def of_class(self, score: str) -> np.ndarray:
        """`precision`, `recall`, `f1` or `support` of each class, (C,)."""
        found: dict[str, np.ndarray] = {
            "precision": self.precision,
            "recall": self.recall,
            "f1": self.f1,
            "support": self.support,
        }
        return found[score]


def _f1_and_macro(matrices: np.ndarray) -> np.ndarray:
    """F1 of every class and, last, their mean: float64 (..., C + 1)."""
    return np.concatenate([f1(matrices), macro_f1(matrices)[..., None]], axis=-1)


def score(measured: Measured) -> Scored:
    """Score one classifier; the bootstrap draws 2,000 samples with a fixed seed."""
    matrix = measured.matrix
    support = matrix.sum(axis=1)
    each = f1(matrix)
    low, high = bootstrap(matrix, _f1_and_macro)
    return Scored(
        id=measured.id,
        title=measured.title,
        n=measured.n,
        accuracy=float(accuracy(matrix)),
        accuracy_interval=wilson(int(np.trace(matrix)), measured.n),
        macro_f1=float(macro_f1(matrix)),
        macro_f1_interval=(float(low[-1]), float(high[-1])),
        weighted_f1=float(each @ support / max(measured.n, 1)),
        precision=precision(matrix),
        recall=recall(matrix),
        f1=each,
        f1_interval=(low[:-1], high[:-1]),
        support=support,
    )
