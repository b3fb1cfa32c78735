"""Pictures of the dashboard as it is.

`python -m tests.browser.screenshots` renews the README's pictures in `docs/`;
`python -m tests.browser.screenshots FOLDER` draws every page, wide and narrow, to look at.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Literal

from PIL import Image
from playwright.sync_api import Browser, ViewportSize, sync_playwright
from skimage import data

from benchmarks.start import Server, serve
from core import paths
from core.ui import sitemap
from tests.browser.conftest import FLAGS, PATIENCE, Viewer, find_chromium

DESK = ViewportSize(width=1280, height=800)
PHONE = ViewportSize(width=390, height=844)


def visit(
    browser: Browser, server: Server, size: ViewportSize, scheme: Literal["dark", "light"] = "dark"
) -> Viewer:
    """A viewer with a window of the given size."""
    page = browser.new_page(viewport=size, color_scheme=scheme, device_scale_factor=1.5)
    page.set_default_timeout(PATIENCE)
    return Viewer(page, server)


def save(viewer: Viewer, path: Path) -> None:
    """Write what the window shows, in few enough colours to be a small file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    viewer.page.screenshot(path=path)
    with Image.open(path) as picture:
        picture.convert("RGB").quantize(256).save(path, optimize=True)


def readme_pictures(browser: Browser, server: Server, folder: Path) -> None:
    """Home, and a prediction from scikit-image's public-domain portrait."""
    viewer = visit(browser, server, DESK)
    viewer.open("home")
    save(viewer, folder / "home.png")
    with tempfile.TemporaryDirectory() as scratch:
        photo = Path(scratch) / "astronaut.png"
        Image.fromarray(data.astronaut()).save(photo)
        viewer.page.set_viewport_size({"width": 1280, "height": 1100})
        viewer.open("predict")
        viewer.page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(photo)
        viewer.page.get_by_text("What would change the answer").wait_for()
        viewer.settle()
    save(viewer, folder / "predict.png")


def every_page(browser: Browser, server: Server, folder: Path) -> None:
    """Each page from top to bottom, at a desk's and a phone's width."""
    names = [entry.name for group in sitemap.sections().values() for entry in group]
    for size in (DESK, PHONE):
        viewer = visit(browser, server, size)
        for name in names:
            viewer.page.set_viewport_size(size)
            viewer.open(name)
            # The page scrolls inside the window: a window as tall as the page shows all of it.
            height = viewer.page.get_by_test_id("stMain").evaluate("(main) => main.scrollHeight")
            viewer.page.set_viewport_size({"width": size["width"], "height": height})
            viewer.settle()
            save(viewer, folder / f"{name}_{size['width']}.png")


def main() -> None:
    """Take the pictures."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    with serve() as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        if folder:
            every_page(browser, server, folder)
        else:
            readme_pictures(browser, server, paths.ROOT / "docs")
        browser.close()


if __name__ == "__main__":
    main()
