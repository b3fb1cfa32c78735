"""The last minutes of every face, thinned to what a figure can show."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np

SECONDS = 120.0
EVERY = 0.25


class Moment(NamedTuple):
    """One face at one time: seconds, its number, and each network's probabilities."""

    seconds: float
    face: int
    answers: Mapping[str, np.ndarray]


class Timeline:
    """Keeps a moment of each face every quarter of a second, for two minutes."""

    def __init__(self, seconds: float = SECONDS, every: float = EVERY) -> None:
        self._seconds = seconds
        self._every = every
        self._moments: deque[Moment] = deque()
        self._last = -float("inf")

    def add(self, seconds: float, faces: Iterable[tuple[int, Mapping[str, np.ndarray]]]) -> None:
        """Take in the faces of a frame, if enough time has passed since the last."""
        if seconds - self._last < self._every:
            return
        self._last = seconds
        self._moments.extend(Moment(seconds, face, answers) for face, answers in faces)
        while self._moments and self._moments[0].seconds < seconds - self._seconds:
            self._moments.popleft()

    def moments(self) -> tuple[Moment, ...]:
        """Entries, the oldest first."""
        return tuple(self._moments)
