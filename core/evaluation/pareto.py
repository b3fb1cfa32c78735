"""Which networks no other beats in both cost and accuracy."""

from __future__ import annotations

import numpy as np


def front(cost: np.ndarray, gain: np.ndarray) -> np.ndarray:
    """The Pareto front of points that should be cheap and good.

    Args:
        cost: numbers (n,), less is better.
        gain: numbers (n,), more is better.

    Returns:
        bool (n,): no other point costs at most as much and gains at least as much, with
        one of the two strictly better.
    """
    cheap, good = np.asarray(cost, dtype=np.float64), np.asarray(gain, dtype=np.float64)
    no_worse = (cheap[None] <= cheap[:, None]) & (good[None] >= good[:, None])
    better = (cheap[None] < cheap[:, None]) | (good[None] > good[:, None])
    return np.logical_not(np.any(no_worse & better, axis=1))
