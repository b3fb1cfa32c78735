"""Two viewers at once: what one brings is shown to nobody else."""

from __future__ import annotations

from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, expect
from skimage import data

from benchmarks.start import Server
from tests.browser.conftest import PATIENCE, Viewer

SECRET = "nobodyelse"


def test_what_one_viewer_brings_the_other_never_sees(
    browser: Browser, server: Server, tmp_path: Path
) -> None:
    photo, table = tmp_path / f"{SECRET}.png", tmp_path / f"{SECRET}.csv"
    Image.fromarray(data.astronaut()).save(photo)
    table.write_text("\n".join(",".join("5" * 7) for _row in range(7)))
    contexts = [browser.new_context() for _viewer in range(2)]
    for context in contexts:
        context.set_default_timeout(PATIENCE)
    mine, other = (Viewer(context.new_page(), server) for context in contexts)

    mine.open("predict")
    mine.page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(photo)
    expect(mine.page.get_by_test_id("stMain")).to_contain_text(f"{SECRET}.png")
    expect(mine.page.locator(".fer-face-picker img").first).to_be_visible()
    mine.settle()
    picture = mine.page.locator(".fer-face-picker img").first.get_attribute("src")
    mine.open("confusion")
    mine.page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(table)
    expect(mine.page.get_by_test_id("stMain").get_by_text(SECRET).first).to_be_attached()
    mine.settle()

    for name in ("predict", "confusion", "batch"):
        other.open(name)
        page = other.page.content()
        assert SECRET not in page, name
        assert picture is None or picture not in page, name
    # Not by an address that names it either: a link never carries what somebody brought.
    other.open("confusion", model="upload", models="upload")
    assert SECRET not in other.page.content()
    for context in contexts:
        context.close()
