"""ROC and precision-recall curves of one class against the rest.

Both walk a threshold from above the highest score down; images of equal score cross it
together. Definitions as in Fawcett 2006, "An introduction to ROC analysis", and for the
average precision the step-wise sum of scikit-learn's `average_precision_score`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Curve:
    """Points of a curve, threshold falling.

    Attributes:
        x: float64 (k,), false positive rate (ROC) or recall (precision-recall).
        y: float64 (k,), true positive rate (ROC) or precision.
        threshold: float64 (k,), least score that counts as positive; infinite at the start.
        area: area under the ROC curve, or average precision; NaN without images of both kinds.
    """

    x: np.ndarray
    y: np.ndarray
    threshold: np.ndarray
    area: float

    def thinned(self, points: int = 150) -> Curve:
        """At most `points` of its points, ends kept, evenly spaced along the curve; same area."""
        if len(self.x) <= points:
            return self
        steps = np.abs(np.diff(self.x)) + np.abs(np.diff(self.y))
        along = np.concatenate([[0.0], np.cumsum(steps)])
        wanted = np.linspace(0, along[-1], points)
        kept = np.unique(np.clip(np.searchsorted(along, wanted), 0, len(along) - 1))
        return Curve(self.x[kept], self.y[kept], self.threshold[kept], self.area)


def roc(score: np.ndarray, positive: np.ndarray) -> Curve:
    """The receiver operating characteristic, from (0, 0) to (1, 1).

    Args:
        score: float (n,), higher means more likely positive.
        positive: bool (n,).
    """
    hits, misses, threshold = _crossings(score, positive)
    positives, negatives = hits[-1], misses[-1]
    if not positives or not negatives:
        return _undefined()
    x, y = misses / negatives, hits / positives
    return Curve(x, y, threshold, float(np.trapezoid(y, x)))


def precision_recall(score: np.ndarray, positive: np.ndarray) -> Curve:
    """Precision against recall, from the surest image to all of them; arguments as `roc`.

    It starts at recall 0 with the precision of the first threshold, where none is defined.
    """
    hits, misses, threshold = _crossings(score, positive)
    positives = hits[-1]
    if not positives or not misses[-1]:
        return _undefined()
    recall, precision = hits[1:] / positives, hits[1:] / (hits[1:] + misses[1:])
    area = float(np.sum(np.diff(recall, prepend=0.0) * precision))
    return Curve(
        np.concatenate([[0.0], recall]), np.concatenate([precision[:1], precision]), threshold, area
    )


def _crossings(
    score: np.ndarray, positive: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """True and false positives at each distinct threshold, after the start without any."""
    values = np.asarray(score, dtype=np.float64)
    order = np.argsort(-values, kind="stable")
    values, flags = values[order], np.asarray(positive, dtype=bool)[order]
    last = np.flatnonzero(np.append(np.diff(values) != 0, True)[: len(values)])
    hits = np.cumsum(flags)[last]
    return (
        np.concatenate([[0], hits]),
        np.concatenate([[0], last + 1 - hits]),
        np.concatenate([[np.inf], values[last]]),
    )


def _undefined() -> Curve:
    empty = np.zeros(0)
    return Curve(empty, empty, empty, float("nan"))
