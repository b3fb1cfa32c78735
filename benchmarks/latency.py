"""Times of every network for one face and for a batch, through the engine that pages use."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from functools import partial
from statistics import median
from typing import Protocol

import numpy as np

from core.faces.chip import SIDE
from core.records import Made
from core.schema import Card
from core.speed.latency import Latencies, Latency, processor

BATCH = 32
RUNS = 50
SECONDS = 20.0
"""Longest time spent on one network and size; slow networks get fewer runs."""

LEAST = 5
WARM_UP = 3


class Predictor(Protocol):
    """The engine, as far as it is needed here."""

    @property
    def precision(self) -> str:
        """Arithmetic of the networks."""

    def predict(self, model_id: str, chips: np.ndarray) -> object:
        """Classify chips uint8 (n, 48, 48)."""


def measure(
    engine: Predictor,
    cards: Sequence[Card],
    made: Made,
    runs: int = RUNS,
) -> Latencies:
    """Time every network with one face and with a batch.

    Args:
        engine: runs the networks.
        cards: of the networks to time; loading and the first runs do not count.
        made: command, date and versions to keep with the numbers.
        runs: runs to take the median of; fewer where they would take above `SECONDS`.

    Raises:
        ModelError: if a network cannot be run.
    """
    chips = np.random.default_rng(0).integers(0, 256, (BATCH, SIDE, SIDE), dtype=np.uint8)
    models = {}
    for card in cards:
        single = _times(partial(engine.predict, card.id, chips[:1]), runs)
        batch = _times(partial(engine.predict, card.id, chips), runs)
        models[card.id] = Latency(
            model_sha256=card.model_sha256,
            single_ms=round(1e3 * median(single), 3),
            batch_ms=round(1e3 * median(batch) / BATCH, 3),
            runs=len(single),
        )
    return Latencies(
        processor=processor(),
        threads=_threads(),
        precision=engine.precision,
        batch=BATCH,
        models=models,
        made=made,
    )


def _threads() -> int:
    able = getattr(os, "sched_getaffinity", None)
    return len(able(0)) if able else os.cpu_count() or 1


def _times(run: Callable[[], object], runs: int) -> list[float]:
    """Seconds of each of the runs, after `WARM_UP` that do not count."""
    for _turn in range(WARM_UP):
        run()
    found: list[float] = []
    while len(found) < runs and (len(found) < LEAST or sum(found) < SECONDS):
        started = time.perf_counter()
        run()
        found.append(time.perf_counter() - started)
    return found
