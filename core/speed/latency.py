"""`results/latency.json`: how long each network takes, through the engine that every page uses."""

from __future__ import annotations

import platform
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from core.records import Document, Made, Record, Sha256
from core.schema import SCHEMA_VERSION

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
    """`results/latency.json`, written by `python -m benchmarks latency`.

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
