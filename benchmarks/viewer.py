"""A browser whose camera plays a film, and tabs of it on the live page."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlencode

from benchmarks.film import Film
from benchmarks.link import Link
from benchmarks.start import Server
from core.errors import FerLabError

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Frame, Locator, Page

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
FLAGS += ["--disable-component-update", "--disable-sync", "--no-first-run"]

# Several tabs, of which one is in front.
ALL_AWAKE = ["--disable-background-timer-throttling", "--disable-renderer-backgrounding"]
ALL_AWAKE += ["--disable-backgrounding-occluded-windows"]

PATIENCE = 60_000
"""Milliseconds."""

_PROBE = Path(__file__).parent / "assets" / "latency.js"


class Shown(NamedTuple):
    """The page's read-outs: frames so far, and times of the last five seconds.

    Attributes:
        processed: frames.
        dropped: frames.
        median: from a frame's arrival at the server to its finished picture, in ms.
        p95: the 95th percentile of it.
        size: of the video at the server, in pixels.
        wrong: warnings on the page.
    """

    processed: int
    dropped: int
    median: float | None
    p95: float | None
    size: str
    wrong: str


class Tab:
    """A tab on the live page."""

    def __init__(self, page: Page, server: Server) -> None:
        self._page = page
        self._server = server

    def open(self, **choices: str) -> None:
        """Open the live page with choices of its address."""
        query = urlencode({"lang": "en", "mirror": "0", **choices})
        self._page.goto(f"http://{self._server.address}:{self._server.port}/live?{query}")
        self._button("Start the camera").wait_for()

    def start(self) -> None:
        """Start the camera and wait for the first processed frames."""
        self._button("Start the camera").click()
        self._metric("Frames dropped").wait_for()

    def stop(self) -> None:
        """Stop the camera."""
        self._button("Stop").click()
        self._button("Start the camera").wait_for()

    def close(self) -> None:
        """Close the tab, with the camera running or not."""
        self._page.context.close()

    def wait(self, seconds: float) -> None:
        """Let the tab go on."""
        self._page.wait_for_timeout(1000 * seconds)

    def delays(self) -> list[float]:
        """Milliseconds from the camera to the screen of each new picture since the last call.

        Raises:
            FerLabError: if the browser cannot tell.
        """
        taken = self._frame().evaluate("() => window.ferBench ? window.ferBench.take() : null")
        if taken is None:
            raise FerLabError("This Chromium cannot watch its own video; version 94 can.")
        if taken["faults"]:
            raise FerLabError(f"The browser's pictures could not be read: {taken['faults']}.")
        return [float(value) for value in taken["rows"]]

    def shown(self) -> Shown:
        """What the page says."""
        frames = self._metric("Frames dropped").inner_text()
        latency = self._metric("Latency, median").inner_text()
        rate = self._metric("Frames a second").inner_text()
        times = re.findall(r"([\d,]+) ms", latency)
        size = re.search(r"(\d+) × (\d+)", rate)
        alerts = self._page.get_by_test_id("stMain").get_by_test_id("stAlert").all_inner_texts()
        return Shown(
            processed=_whole(re.search(r"([\d,]+) processed", frames)),
            dropped=_whole(re.search(r"dropped\s+([\d,]+)", frames)),
            median=_number(times[0]) if times else None,
            p95=_number(times[1]) if len(times) > 1 else None,
            size="x".join(size.groups()) if size else "",
            wrong=" ".join(alerts),
        )

    def _metric(self, label: str) -> Locator:
        return self._page.get_by_test_id("stMetric").filter(has_text=label)

    def _button(self, name: str) -> Locator:
        inside = self._page.frame_locator('iframe[title*="webrtc"]')
        return inside.get_by_role("button", name=name, exact=True)

    def _frame(self) -> Frame:
        found = next((item for item in self._page.frames if "webrtc" in item.url), None)
        if found is None:
            raise FerLabError("The live page shows no video.")
        return found


def _number(text: str) -> float:
    return float(text.replace(",", ""))


def _whole(found: re.Match[str] | None) -> int:
    if found is None:
        raise FerLabError("The live page's read-outs are not as the bench knows them.")
    return int(_number(found[1]))


class Viewers:
    """A browser with a film before its camera."""

    def __init__(self, browser: Browser, server: Server) -> None:
        self._browser = browser
        self._server = server

    def tab(self, width: int = 1280) -> Tab:
        """A new viewer, who lets the page use the camera."""
        context = self._browser.new_context(
            viewport={"width": width, "height": 800}, locale="en-GB", permissions=["camera"]
        )
        context.set_default_timeout(PATIENCE)
        context.add_init_script(path=_PROBE)
        return Tab(context.new_page(), self._server)


@contextmanager
def viewers(server: Server, film: Film, link: Link) -> Iterator[Viewers]:
    """Start Chromium at the other end of `link`.

    Raises:
        FerLabError: if Playwright or Chromium is not installed, or a page in it is not as the
            bench knows it.
    """
    try:
        from playwright.sync_api import Error, sync_playwright
    except ModuleNotFoundError:
        raise FerLabError(
            "Playwright drives the browser: pip install -r requirements-dev.txt"
        ) from None
    chromium = shutil.which("chromium")
    if chromium is None:
        raise FerLabError("Chromium is not installed (Debian: apt-get install chromium).")
    flags = [*FLAGS, *ALL_AWAKE]
    flags += ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
    flags += [f"--use-file-for-fake-video-capture={film.file}"]
    if link.prefix:
        # Browsers give the camera to https and localhost only, or to whom they are told.
        origin = f"http://{server.address}:{server.port}"
        flags += [f"--unsafely-treat-insecure-origin-as-secure={origin}"]
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        start = Path(folder) / "chromium"
        command = " ".join([*link.prefix, chromium])
        start.write_text(f'#!/bin/sh\nexec {command} "$@"\n', encoding="utf-8")
        start.chmod(0o755)
        browser = playwright.chromium.launch(executable_path=start, args=flags)
        try:
            yield Viewers(browser, server)
        except Error as reason:
            sentence = " ".join(reason.message.split())
            raise FerLabError(f"The page in Chromium was not as expected: {sentence}") from reason
        finally:
            browser.close()
