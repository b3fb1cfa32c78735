"""The live camera in a real browser: rate, latency, memory and threads while it runs."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import numpy as np
from rich.table import Table

from benchmarks import film
from benchmarks.link import link
from benchmarks.start import Server, serve
from benchmarks.viewer import Shown, Viewers, viewers
from core.engine.catalogue import available_models
from core.errors import FerLabError
from core.memory import AFTER
from core.records import Made
from core.speed.latency import processor
from core.speed.runs import Connects, LiveBench, Minute
from core.ui.live.stream import RATES

EVERY = 5.0
"""Seconds between two looks at the page, which itself shows the last five seconds."""

STILL = 60.0
"""Seconds without a processed frame after which a run ends: the connection is lost."""

SETTLING = 120.0
"""Seconds after which memory should stand still."""

WARM = 3
"""Connections after which everything is loaded that the first ones load."""

QUIET = AFTER[0] + 5
"""Seconds of rest before memory and threads are looked at without a stream: until the server has
given back what a stream has left."""

FORGOTTEN = AFTER[1] + 5
"""Seconds of rest after the last connection: until the sessions of closed tabs are gone too."""

CONNECTED = 4.0
"""Seconds for which the camera runs at each connection."""


def tables(found: LiveBench) -> list[Table]:
    """The numbers to be printed."""
    minutes = Table(
        "minute", "frames a second", "dropped", "camera to screen", "95%", "server", "95%", "MB"
    )
    for number, row in enumerate(found.minutes, 1):
        minutes.add_row(
            str(number),
            f"{row.rate:.1f}",
            f"{row.dropped:,}",
            *(_ms(row.screen_median), _ms(row.screen_p95)),
            *(_ms(row.server_median), _ms(row.server_p95)),
            f"{row.memory_mb:.0f}",
        )
    server = Table("server", "")
    server.add_row("memory before the first camera", f"{found.memory_start_mb:.0f} MB")
    if found.memory_settled_mb is not None:
        server.add_row("after two minutes", f"{found.memory_settled_mb:.0f} MB")
    server.add_row("at the end", f"{found.memory_end_mb:.0f} MB")
    server.add_row("threads before and after", f"{found.threads_before}, {found.threads_after}")
    if len(found.rates) > 1:
        server.add_row(
            "slowest and fastest stream", f"{min(found.rates):.1f}, {max(found.rates):.1f}"
        )
    if found.connects:
        done = found.connects
        server.add_row("threads after the connections", f"{done.threads[-1]}")
        server.add_row(
            f"memory after {done.count}",
            f"{done.memory_mb[-1]:.0f} MB, {done.growth_mb:+.0f} MB since number {WARM}",
        )
    if found.lost is not None:
        server.add_row("a stream stood still, given up after", f"{found.lost:.0f} s")
    for warning in found.warnings:
        server.add_row("the page warned", warning)
    return [minutes, server]


def _ms(value: float | None) -> str:
    return "" if value is None else f"{value:.0f} ms"


class _Look(NamedTuple):
    """One look at a tab: when, what the page said, and the latencies since the last."""

    seconds: float
    said: Shown
    delays: list[float]


def measure(
    model: str,
    minutes: float = 1.0,
    streams: int = 1,
    rate: int = RATES[-1],
    delay: float = 0.0,
    connects: int = 0,
    photos: Path | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> LiveBench:
    """Serve the dashboard, open the live page in Chromium and let the camera run.

    Args:
        model: id of a network.
        minutes: for which the camera runs.
        streams: tabs at once.
        rate: frames a second that are asked of the camera; one of those that the page offers.
        delay: of the network in each direction, in milliseconds.
        connects: so many starts and stops come after that.
        photos: a folder of photos for the camera; see `film.write`.
        tell: is told how far it is.

    Raises:
        FerLabError: if something is missing, or the page does not do what it should.
    """
    card = next((card for card in available_models() if card.id == model), None)
    if card is None:
        raise FerLabError(f"There is no network {model!r}. See: ls models")
    if rate not in RATES:
        raise FerLabError(f"rate: expected one of {RATES}, as the page offers. Received: {rate}.")
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        shown = film.write(Path(folder) / "film.mjpeg", photos)
        way = stack.enter_context(link(delay / 1000))
        places = {"FER_LIVE_STREAMS": str(max(streams, 4))}
        server = stack.enter_context(serve(address=way.address, environment=places))
        browser = stack.enter_context(viewers(server, shown, way))
        _warm(browser, model)
        memory, threads = server.memory() / 1e6, server.threads()
        choices = {"models": model, "rate": str(rate)}
        looks, weights = _play(browser, server, choices, 60 * minutes, streams, tell)
        end = server.memory() / 1e6
        after = _until_quiet(server, threads, QUIET)
        connected = _connect(browser, server, model, connects, tell) if connects else None
    by_minute, rates = _by_minute(looks, weights), [_rate(rows) for rows in looks]
    return LiveBench(
        model=model,
        model_sha256=card.model_sha256,
        film=shown.shows,
        size="x".join(map(str, film.SIZE)),
        asked_rate=rate,
        delay_ms=delay,
        processor=processor(),
        cores=os.cpu_count() or 1,
        minutes=by_minute,
        rates=rates,
        memory_start_mb=memory,
        memory_settled_mb=next((mb for spent, mb in weights if spent >= SETTLING), None),
        memory_end_mb=end,
        threads_before=threads,
        threads_after=after,
        lost=looks[0][-1].seconds if any(map(_still, looks)) else None,
        warnings=sorted({row.said.wrong for rows in looks for row in rows if row.said.wrong}),
        connects=connected,
        made=Made.now(
            f"python -m benchmarks live --model {model} --minutes {minutes:g} "
            f"--streams {streams} --rate {rate} --delay {delay:g} --connects {connects}",
            "openvino",
            "streamlit-webrtc",
            "aiortc",
        ),
    )


def _warm(browser: Viewers, model: str) -> None:
    """Have the network loaded, which is no part of what a camera costs."""
    tab = browser.tab()
    tab.open(models=model)
    tab.close()


def _play(
    browser: Viewers,
    server: Server,
    choices: Mapping[str, str],
    seconds: float,
    streams: int,
    tell: Callable[[str], None],
) -> tuple[list[list[_Look]], list[tuple[float, float]]]:
    """Let the cameras run.

    Returns:
        The looks at each tab; and the server's memory over time: seconds and MB.
    """
    tabs = [browser.tab() for _ in range(streams)]
    for tab in tabs:
        tab.open(**choices)
    for tab in tabs:
        tab.start()
    tabs[0].wait(EVERY)
    for tab in tabs:
        tab.delays()  # what came while others were still being started
    started = time.monotonic()
    looks: list[list[_Look]] = [[_Look(0.0, tab.shown(), [])] for tab in tabs]
    weights = [(0.0, server.memory() / 1e6)]
    while (spent := time.monotonic() - started) < seconds:
        tabs[0].wait(min(EVERY, seconds - spent))
        for tab, rows in zip(tabs, looks, strict=True):
            rows.append(_Look(time.monotonic() - started, tab.shown(), tab.delays()))
        weights.append((time.monotonic() - started, server.memory() / 1e6))
        tell(f"{weights[-1][0]:.0f} of {seconds:.0f} s, server {weights[-1][1]:.0f} MB")
        if any(map(_still, looks)):
            break
    for tab in tabs:
        if not any(map(_still, looks)):
            tab.stop()
        tab.close()
    return looks, weights


def _connect(
    browser: Viewers, server: Server, model: str, count: int, tell: Callable[[str], None]
) -> Connects:
    """Start and stop a camera many times."""
    memory, threads = [server.memory() / 1e6], [server.threads()]
    for number in range(count):
        tab = browser.tab()
        tab.open(models=model)
        tab.start()
        tab.wait(CONNECTED)
        if number % 2:
            tab.stop()
        tab.close()
        tell(f"connection {number + 1} of {count}, server {server.memory() / 1e6:.0f} MB")
        if number + 1 in (WARM, count):
            rest = FORGOTTEN if number + 1 == count else QUIET
            threads.append(_until_quiet(server, threads[0], rest))
            memory.append(server.memory() / 1e6)
    growth = memory[-1] - memory[1]
    return Connects(count=count, memory_mb=memory, threads=threads, growth_mb=growth)


def _until_quiet(server: Server, threads: int, rest: float) -> int:
    """Give the server time to put things away; the number of its threads then."""
    time.sleep(rest)
    end = time.monotonic() + 2 * QUIET
    while server.threads() > threads and time.monotonic() < end:
        time.sleep(0.5)
    return server.threads()


def _still(rows: list[_Look]) -> bool:
    """Whether a stream has brought no frame for long."""
    last = rows[-1]
    return any(
        row.said.processed == last.said.processed and last.seconds - row.seconds >= STILL
        for row in rows
    )


def _rate(rows: list[_Look]) -> float:
    first, last = rows[0], rows[-1]
    return (last.said.processed - first.said.processed) / max(last.seconds - first.seconds, 1e-6)


def _by_minute(looks: list[list[_Look]], weights: list[tuple[float, float]]) -> list[Minute]:
    found = []
    whole = max(1, round(looks[0][-1].seconds / 60))
    for number in range(whole):
        begin, end = 60 * number, 60 * (number + 1) if number < whole - 1 else float("inf")
        # The look before the minute's first one belongs to it: differences need both.
        parts = [_between(rows, begin, end) for rows in looks]
        parts = [rows for rows in parts if len(rows) > 1]
        later = [row for rows in parts for row in rows[1:]]
        delays = [value for row in later for value in row.delays]
        medians = [row.said.median for row in later if row.said.median is not None]
        highs = [row.said.p95 for row in later if row.said.p95 is not None]
        found.append(
            Minute(
                rate=float(np.mean([_rate(rows) for rows in parts])),
                dropped=sum(rows[-1].said.dropped - rows[0].said.dropped for rows in parts),
                screen_median=float(np.median(delays)) if delays else None,
                screen_p95=float(np.percentile(delays, 95)) if delays else None,
                server_median=float(np.median(medians)) if medians else None,
                server_p95=float(np.median(highs)) if highs else None,
                memory_mb=[mb for spent, mb in weights if spent <= end][-1],
                sizes=sorted({row.said.size for row in later}),
            )
        )
    return found


def _between(rows: list[_Look], begin: float, end: float) -> list[_Look]:
    inside = [row for row in rows if begin < row.seconds <= end]
    before = [row for row in rows if row.seconds <= begin]
    return before[-1:] + inside
