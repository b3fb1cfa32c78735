"""The API beside the command line: 16 clients with single photos against a folder in one go.

The dashboard's server is started as users start it. Passes over the same photos take turns, so
that the ratio is of one run: the folder as `classify` reads it, then every photo as a request
of its own. Afterwards hostile requests, and whether the server still answers as before.
"""

from __future__ import annotations

import http.client
import json
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from statistics import mean, median

import numpy as np
from rich.table import Table

from benchmarks import hostile
from benchmarks.start import Server, serve
from core.batch.kinds import IMAGES, suffix
from core.batch.pipeline import Pipeline
from core.batch.sources import Given, items
from core.engine.catalogue import available_models
from core.engine.engine import Engine
from core.errors import DataError, FerLabError, ModelError
from core.records import Made
from core.schema import Card
from core.speed.latency import processor
from core.speed.runs import ApiBench

PASSES = 3
STALLED = 20
"""Connections that hang half-sent while hostile requests come."""


def measure(
    folder: Path,
    model: str,
    clients: int = 16,
    minutes: float = 0.0,
    attacks: int = 1000,
    told: Callable[[str], None] = lambda _text: None,
) -> ApiBench:
    """Time photos as requests against the same photos as a folder, then attack the server.

    Args:
        folder: of photos.
        model: id of a network.
        clients: that ask at once, each with one photo after the other.
        minutes: of further requests, for the memory.
        attacks: hostile requests.
        told: what is being done.

    Raises:
        FerLabError: if there is no photo, no such network, or the server fails.
    """
    photos = [path for path in sorted(folder.iterdir()) if suffix(path.name) in IMAGES]
    if not photos:
        raise DataError(f"{folder} has no photo.")
    card = next((card for card in available_models() if card.id == model), None)
    if card is None:
        raise ModelError(f"There is no network {model}.")
    engine = Engine()
    engine.predict(model, np.zeros((1, 48, 48), np.uint8))
    contents = [path.read_bytes() for path in photos]
    folder_rates, api_rates, waits = [], [], []
    with serve() as server:
        _ask(server, model, contents[:4], clients)  # warm
        for turn in range(PASSES):
            told(f"Pass {turn + 1} of {PASSES}")
            folder_rates.append(len(photos) / _seconds(lambda: _folder(engine, card, folder)))
            took = time.perf_counter()
            waits += _ask(server, model, contents, clients)
            api_rates.append(len(photos) / (time.perf_counter() - took))
        memory_before = server.memory()
        until = time.monotonic() + 60 * minutes
        while time.monotonic() < until:
            told(f"{(until - time.monotonic()) / 60:.1f} minutes to go")
            _ask(server, model, contents, clients)
        memory_after = server.memory()
        told(f"{attacks} hostile requests")
        held = hostile.stall((server.address, server.port), STALLED if attacks else 0)
        statuses, slowest = hostile.attack((server.address, server.port), attacks)
        for connection in held:
            connection.close()
        again = _ask(server, model, contents[:50], clients)
    return ApiBench(
        model=model,
        model_sha256=card.model_sha256,
        photos=len(photos),
        clients=clients,
        folder_rate=round(median(folder_rates), 2),
        api_rate=round(median(api_rates), 2),
        ratio=round(median(a / b for a, b in zip(api_rates, folder_rates, strict=True)), 3),
        mean_ms=round(1e3 * mean(waits), 1),
        p95_ms=round(1e3 * float(np.quantile(waits, 0.95)), 1),
        minutes=minutes,
        memory_mb=(round(memory_before / 1e6), round(memory_after / 1e6)),
        attacks=dict(sorted(statuses.items())),
        slowest_attack_ms=round(1e3 * slowest, 1),
        mean_after_ms=round(1e3 * mean(again), 1),
        processor=processor(),
        cores=os.cpu_count() or 1,
        made=Made.now(
            f"python -m benchmarks api FOLDER --model {model} --clients {clients} "
            f"--minutes {minutes:g} --attacks {attacks}",
            "fastapi",
            "openvino",
            "streamlit",
        ),
    )


def _folder(engine: Engine, card: Card, folder: Path) -> None:
    """The whole folder as `classify` reads it, without its table."""
    for _outcome in Pipeline([card], engine.predict).run(items([Given(folder.name, folder)])):
        pass


def _seconds(work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _ask(server: Server, model: str, contents: list[bytes], clients: int) -> list[float]:
    """Seconds of each request, sent by `clients` threads with a connection each."""
    waiting = list(enumerate(contents))[::-1]
    waits: list[float] = []
    faults: list[str] = []
    lock = threading.Lock()

    def client() -> None:
        connection = http.client.HTTPConnection(server.address, server.port, timeout=60)
        try:
            while True:
                with lock:
                    if not waiting or faults:
                        return
                    _place, content = waiting.pop()
                started = time.perf_counter()
                address = f"/api/v1/classify?networks={model}"
                connection.request("POST", address, content, {"Content-Type": "image/jpeg"})
                response = connection.getresponse()
                answer = response.read()
                took = time.perf_counter() - started
                with lock:
                    waits.append(took)
                    if response.status != 200 or not json.loads(answer)["rows"]:
                        faults.append(f"{response.status}: {answer[:200]!r}")
        except (OSError, http.client.HTTPException) as reason:
            with lock:
                faults.append(repr(reason))
        finally:
            connection.close()

    threads = [threading.Thread(target=client) for _client in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise FerLabError(f"The API failed: {faults[0]}")
    return waits


def table(found: ApiBench) -> Table:
    """What was measured, to be printed."""
    shown = Table("API", f"{found.clients} clients, {found.photos} photos, {found.model}")
    shown.add_row("photos a second, folder", f"{found.folder_rate:.1f}")
    shown.add_row("photos a second, API", f"{found.api_rate:.1f} ({found.ratio:.0%})")
    shown.add_row(
        "mean and 95th percentile of a request", f"{found.mean_ms:.0f}, {found.p95_ms:.0f} ms"
    )
    before, after = found.memory_mb
    shown.add_row(f"memory before and after {found.minutes:g} minutes", f"{before}, {after} MB")
    shown.add_row("hostile requests", ", ".join(f"{k}: {n}" for k, n in found.attacks.items()))
    shown.add_row("slowest answer to one", f"{found.slowest_attack_ms:.0f} ms")
    shown.add_row("mean of a request afterwards", f"{found.mean_after_ms:.0f} ms")
    return shown
