"""How sure a network is where it is right and where it is wrong.

Confidence is the largest probability of an image. All functions take the probabilities
apart from their table, so that they may have been calibrated first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

BAND_EDGES: tuple[float, ...] = (0.6, 0.8)
"""Where one confidence band ends and the next begins."""

SURE = 0.8
"""An error of at least this confidence counts as confidently wrong."""


def confidence(probabilities: np.ndarray) -> np.ndarray:
    """Largest probability of each row: float64 (n,) in [0, 1]."""
    if not len(probabilities):
        return np.zeros(0)
    return np.clip(np.asarray(probabilities, dtype=np.float64).max(axis=1), 0, 1)


def right(probabilities: np.ndarray, label: np.ndarray) -> np.ndarray:
    """Whether the most probable class of each row is the label: bool (n,)."""
    if not len(label):
        return np.zeros(0, dtype=bool)
    return np.asarray(probabilities).argmax(axis=1) == label


@dataclass(frozen=True)
class Gap:
    """Mean confidence of right and of wrong predictions.

    Attributes:
        right: mean confidence of the right ones, NaN where there are none.
        wrong: of the wrong ones, likewise.
        overall: of all, likewise.
        n_right: number of right predictions.
        n_wrong: number of wrong ones.
    """

    right: float
    wrong: float
    overall: float
    n_right: int
    n_wrong: int

    @property
    def accuracy(self) -> float:
        """Share of right predictions, NaN for an empty table."""
        n = self.n_right + self.n_wrong
        return self.n_right / n if n else float("nan")

    @property
    def overconfidence(self) -> float:
        """Mean confidence minus accuracy; positive where the network claims too much."""
        return self.overall - self.accuracy


def gap(probabilities: np.ndarray, label: np.ndarray) -> Gap:
    """Compare the confidence of right and wrong predictions."""
    sure, hit = confidence(probabilities), right(probabilities, label)
    return Gap(
        right=_mean(sure[hit]),
        wrong=_mean(sure[~hit]),
        overall=_mean(sure),
        n_right=int(hit.sum()),
        n_wrong=int((~hit).sum()),
    )


@dataclass(frozen=True)
class Band:
    """The predictions with `low` <= confidence < `high`; the last band includes 1.

    Attributes:
        low: least confidence.
        high: where the next band begins.
        images: predictions in it.
        errors: wrong ones among them.
        of_errors: share of all errors that lie in it.
    """

    low: float
    high: float
    images: int
    errors: int
    of_errors: float

    @property
    def error_rate(self) -> float:
        """Share of the band's predictions that are wrong, NaN where it is empty."""
        return self.errors / self.images if self.images else float("nan")


def bands(
    probabilities: np.ndarray, label: np.ndarray, edges: Sequence[float] = BAND_EDGES
) -> list[Band]:
    """Count predictions and errors by band of confidence, from the least sure up."""
    place = np.digitize(confidence(probabilities), edges)
    wrong = ~right(probabilities, label)
    images = np.bincount(place, minlength=len(edges) + 1)
    errors = np.bincount(place[wrong], minlength=len(edges) + 1)
    total = max(int(wrong.sum()), 1)
    ends = (0.0, *edges, 1.0)
    return [
        Band(low, high, int(n), int(missed), int(missed) / total)
        for low, high, n, missed in zip(ends[:-1], ends[1:], images, errors, strict=True)
    ]


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else float("nan")
