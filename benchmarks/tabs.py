"""Viewers of the load benchmark who look through Chromium, and one who uploads a batch."""

from __future__ import annotations

import asyncio
import random
import shutil
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.start import Server
from benchmarks.viewer import ALL_AWAKE, FLAGS, PATIENCE
from core.errors import FerLabError

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

    from benchmarks.load import Log

READY = '[data-testid="stApp"][data-test-script-state="notRunning"]'
"""The app once nothing runs."""

STARTS = 250
"""Milliseconds within which a click has made the page run."""


class Tabs:
    """Tabs of one Chromium, each a viewer of its own."""

    def __init__(self, browser: Browser, server: Server) -> None:
        self._browser = browser
        self._address = f"http://{server.address}:{server.port}"

    async def walk(self, log: Log, pages: Sequence[str], number: int, end: float) -> None:
        """Open pages by the links of the sidebar until `end`."""
        from playwright.async_api import Error

        from benchmarks.load import LOOK, Run

        chance = random.Random(f"tab {number}")
        page = await self._tab()
        try:
            await page.goto(f"{self._address}/")
            await page.wait_for_selector(READY)
            while time.monotonic() < end:
                for name in chance.sample(list(pages), len(pages)):
                    await asyncio.sleep(chance.uniform(*LOOK))
                    if time.monotonic() >= end:
                        return
                    address = "/" if name == "home" else f"/{name}"
                    link = f'[data-testid="stSidebarNavLink"][href$="{address}"]'
                    started = time.monotonic()
                    try:
                        await page.click(link)
                        await page.wait_for_timeout(STARTS)
                        await page.wait_for_selector(READY)
                        if await page.get_by_test_id("stException").count():
                            log.errors.append(f"{name}: an exception in Chromium")
                        log.runs.append(Run(name, False, time.monotonic() - started, True))
                    except Error as problem:
                        log.errors.append(f"{name}: {problem.message.splitlines()[0]}")
        finally:
            await page.context.close()

    async def batch(self, log: Log, file: Path, end: float) -> float | None:
        """Upload a zip of photos, have it read, and stay until it is done.

        Returns:
            Seconds that it took; None if it was not done before `end`.
        """
        from playwright.async_api import Error

        page = await self._tab()
        try:
            await page.goto(f"{self._address}/batch?lang=en")
            await page.wait_for_selector(READY)
            await page.set_input_files('input[type="file"]', file)
            start = page.locator(".st-key-batch-start button:enabled")
            await start.click(timeout=5 * PATIENCE)
            started = time.monotonic()
            stop = page.get_by_test_id("stMain").get_by_role("button", name="Stop", exact=True)
            await stop.wait_for()
            await stop.wait_for(state="hidden", timeout=max(1000 * (end - started), 1))
            return time.monotonic() - started
        except Error as problem:
            log.errors.append(f"batch: {problem.message.splitlines()[0]}")
            return None
        finally:
            await page.context.close()

    async def _tab(self) -> Page:
        context = await self._browser.new_context(
            viewport={"width": 1280, "height": 900}, locale="en-GB"
        )
        context.set_default_timeout(PATIENCE)
        return await context.new_page()


@asynccontextmanager
async def chromium(server: Server) -> AsyncIterator[Tabs]:
    """Start Chromium.

    Raises:
        FerLabError: if Playwright or Chromium is not installed.
    """
    try:
        from playwright.async_api import async_playwright
    except ModuleNotFoundError:
        raise FerLabError(
            "Playwright drives the browser: pip install -r requirements-dev.txt"
        ) from None
    path = shutil.which("chromium")
    if path is None:
        raise FerLabError("Chromium is not installed (Debian: apt-get install chromium).")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=[*FLAGS, *ALL_AWAKE])
        try:
            yield Tabs(browser, server)
        finally:
            await browser.close()
