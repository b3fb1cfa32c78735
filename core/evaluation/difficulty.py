"""Which images are hard: for one network, and for all of them together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.evaluation.confidence import confidence, right
from core.evaluation.ensemble import aligned
from core.schema import PredictionTable


def of_true_class(probabilities: np.ndarray, label: np.ndarray) -> np.ndarray:
    """Probability that each row gives its true class, float (n,)."""
    values = np.asarray(probabilities)
    return values[np.arange(len(label)), label]


def hardest(probabilities: np.ndarray, label: np.ndarray, limit: int) -> np.ndarray:
    """Rows whose true class got the least probability, least first: int64 (limit,) at most."""
    return np.argsort(of_true_class(probabilities, label), kind="stable")[:limit]


def confidently_wrong(probabilities: np.ndarray, label: np.ndarray, limit: int) -> np.ndarray:
    """Wrong rows in order of falling confidence: int64 (limit,) at most."""
    wrong = np.flatnonzero(~right(probabilities, label))
    return wrong[np.argsort(-confidence(probabilities)[wrong], kind="stable")][:limit]


@dataclass(frozen=True)
class Shared:
    """Images that several networks were measured on.

    Attributes:
        index: int64 (n,), row of each image in FER-2013's CSV.
        label: int64 (n,), true class.
        right: int64 (n,), networks that name it right.
        probability: float64 (n,), mean probability of the true class.
        networks: how many there are.
    """

    index: np.ndarray
    label: np.ndarray
    right: np.ndarray
    probability: np.ndarray
    networks: int

    def hardest(self, limit: int) -> np.ndarray:
        """Positions with the fewest networks right, then the least probability."""
        return np.lexsort((self.index, self.probability, self.right))[:limit]

    def counts(self) -> np.ndarray:
        """Images by number of networks that are right, int64 (networks + 1,)."""
        return np.bincount(self.right, minlength=self.networks + 1)


def shared(tables: Sequence[PredictionTable]) -> Shared:
    """Put tables of networks with the same classes side by side, over their common images.

    Raises:
        ResultsError: as `core.evaluation.ensemble.aligned`.
    """
    same = aligned(tables)
    label = np.asarray(same[0].label, dtype=np.int64)
    return Shared(
        index=same[0].index,
        label=label,
        right=np.sum([right(table.probabilities, label) for table in same], axis=0),
        probability=np.mean([of_true_class(t.probabilities, label) for t in same], axis=0),
        networks=len(same),
    )
