"""A real browser on a running dashboard, with the repository's own networks and results."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    ViewportSize,
    expect,
    sync_playwright,
)

from benchmarks.start import Server, serve

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
FLAGS += ["--disable-component-update", "--disable-sync", "--no-first-run"]

PATIENCE = 60_000
"""Milliseconds; a busy machine is slow, not broken."""

# Connected, the script done, nothing on its way, and so for a while: reruns follow each other.
SETTLED = """() => {
  const app = document.querySelector('[data-testid="stApp"]');
  const idle = app && document.querySelector('h1')
    && app.getAttribute('data-test-connection-state') === 'CONNECTED'
    && app.getAttribute('data-test-script-state') === 'notRunning'
    && !document.querySelector('[data-testid="stSkeleton"], [data-testid="stSpinner"]');
  if (!idle) { window.idleSince = undefined; return false; }
  window.idleSince ??= performance.now();
  return performance.now() - window.idleSince > 500;
}"""


BROKEN = "all => all.filter(one => one.complete && !one.naturalWidth).map(one => one.src)"
"""Pictures that did not arrive."""

REPLACED = "Download Button source error"
"""What Streamlit's frontend says where the file behind a button is gone."""


@dataclass
class Viewer:
    """One viewer's tab.

    Attributes:
        page: of Playwright.
        server: the dashboard.
        problems: what the console reported, and requests to other machines.
    """

    page: Page
    server: Server
    problems: list[str] = field(default_factory=list)

    def open(self, name: str = "home", lang: str = "en", **choices: str) -> None:
        """Go to a page by its address, as a shared link does, and wait until it stands."""
        path = "" if name == "home" else name
        query = urlencode({"lang": lang, **choices})
        self.page.goto(f"http://127.0.0.1:{self.server.port}/{path}?{query}")
        self.settle()

    def settle(self) -> None:
        """Wait until the page is complete."""
        self.page.wait_for_function(SETTLED, timeout=PATIENCE, polling=100)

    def text(self) -> str:
        """What the main part of the page shows."""
        return self.page.get_by_test_id("stMain").inner_text()

    def check(self) -> None:
        """Fail where the page shows a fault or the browser reported one."""
        faults = self.page.locator(
            '[data-testid="stException"], [data-testid="stAlertContentError"]'
        ).all_inner_texts()
        assert faults == [], self.server.said()[-4000:]
        assert self.page.locator("img").evaluate_all(BROKEN) == []
        assert self.problems == []

    def watch(self) -> None:
        """Note from here on what the browser reports."""
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.problems.append(f"uncaught: {error}"))
        self.page.on("request", lambda request: self._request(request.url))

    def _console(self, message: ConsoleMessage) -> None:
        # Streamlit's frontend looks for its server below each part of the address in turn.
        url = str(message.location.get("url"))
        looking = re.search(r"/\w+/_stcore/", url)
        # It also asks for files that a rerun has replaced meanwhile; nobody sees that.
        replaced = "404" in message.text and ("/media/" in url or REPLACED in message.text)
        if message.type == "error" and not looking and not replaced:
            self.problems.append(f"console: {message.text}")

    def _request(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("data", "blob") and parts.hostname != "127.0.0.1":
            self.problems.append(f"request to another machine: {url}")


def find_chromium() -> str | None:
    """Where Debian's browser lies."""
    return shutil.which("chromium")


@pytest.fixture(scope="package")
def chromium() -> str:
    """The browser's path; without one these tests are skipped, but not in CI."""
    found = find_chromium()
    if found is None:
        reason = "No browser tests: chromium is not installed (Debian: apt-get install chromium)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return found


# Not for the whole session: Playwright leaves an event loop running in the main thread.
@pytest.fixture(scope="package")
def browser(chromium: str) -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield running
        running.close()


@pytest.fixture(scope="package")
def server(chromium: str) -> Iterator[Server]:
    with serve() as running:
        yield running


@pytest.fixture(scope="package")
def contexts(browser: Browser) -> Iterator[dict[int, BrowserContext]]:
    """One context a width, so that the frontend's scripts are fetched once."""
    kept: dict[int, BrowserContext] = {}
    yield kept
    for context in kept.values():
        context.close()


@pytest.fixture
def open_viewer(
    browser: Browser, server: Server, contexts: dict[int, BrowserContext]
) -> Iterator[Callable[[int], Viewer]]:
    """Make a viewer with a window of the given width, on a fresh tab."""
    tabs: list[Page] = []

    def make(width: int) -> Viewer:
        if width not in contexts:
            size = ViewportSize(width=width, height=844 if width < 600 else 800)
            contexts[width] = browser.new_context(viewport=size, locale="en-GB")
            contexts[width].set_default_timeout(PATIENCE)
        tabs.append(contexts[width].new_page())
        viewer = Viewer(tabs[-1], server)
        viewer.watch()
        return viewer

    yield make
    for tab in tabs:
        tab.close()


@pytest.fixture
def desktop(open_viewer: Callable[[int], Viewer]) -> Viewer:
    return open_viewer(1280)


@pytest.fixture
def phone(open_viewer: Callable[[int], Viewer]) -> Viewer:
    return open_viewer(390)
