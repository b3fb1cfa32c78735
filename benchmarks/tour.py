"""Pictures of every page, as a viewer at a desk and one with a phone see it, to be looked at."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlencode

from PIL import Image

from benchmarks.start import Server, serve
from benchmarks.viewer import FLAGS
from core.errors import FerLabError
from core.text import LANGUAGES
from core.ui import sitemap

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SIZES = {"desk": (1280, 900), "phone": (390, 844)}
"""Width and height of the windows."""

THEMES: tuple[Literal["dark", "light"], ...] = ("dark", "light")

PATIENCE = 120_000
"""Milliseconds; a busy machine is slow, not broken."""

COLORS = 256

# Connected, the script done, nothing on its way, and so for a while: reruns follow each other.
SETTLED = """() => {
  const app = document.querySelector('[data-testid="stApp"]');
  const idle = app && document.querySelector('h1')
    && app.getAttribute('data-test-connection-state') === 'CONNECTED'
    && app.getAttribute('data-test-script-state') === 'notRunning'
    && !document.querySelector('[data-testid="stSkeleton"], [data-testid="stSpinner"]');
  if (!idle) { window.idleSince = undefined; return false; }
  window.idleSince ??= performance.now();
  return performance.now() - window.idleSince > 700;
}"""

README = ("home", "predict")
"""Pages whose pictures the README shows."""


def pages() -> list[str]:
    """Names of all pages, in the sidebar's order."""
    return [entry.name for entries in sitemap.sections().values() for entry in entries]


def every_page(folder: Path, whole: bool = False) -> Iterator[Path]:
    """Draw each page at both sizes, in both themes and both languages.

    Args:
        folder: gets `<page>_<size>_<theme>_<language>.png`.
        whole: from top to bottom, instead of the first window.

    Yields:
        Each file once it is written.
    """
    with _chromium() as (server, browser):
        for size, theme, language in product(SIZES, THEMES, LANGUAGES):
            page = _window(browser, size, theme)
            for name in pages():
                _open(page, server, name, language)
                if whole:
                    _stretch(page, size)
                path = folder / f"{name}_{size}_{theme}_{language}.png"
                _save(page, path)
                yield path
            page.context.close()


def readme(folder: Path) -> Iterator[Path]:
    """Draw the pictures of the README into `folder`, each once it is written."""
    with _chromium() as (server, browser):
        page = _window(browser, "desk", "dark")
        for name in README:
            _open(page, server, name, "en")
            path = folder / f"{name}.png"
            _save(page, path)
            yield path


@contextmanager
def _chromium() -> Iterator[tuple[Server, Browser]]:
    from playwright.sync_api import sync_playwright

    found = shutil.which("chromium")
    if found is None:
        raise FerLabError("Chromium is not installed (Debian: apt-get install chromium).")
    with serve() as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield server, browser
        browser.close()


def _window(browser: Browser, size: str, theme: Literal["dark", "light"]) -> Page:
    width, height = SIZES[size]
    finger = size == "phone"
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=theme,
        has_touch=finger,
        is_mobile=finger,
        locale="en-GB",
    )
    context.set_default_timeout(PATIENCE)
    return context.new_page()


def _open(page: Page, server: Server, name: str, language: str) -> None:
    path = "" if name == "home" else name
    page.goto(f"http://127.0.0.1:{server.port}/{path}?{urlencode({'lang': language})}")
    _settle(page)


def _settle(page: Page) -> None:
    page.wait_for_function(SETTLED, timeout=PATIENCE, polling=100)


def _stretch(page: Page, size: str) -> None:
    """The page scrolls inside the window: a window as tall as the page shows all of it."""
    width, height = SIZES[size]
    tall = page.get_by_test_id("stMain").evaluate("(main) => main.scrollHeight")
    page.set_viewport_size({"width": width, "height": max(height, int(tall))})
    _settle(page)


def _save(page: Page, path: Path) -> None:
    """Write what the window shows, in few enough colours to be a small file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with Image.open(io.BytesIO(page.screenshot())) as picture:
        picture.convert("RGB").quantize(COLORS).save(path, optimize=True)
