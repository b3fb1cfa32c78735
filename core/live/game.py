"""'Show surprise': a few rounds against the network, scored by what it reads."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

READY = 3.0
"""Seconds to get ready before each round."""

ROUND = 5.0
"""Seconds of a round."""


class Score(NamedTuple):
    """A finished round: the class that was asked for, and its highest probability."""

    wanted: str
    best: float


@dataclass
class Game:
    """A sequence of expressions to show; the best moment of each round counts.

    Attributes:
        rounds: classes in the order in which they are asked for.
        started: when, in seconds of the caller's clock.
    """

    rounds: Sequence[str]
    started: float
    _best: dict[int, float] = field(default_factory=dict)

    @classmethod
    def of(
        cls, classes: Sequence[str], started: float, rounds: int = 5, seed: int | None = None
    ) -> Game:
        """A game of different expressions in random order, as many as there are at most."""
        chosen = random.Random(seed).sample(list(classes), min(rounds, len(classes)))
        return cls(chosen, started)

    def position(self, now: float) -> tuple[int, float]:
        """The round, from 0, and the seconds since it began: negative while getting ready."""
        place, spent = divmod(now - self.started, READY + ROUND)
        return int(place), spent - READY

    def over(self, now: float) -> bool:
        """Whether all rounds are played."""
        return self.position(now)[0] >= len(self.rounds)

    def see(self, now: float, probabilities: Mapping[str, float]) -> None:
        """Take in what the network reads; what comes between rounds does not count."""
        place, spent = self.position(now)
        if place < len(self.rounds) and spent >= 0:
            found = float(probabilities.get(self.rounds[place], 0.0))
            self._best[place] = max(found, self._best.get(place, 0.0))

    def scores(self, now: float) -> list[Score]:
        """The rounds that are over."""
        done = min(self.position(now)[0], len(self.rounds))
        return [Score(self.rounds[place], self._best.get(place, 0.0)) for place in range(done)]
