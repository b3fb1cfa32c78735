"""How fast chips are classified, beside Keras's `predict` and OpenVINO without the engine.

The two of each pair take turns, and each number is a median: what else the machine does for
a while hits both.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from functools import partial
from statistics import median

import numpy as np
from rich.table import Table

from benchmarks.latency import BATCH
from core import paths
from core.engine.engine import Engine
from core.faces.chip import SIDE
from core.records import Made
from core.schema import MODEL, Card
from core.speed.latency import processor
from core.speed.runs import ChipsBench, Crowd, Pair

ROUNDS = 7
THREADS = 16


def measure(model: str, scale: float = 1.0, keras: bool = True) -> ChipsBench:
    """Time one network; leave the machine alone meanwhile.

    Args:
        model: id of a network.
        scale: how long to measure; 1 takes less than a minute.
        keras: whether TensorFlow is to be loaded for the comparison with it.

    Raises:
        ModelError: if the network cannot be run.
    """
    engine = Engine()
    card = engine.card(model)
    chips = np.random.default_rng(0).integers(0, 256, (BATCH, SIDE, SIDE), dtype=np.uint8)
    single = partial(engine.predict, model, chips[:1], maps=False)
    predict = _keras(card, chips[:1]) if keras else None
    return ChipsBench(
        model=model,
        model_sha256=card.model_sha256,
        size=card.input_size,
        precision=engine.precision,
        processor=processor(),
        cores=os.cpu_count() or 1,
        keras=_pair(single, predict, 0.5 * scale, 1) if predict else None,
        openvino=_pair(
            partial(engine.predict, model, chips, maps=False),
            _openvino(card, engine.precision, chips),
            0.7 * scale,
            BATCH,
        ),
        crowd=_crowd(single, 0.7 * scale),
        made=Made.now(f"python -m benchmarks chips {model}", "openvino", "numpy"),
    )


def _pair(
    ours: Callable[[], object], other: Callable[[], object], seconds: float, chips: int
) -> Pair:
    """Both in turns, `seconds` each a round."""
    rounds = []
    for work in (ours, other):
        _times(work, 0.2 * seconds)
    for _round in range(ROUNDS):
        rounds.append([median(_times(work, seconds)) for work in (ours, other)])
    return Pair(
        ours_ms=1e3 * median(mine for mine, _theirs in rounds) / chips,
        other_ms=1e3 * median(theirs for _mine, theirs in rounds) / chips,
        ratio=median(theirs / mine for mine, theirs in rounds),
    )


def _crowd(work: Callable[[], object], seconds: float) -> Crowd:
    """One thread and many in turns."""
    alone, together, longest, waits = [], [], [], []
    everyone: list[float] = []
    _times(work, 0.2 * seconds)
    for _round in range(ROUNDS):
        alone.append(_rate(_times(work, seconds)))
        since = time.perf_counter()
        taken = _in_threads(work, seconds)
        together.append(len(taken) / (time.perf_counter() - since))
        longest.append(max(taken))
        waits.append(max(taken) / median(taken))
        everyone += taken
    return Crowd(
        threads=THREADS,
        alone_rate=median(alone),
        rate=median(together),
        ratio=median(many / one for one, many in zip(alone, together, strict=True)),
        median_ms=1e3 * median(everyone),
        longest_ms=1e3 * median(longest),
        worst_ms=1e3 * max(longest),
        waits=median(waits),
    )


def _in_threads(work: Callable[[], object], seconds: float) -> list[float]:
    """Seconds of each request of all threads."""
    taken: list[list[float]] = [[] for _thread in range(THREADS)]
    start = threading.Barrier(THREADS)

    def loop(own: list[float]) -> None:
        start.wait()
        own += _times(work, seconds)

    threads = [threading.Thread(target=loop, args=(own,)) for own in taken]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [wait for own in taken for wait in own]


def _times(work: Callable[[], object], seconds: float) -> list[float]:
    """Seconds of each call; as many as fit, at least three."""
    found: list[float] = []
    end = time.perf_counter() + seconds
    while len(found) < 3 or time.perf_counter() < end:
        since = time.perf_counter()
        work()
        found.append(time.perf_counter() - since)
    return found


def _rate(times: list[float]) -> float:
    return len(times) / sum(times)


def _keras(card: Card, chips: np.ndarray) -> Callable[[], object] | None:
    """`predict` of the network that the card's recipe describes; None without TensorFlow."""
    try:
        from core.networks import build, settings_of
    except ModuleNotFoundError:
        return None
    described = card.recipe["network"]
    settings = settings_of(described["builder"], described.get("settings", {}))
    if "imagenet" in type(settings).model_fields:
        settings = settings.model_copy(update={"imagenet": False})
    network = build(described["builder"], settings, len(card.classes)).model
    return partial(network.predict, chips, verbose=0)


def _openvino(card: Card, precision: str, chips: np.ndarray) -> Callable[[], object]:
    import openvino

    compiled = openvino.Core().compile_model(
        paths.models() / card.id / MODEL,
        "CPU",
        {"INFERENCE_PRECISION_HINT": precision, "PERFORMANCE_HINT": "LATENCY"},
    )
    request = compiled.create_infer_request()

    def work() -> np.ndarray:
        request.infer([chips], share_inputs=True, share_outputs=True)
        return np.array(request.get_output_tensor(0).data)

    return work


def table(found: ChipsBench) -> Table:
    """The ratios and what they are to be."""
    shown = Table(f"{found.model}, {found.size} px", "engine", "other", "ratio", "target")
    if found.keras:
        least = 15 if found.size == SIDE else 5
        shown.add_row(
            "one chip, Keras predict (random weights)",
            f"{found.keras.ours_ms:.2f} ms",
            f"{found.keras.other_ms:.2f} ms",
            f"{found.keras.ratio:.1f}",
            f"{least} or more",
        )
    shown.add_row(
        f"{BATCH} chips, OpenVINO alone",
        f"{found.openvino.ours_ms:.2f} ms each",
        f"{found.openvino.other_ms:.2f} ms each",
        f"{found.openvino.ratio:.2f}",
        "0.87 or more",
    )
    crowd = found.crowd
    shown.add_row(
        f"{crowd.threads} threads, one thread's loop",
        f"{crowd.rate:,.0f} a second",
        f"{crowd.alone_rate:,.0f} a second",
        f"{crowd.ratio:.2f}",
        f"{1.3 if found.size == SIDE else 1.0} or more",
    )
    shown.add_row(
        "longest wait of them, median wait",
        f"{crowd.longest_ms:.2f} ms",
        f"{crowd.median_ms:.2f} ms",
        f"{crowd.waits:.2f}",
        "3 or less",
    )
    shown.caption = (
        f"{found.processor}, {found.precision}; longest wait of all rounds {crowd.worst_ms:.2f} ms"
    )
    return shown
