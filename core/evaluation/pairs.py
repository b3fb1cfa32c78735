"""Pairs of classes that are taken for each other, the most confused first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.evaluation.metrics import normalise


@dataclass(frozen=True)
class ConfusedPair:
    """Two classes and how often each is taken for the other.

    Attributes:
        first: position of the class that is mistaken more often.
        second: position of the other.
        forward: images of `first` that are called `second`.
        backward: images of `second` that are called `first`; at most `forward`.
        forward_share: `forward` as share of the images of `first`.
        backward_share: `backward` as share of the images of `second`.
    """

    first: int
    second: int
    forward: int
    backward: int
    forward_share: float
    backward_share: float

    @property
    def total(self) -> int:
        """Mistakes in both directions together."""
        return self.forward + self.backward


def confused_pairs(matrix: np.ndarray) -> list[ConfusedPair]:
    """Every pair of classes with at least one mistake, by mistakes in both directions.

    Args:
        matrix: counts (C, C), rows true.
    """
    counts, shares = np.asarray(matrix, dtype=np.int64), normalise(matrix, "row")
    found = []
    for a in range(len(counts)):
        for b in range(a + 1, len(counts)):
            if not counts[a, b] + counts[b, a]:
                continue
            first, second = (a, b) if counts[a, b] >= counts[b, a] else (b, a)
            found.append(
                ConfusedPair(
                    first=first,
                    second=second,
                    forward=int(counts[first, second]),
                    backward=int(counts[second, first]),
                    forward_share=float(shares[first, second]),
                    backward_share=float(shares[second, first]),
                )
            )
    return sorted(found, key=lambda pair: (-pair.total, -pair.forward))


def worst_cell(matrix: np.ndarray) -> tuple[int, int]:
    """The (true, predicted) mistake made most often; (0, 0) where there is none."""
    mistakes = np.array(matrix, dtype=np.int64)
    np.fill_diagonal(mistakes, 0)
    if not mistakes.any():
        return 0, 0
    true, predicted = np.unravel_index(int(mistakes.argmax()), mistakes.shape)
    return int(true), int(predicted)
