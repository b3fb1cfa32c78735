"""The main thing a visitor does: hand in a photo and read what the networks say."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect
from skimage import data

from core.engine.catalogue import available_models
from core.text import in_language
from core.words.networks import title
from tests.browser.conftest import Viewer

# By language: the number of faces found, and an answer with its probability.
WORDS = {
    "en": (r"\b1 face\b", r"astronaut\.png · 512 × 512"),
    "id": (r"\b1 wajah\b", r"astronaut\.png · 512 × 512"),
}


@pytest.fixture(scope="module")
def portrait(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("photo") / "astronaut.png"
    Image.fromarray(data.astronaut()).save(path)
    return path


@pytest.mark.parametrize("lang", WORDS)
def test_an_uploaded_photo_is_read(desktop: Viewer, portrait: Path, lang: str) -> None:
    assert available_models(), "the repository carries networks"
    faces, answer = WORDS[lang]
    desktop.open("predict", lang)
    assert not re.search(answer, desktop.text())
    desktop.page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(portrait)
    # The answer or, with the reason in the server's log, a fault.
    read = desktop.page.get_by_test_id("stMain").get_by_text(re.compile(answer))
    fault = desktop.page.get_by_test_id("stAlertContentError")
    expect(read.or_(fault).first).to_be_visible()
    desktop.settle()
    desktop.check()
    assert re.search(faces, desktop.text())
    with in_language(lang):
        assert any(title(card) in desktop.text() for card in available_models())
    drawn = desktop.page.locator('[data-testid="stMain"] img, [data-testid="stMain"] canvas')
    assert drawn.count() > 0


@pytest.mark.parametrize(("width", "lang"), [(1280, "en"), (390, "id")])
def test_replacing_the_photo_keeps_the_chosen_networks(
    open_viewer: Callable[[int], Viewer], portrait: Path, tmp_path: Path, width: int, lang: str
) -> None:
    viewer = open_viewer(width)
    viewer.open("predict", lang)
    for turn in range(4):
        # Another picture each time: the same one again would not be looked at.
        photo = tmp_path / f"{turn}.png"
        with Image.open(portrait) as picture:
            picture.crop((0, 0, 500 - turn, 500)).save(photo)
        viewer.page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(photo)
        expect(viewer.page.get_by_test_id("stMain")).to_contain_text(f"{500 - turn} × 500")
        viewer.settle()
        assert viewer.page.locator('[data-testid="stMultiSelect"] [data-tag]').count() == 2
        assert "models=" not in viewer.page.url
        expect(viewer.page.locator(".fer-face-rows button")).to_have_count(1)
    viewer.check()
