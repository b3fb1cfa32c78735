"""How long each network takes, through the same engine as every page uses."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from statistics import median
from typing import Annotated, Literal, Protocol

import numpy as np
from pydantic import Field

from core.faces.chip import SIDE
from core.schema import SCHEMA_VERSION, Card, Document, Made, Record, Sha256

BATCH = 32
RUNS = 50
SECONDS = 20.0
"""Longest time spent on one network and size; slow networks get fewer runs."""

LEAST = 5
WARM_UP = 3

Milliseconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class Latency(Record):
    """One network's times in milliseconds, medians.

    Attributes:
        model_sha256: hash of the model file that was timed.
        single_ms: one face.
        batch_ms: each face of a batch.
        runs: runs of one face that the median is over.
    """

    model_sha256: Sha256
    single_ms: Milliseconds
    batch_ms: Milliseconds
    runs: Annotated[int, Field(ge=1)]


class Latencies(Document):
    """`results/latency.json`, written by `python -m core bench latency`.

    Attributes:
        processor: name of the processor.
        threads: processor threads that the process may use.
        precision: arithmetic of the engine.
        batch: faces in a batch.
        models: by id of the network.
    """

    schema_version: Literal[1] = SCHEMA_VERSION
    processor: str
    threads: Annotated[int, Field(ge=1)]
    precision: str
    batch: Annotated[int, Field(ge=1)]
    models: dict[str, Latency]
    made: Made

    def of(self, model_id: str, model_sha256: str) -> Latency | None:
        """The times of a network, or None where another file of that name was timed."""
        found = self.models.get(model_id)
        return found if found is not None and found.model_sha256 == model_sha256 else None


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


def processor(cpuinfo: Path = Path("/proc/cpuinfo")) -> str:
    """Name of the processor; what Python knows where the system has no /proc/cpuinfo."""
    try:
        for line in cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines():
            key, _colon, value = line.partition(":")
            if key.strip() == "model name" and value.strip():
                return " ".join(value.split())
    except OSError:
        pass
    return platform.processor() or platform.machine() or "unknown"
