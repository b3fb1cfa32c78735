"""Many viewers at once: how long their pages take, what goes wrong, and what the server weighs.

Most viewers speak the protocol that the browser speaks, over WebSocket sessions of their own; a
few are tabs of Chromium. Each walks through all pages in an order of its own, looks at each for
some seconds, and changes a choice on some.
"""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import NamedTuple

import numpy as np
from rich.table import Table
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Subprotocol

from benchmarks.start import Server, serve
from benchmarks.tabs import chromium
from core import paths
from core.errors import FerLabError
from core.records import Made
from core.speed.latency import processor
from core.speed.runs import LoadBench, Weight

LOOK = (1.0, 5.0)
"""Seconds for which a viewer looks at a page, at least and at most."""

CLICKS = 0.4
"""Share of the pages on which a viewer then changes a choice."""

PATIENCE = 60.0
"""Seconds after which a page that is not there counts as an error."""

SETTLED, AFTER = 120.0, 120.0
"""Seconds after the first viewer, and after the last one, at which the server is weighed."""

LANGUAGES = ("en", "id")

NOT_CLICKED = ("lang.", "image.")
"""Choices that hold for all pages: the walk has its own languages."""

Tell = Callable[[str], None]


class Run(NamedTuple):
    """One run of a page, as a viewer waited for it.

    Attributes:
        page: the file in `pages/`, without its suffix.
        click: whether a choice was changed rather than the page opened.
        seconds: from the request to the last element.
        browser: whether Chromium drew it, too.
    """

    page: str
    click: bool
    seconds: float
    browser: bool = False


@dataclass
class Log:
    """What all viewers met so far."""

    runs: list[Run] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    refused: int = 0


def measure(
    viewers: int, browsers: int, minutes: float, batch: Path | None, command: str, tell: Tell
) -> LoadBench:
    """Start the dashboard, let viewers walk, and weigh the server two minutes after they left.

    Args:
        viewers: all of them.
        browsers: how many of them are tabs of Chromium.
        minutes: for which they walk.
        batch: a zip of photos that one more tab uploads and has read meanwhile.
        command: that is noted with the result.
        tell: called with what goes on.

    Raises:
        FerLabError: if the server does not start, or a browser is wanted and missing.
    """
    with serve(address="") as server:
        return asyncio.run(_measure(server, viewers, browsers, minutes, batch, command, tell))


async def _measure(
    server: Server,
    viewers: int,
    browsers: int,
    minutes: float,
    batch: Path | None,
    command: str,
    tell: Tell,
) -> LoadBench:
    log, seconds = Log(), 60 * minutes
    pages = sorted(path.stem for path in (paths.ROOT / "pages").glob("*.py"))
    weights = [_weigh(server, 0)]
    async with AsyncExitStack() as stack:
        tabs = None
        if browsers or batch:
            tabs = await stack.enter_async_context(chromium(server))
        started = time.monotonic()
        end = started + seconds
        # They come one after the other, as a class does that is given an address.
        walks = [
            _walk(server, log, pages, number, end, 0.1 * number)
            for number in range(viewers - browsers)
        ]
        if tabs is not None:
            walks += [tabs.walk(log, pages, number, end) for number in range(browsers)]
        tasks = [asyncio.create_task(walk) for walk in walks]
        uploaded = None
        if tabs is not None and batch is not None:
            uploaded = asyncio.create_task(tabs.batch(log, batch, end))
        while (now := time.monotonic()) < end:
            await asyncio.sleep(min(5, end - now))
            weights.append(_weigh(server, time.monotonic() - started))
            tell(_progress(log, weights[-1], end))
        await asyncio.gather(*tasks)
        batch_seconds = await uploaded if uploaded is not None else None
        walked = time.monotonic() - started
        weights.append(_weigh(server, walked))
    for left in range(int(AFTER), 0, -5):
        tell(f"all have left; weighing the server in {left} s")
        await asyncio.sleep(5)
    after = _weigh(server, walked + AFTER)
    if not log.runs:
        raise FerLabError(f"No page was finished. {' '.join(log.errors[:1])}".strip())
    return _bench(log, viewers, browsers, batch_seconds, walked, [*weights, after], command)


def _progress(log: Log, weight: Weight, end: float) -> str:
    last = [run.seconds for run in log.runs[-100:]]
    return (
        f"{max(end - time.monotonic(), 0):.0f} s to go: {len(log.runs)} page runs, median of the "
        f"last hundred {median(last or [0]):.2f} s, {len(log.errors)} errors, "
        f"server {weight.memory_mb:.0f} MB, {weight.threads} threads"
    )


def _weigh(server: Server, seconds: float) -> Weight:
    return Weight(
        seconds=seconds, memory_mb=server.memory() / 1e6, threads=max(server.threads(), 1)
    )


def _bench(
    log: Log,
    viewers: int,
    browsers: int,
    batch_seconds: float | None,
    walked: float,
    weights: Sequence[Weight],
    command: str,
) -> LoadBench:
    times = [run.seconds for run in log.runs]
    clicks = [run.seconds for run in log.runs if run.click]
    drawn = [run.seconds for run in log.runs if run.browser]
    by_page: dict[str, list[float]] = {}
    for run in log.runs:
        by_page.setdefault(run.page, []).append(run.seconds)
    settled = [weight for weight in weights[:-1] if weight.seconds >= SETTLED]
    return LoadBench(
        viewers=viewers,
        browsers=browsers,
        minutes=walked / 60,
        runs=len(times),
        rate=len(times) / walked,
        median=median(times),
        p95=float(np.percentile(times, 95)),
        longest=max(times),
        click_median=median(clicks) if clicks else None,
        browser_median=median(drawn) if drawn else None,
        pages={page: median(values) for page, values in sorted(by_page.items())},
        errors=len(log.errors),
        error=log.errors[0] if log.errors else None,
        refused=log.refused,
        batch_seconds=batch_seconds,
        start=weights[0],
        settled=settled[0] if settled else None,
        most=max(weights, key=lambda weight: weight.memory_mb),
        end=weights[-2],
        after=weights[-1],
        processor=processor(),
        cores=os.cpu_count() or 1,
        made=Made.now(command, "streamlit", "plotly"),
    )


def table(found: LoadBench) -> Table:
    """The numbers in words."""
    shown = Table(f"{found.viewers} viewers, {found.minutes:.1f} minutes", "", "aim")
    shown.add_row("page runs", f"{found.runs}, {found.rate:.1f} a second", "12 a second")
    shown.add_row("median of a page run", f"{found.median:.2f} s", "3 s")
    shown.add_row("95th percentile", f"{found.p95:.2f} s", "9 s")
    shown.add_row("longest", f"{found.longest:.2f} s", "")
    if found.click_median is not None:
        shown.add_row("median after a changed choice", f"{found.click_median:.2f} s", "")
    if found.browser_median is not None:
        shown.add_row("median in Chromium, drawn", f"{found.browser_median:.2f} s", "")
    for page, seconds in sorted(found.pages.items(), key=lambda entry: -entry[1]):
        shown.add_row(f"  median of {page}", f"{seconds:.2f} s", "")
    shown.add_row("errors", str(found.errors), "0")
    shown.add_row("connections refused or broken", str(found.refused), "0")
    if found.batch_seconds is not None:
        shown.add_row("batch meanwhile", f"{found.batch_seconds:.0f} s", "")
    for name, weight in (
        ("before the first viewer", found.start),
        ("after two minutes", found.settled),
        ("at most", found.most),
        ("when they leave", found.end),
        ("two minutes later", found.after),
    ):
        if weight is not None:
            size = f"{weight.memory_mb:.0f} MB, {weight.threads} threads"
            shown.add_row(f"server {name}", size, "690 MB" if name == "at most" else "")
    return shown


async def _walk(
    server: Server, log: Log, pages: Sequence[str], number: int, end: float, delay: float
) -> None:
    """One viewer over the protocol alone; a connection that breaks is made anew."""
    chance = random.Random(number)
    await asyncio.sleep(delay)
    while time.monotonic() < end:
        try:
            async with connect(
                f"ws://{server.address}:{server.port}/_stcore/stream",
                subprotocols=[Subprotocol("streamlit")],
                max_size=None,
                open_timeout=PATIENCE,
            ) as connection:
                session = Session(connection, LANGUAGES[number % len(LANGUAGES)])
                while time.monotonic() < end:
                    for page in chance.sample(pages, len(pages)):
                        if time.monotonic() >= end:
                            break
                        await _visit(session, log, page, chance)
        except (OSError, WebSocketException) as problem:
            log.refused += 1
            log.errors.append(f"connection: {problem!r}")
            await asyncio.sleep(1)


async def _visit(session: Session, log: Log, page: str, chance: random.Random) -> None:
    """Open a page, look at it, and perhaps change one of its choices."""
    run = await session.open(page)
    _note(log, run, session.problem)
    await asyncio.sleep(chance.uniform(*LOOK))
    if session.clickable and chance.random() < CLICKS:
        _note(log, await session.click(chance), session.problem)
        await asyncio.sleep(chance.uniform(*LOOK))


def _note(log: Log, run: Run, problem: str) -> None:
    if problem:
        log.errors.append(f"{run.page}: {problem}")
    else:
        log.runs.append(run)


class Session:
    """A viewer's connection: what it asks for, and the choices that the last page offered.

    Attributes:
        problem: what was wrong with the last run; empty if nothing was.
        clickable: states that would change a choice, each with its fragment.
    """

    def __init__(self, connection: ClientConnection, language: str) -> None:
        self._connection = connection
        self._query = f"lang={language}"
        self._page, self._script = "", ""
        self.problem = ""
        self.clickable: list[tuple[WidgetState, str]] = []

    async def open(self, page: str) -> Run:
        """Open a page as its link does."""
        self._page, self._script = page, ""
        return await self._run(WidgetState(), "", click=False)

    async def click(self, chance: random.Random) -> Run:
        """Change a choice of the page."""
        widget, fragment = chance.choice(self.clickable)
        return await self._run(widget, fragment, click=True)

    async def _run(self, widget: WidgetState, fragment: str, click: bool) -> Run:
        wanted = BackMsg()
        asked = wanted.rerun_script
        asked.query_string = self._query
        # Home has the address of the whole.
        asked.page_name = "" if self._page == "home" else self._page
        asked.page_script_hash = self._script
        asked.fragment_id = fragment
        if widget.id:
            asked.widget_states.widgets.append(widget)
        self.problem, self.clickable = "", []
        started = time.monotonic()
        await self._connection.send(wanted.SerializeToString())
        try:
            async with asyncio.timeout(PATIENCE):
                await self._finish()
        except TimeoutError:
            self.problem = f"not there after {PATIENCE:.0f} s"
        return Run(self._page, click, time.monotonic() - started)

    async def _finish(self) -> None:
        """Take what the server sends until the script has ended and is not run once more."""
        while True:
            message = ForwardMsg.FromString(bytes(await self._connection.recv(decode=False)))
            kind = message.WhichOneof("type")
            if kind == "new_session":
                self._script = message.new_session.page_script_hash
            elif kind == "delta":
                self._take(message)
            elif kind == "script_finished":
                again = ForwardMsg.ScriptFinishedStatus.FINISHED_EARLY_FOR_RERUN
                if message.script_finished != again:
                    return

    def _take(self, message: ForwardMsg) -> None:
        """Note an error that the page shows, and a choice that can be changed."""
        element = message.delta.new_element
        if element.HasField("exception"):
            self.problem = element.exception.message or "exception"
        if element.alert.icon == ":material/bug_report:":
            self.problem = element.alert.body
        widget = WidgetState()
        if element.HasField("checkbox"):
            widget.id = element.checkbox.id
            widget.bool_value = not element.checkbox.default
        elif element.HasField("selectbox") and len(element.selectbox.options) > 1:
            widget.id = element.selectbox.id
            widget.string_value = element.selectbox.options[1]
        elif element.HasField("button_group") and len(element.button_group.options) > 1:
            widget.id = element.button_group.id
            widget.string_array_value.data.append(element.button_group.options[1].content)
        if widget.id and not any(f"-{name}" in widget.id for name in NOT_CLICKED):
            self.clickable.append((widget, message.delta.fragment_id))
