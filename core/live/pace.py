"""Interval between searches for faces, so that a frame stays within its time."""

from __future__ import annotations

import math

BUDGET = 0.045
"""Seconds that a frame may take: some 22 frames a second."""

SHARE = 0.2
"""What detection may take where the networks alone need all of the budget: this part of the
budget or of their time. Frames are rare then, and skipping detections would save little."""

MOST = 6
"""Frames from one detection to the next, at most."""

_WEIGHT = 0.2


class Pace:
    """Decides on which frames faces are detected and on which they are only followed.

    Attributes:
        every: a detection every so many frames.
    """

    def __init__(self, budget: float = BUDGET) -> None:
        self.every = 1
        self._budget = budget
        self._detection = 0.0
        self._rest = 0.0
        self._since = MOST

    def due(self) -> bool:
        """Whether this frame is one for a detection; ask once a frame."""
        self._since += 1
        if self._since >= self.every:
            self._since = 0
            return True
        return False

    def detected(self, seconds: float) -> None:
        """Note how long a detection took."""
        self._detection = _mean(self._detection, seconds)

    def finished(self, seconds: float) -> None:
        """Note how long all the rest of a frame took, and set the pace."""
        self._rest = _mean(self._rest, seconds)
        room = max(self._budget - self._rest, SHARE * max(self._budget, self._rest))
        self.every = min(MOST, max(1, math.ceil(self._detection / room)))


def _mean(before: float, value: float) -> float:
    return value if not before else (1 - _WEIGHT) * before + _WEIGHT * value
