"""Rates of a stage, step by step, and how many epochs fit into the time that is left."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

import numpy as np

from core.training.recipe import Stage

LOWEST = 1e-4
"""Share of the highest rate at which a cosine ends."""

FEWEST = 3
"""Epochs that are trained before their time is known; the first contains compiling."""


def rates(stage: Stage, steps: int, epochs: int, done: int, halved: int = 0) -> np.ndarray:
    """The rate of every step of one epoch.

    Args:
        stage: its schedule, warm-up and highest rate.
        steps: in an epoch.
        epochs: of the stage.
        done: epochs of the stage before this one.
        halved: how often a plateau has halved the rate.

    Returns:
        float32 (steps,).
    """
    count = done * steps + np.arange(steps)
    warmup = round(stage.warmup * steps)
    if stage.schedule == "plateau":
        return np.full(steps, stage.learning_rate * 0.5**halved, np.float32)
    if stage.schedule == "constant":
        return np.full(steps, stage.learning_rate, np.float32)
    way = np.clip((count - warmup) / max(epochs * steps - warmup, 1), 0, 1)
    cosine = LOWEST + (1 - LOWEST) * (1 + np.cos(np.pi * way)) / 2
    shares = np.where(count < warmup, count / max(warmup, 1), cosine)
    return (stage.learning_rate * shares).astype(np.float32)


class Budget:
    """Epochs that fit into a stretch of time, planned anew after every one.

    Args:
        deadline: seconds since 1970 at which everything must be written; None for none.
        reserve: seconds before it that are kept for writing.
        clock: for tests.
    """

    def __init__(
        self,
        deadline: float | None,
        reserve: float = 15.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._deadline, self._reserve, self._clock = deadline, reserve, clock
        self._seconds: list[float] = []

    def took(self, seconds: float) -> None:
        """Note the time of an epoch, validation included."""
        self._seconds.append(seconds)

    def epochs(self, wanted: int, done: int) -> int:
        """Epochs of the stage: `wanted`, or as many as fit.

        Args:
            wanted: by the recipe.
            done: trained so far.
        """
        if self._deadline is None:
            return wanted
        left = self._deadline - self._reserve - self._clock()
        if left <= 0:
            return min(done, wanted)
        if len(self._seconds) < FEWEST:
            return wanted
        return min(wanted, done + int(left / median(self._seconds[-FEWEST:])))


def halvings(losses: list[float], patience: int = 3, margin: float = 1e-4) -> int:
    """How often a plateau has halved the rate after these losses of a stage's epochs."""
    count, wait, lowest = 0, 0, np.inf
    for loss in losses:
        if loss < lowest - margin:
            wait, lowest = 0, loss
            continue
        wait += 1
        if wait == patience:
            count, wait = count + 1, 0
    return count
