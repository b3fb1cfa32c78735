"""Hundreds of photos: uploaded, stopped, continued, filtered, and the table of the command line."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import cv2
import numpy as np
import pytest
from playwright.sync_api import Browser, Dialog, expect
from skimage import data

from benchmarks.start import serve
from core import cli
from core.engine.catalogue import available_models
from tests.browser.conftest import Viewer

PHOTOS = 200
"""Photos beside each other, and as many in an archive."""

LONG = 600_000
"""Milliseconds for all of them on a busy machine."""


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder of photos and an archive, each photo other pixels."""
    folder = tmp_path / "photos"
    folder.mkdir()
    face = cv2.cvtColor(data.astronaut()[20:260, 100:340], cv2.COLOR_RGB2BGR)
    packed = []
    for place in range(2 * PHOTOS):
        picture = np.full((480, 640, 3), place % 256, np.uint8)
        x, y = 13 * place % 400, 7 * place % 240
        picture[y : y + 240, x : x + 240] = face
        content = cv2.imencode(".jpg", picture)[1].tobytes()
        if place < PHOTOS:
            (folder / f"photo_{place:03d}.jpg").write_bytes(content)
        else:
            packed.append((f"deep/{place % 2}/photo_{place:03d}.jpg", content))
    (folder / "cut.jpg").write_bytes(content[:900])
    with zipfile.ZipFile(folder / "more.zip", "w") as archive:
        for name, content in packed:
            archive.writestr(name, content)
    return folder


def test_hundreds_of_photos(desktop: Viewer, photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    network = min(available_models(), key=lambda card: card.parameters).id
    desktop.open("batch", models=network)
    page = desktop.page
    files = sorted(photos.iterdir())
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(files)
    begin = page.get_by_role("button", name="Start", exact=True)
    expect(begin).to_be_enabled(timeout=LONG)
    begin.click()

    progress = page.get_by_test_id("stMain").get_by_text(re.compile(r"\d of 401 pictures"))
    stop = page.get_by_test_id("stMain").get_by_role("button", name="Stop", exact=True)
    expect(progress).to_be_visible(timeout=LONG)
    stop.click(timeout=LONG)
    go_on = page.get_by_role("button", name="Continue", exact=True)
    expect(go_on).to_be_visible(timeout=LONG)
    assert int(re.findall(r"(\d+) of 401", desktop.text())[0]) < 2 * PHOTOS

    page.get_by_role("link", name="Learn").click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Batch", timeout=LONG)
    page.get_by_role("link", name="Batch").click()
    expect(go_on).to_be_visible(timeout=LONG)
    go_on.click()
    expect(page.get_by_text(re.compile("Finished · 401 of 401"))).to_be_visible(timeout=LONG)

    page.get_by_role("radio", name="Errors").or_(
        page.get_by_role("button", name="Errors", exact=True)
    ).click()
    expect(page.get_by_text(re.compile("^1 of 401 shown$"))).to_be_visible(timeout=LONG)
    expect(page.get_by_text("damaged or incomplete")).to_be_visible(timeout=LONG)

    page.get_by_role("radio", name="Download").or_(
        page.get_by_role("button", name="Download", exact=True)
    ).first.click()
    with page.expect_download(timeout=LONG) as download:
        page.get_by_role("button", name="CSV", exact=True).click()
    desktop.settle()
    desktop.check()

    monkeypatch.chdir(photos)
    with pytest.raises(SystemExit) as done:
        cli.main(
            ["classify", *(file.name for file in files), "--model", network, "--out", "../cli.csv"]
        )
    assert done.value.code == 1
    assert download.value.path().read_bytes() == Path("../cli.csv").read_bytes()


def test_a_batch_outlasts_a_reload_belongs_to_one_browser_and_goes_with_the_server(
    browser: Browser, tmp_path: Path
) -> None:
    face = cv2.cvtColor(data.astronaut()[20:260, 100:340], cv2.COLOR_RGB2BGR)
    cv2.imwrite(str(tmp_path / "photo.png"), face)
    place = tmp_path / "tmp"
    place.mkdir()
    network = min(available_models(), key=lambda card: card.parameters).id
    with serve(environment={"TMPDIR": str(place)}) as server:
        mine, other = browser.new_context(), browser.new_context()
        viewer, stranger = Viewer(mine.new_page(), server), Viewer(other.new_page(), server)
        viewer.watch()
        page = viewer.page
        asked: list[str] = []

        def accept(dialog: Dialog) -> None:
            asked.append(dialog.type)
            dialog.accept()

        page.on("dialog", accept)
        viewer.open("batch", models=network)
        page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(tmp_path / "photo.png")
        page.get_by_role("button", name="Start", exact=True).click()
        finished = re.compile("Finished · 1 of 1")
        expect(page.get_by_text(finished)).to_be_visible(timeout=LONG)
        expect(page).to_have_url(re.compile("batch="))
        assert len(list(place.glob("*/*/*.png"))) == 1

        page.get_by_text(finished).click()  # browsers ask only where somebody touched the page
        page.reload()
        viewer.settle()
        expect(page.get_by_text(finished)).to_be_visible()
        expect(page.locator(".fer-gallery figure")).to_have_count(1)
        assert asked == ["beforeunload"]

        stranger.page.goto(page.url)
        stranger.settle()
        assert "begun in another browser" in stranger.text()
        expect(stranger.page.locator(".fer-gallery figure")).to_have_count(0)

        page.get_by_role("button", name="Start a new batch").click()
        expect(page.get_by_role("button", name="Discard this batch")).to_be_visible()
        page.keyboard.press("Escape")
        viewer.settle()
        expect(page.get_by_text(finished)).to_be_visible()
        viewer.check()
        mine.close()
        other.close()
        assert len(list(place.glob("*/*/*.png"))) == 1, "it may come back for two minutes"
    assert list(place.iterdir()) == []
