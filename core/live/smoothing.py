"""Steady answers out of shaky ones: exponential smoothing over time, and a label that stays."""

from __future__ import annotations

from collections.abc import Collection, Hashable

import numpy as np

LEAD = 0.05
"""By how much another class must lead before it takes over the label."""


class Smoother:
    """Exponential smoothing of vectors, each known by a key.

    The weight of the new value follows from the time that passed and not from the number
    of frames, so that a slow machine shows what a fast one shows: after `half_life`
    seconds an old value counts half.
    """

    def __init__(self) -> None:
        self._values: dict[Hashable, tuple[float, np.ndarray]] = {}

    def update(
        self, key: Hashable, values: np.ndarray, seconds: float, half_life: float
    ) -> np.ndarray:
        """Take in a new value and return the smoothed one.

        Args:
            key: what the value belongs to.
            values: float (C,).
            seconds: when it was measured.
            half_life: in seconds; 0 for no smoothing.

        Returns:
            float64 (C,), a convex combination of the values so far: probabilities stay
            probabilities.
        """
        new = np.asarray(values, dtype=np.float64)
        known = self._values.get(key)
        if known is not None and half_life > 0 and known[1].shape == new.shape:
            share = 0.5 ** (max(seconds - known[0], 0.0) / half_life)
            new = share * known[1] + (1 - share) * new
        self._values[key] = (seconds, new)
        return new

    def keep(self, keys: Collection[Hashable]) -> None:
        """Forget all others."""
        self._values = {key: value for key, value in self._values.items() if key in keys}


def steady(previous: int | None, probabilities: np.ndarray, lead: float = LEAD) -> int:
    """The label to show: the previous one until another class leads by more than `lead`."""
    best = int(np.argmax(probabilities))
    if previous is None or previous >= len(probabilities):
        return best
    return best if probabilities[best] - probabilities[previous] > lead else previous
