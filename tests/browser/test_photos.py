"""What only a browser can show of the photo on the Predict page: clicking faces, pasting."""

from __future__ import annotations

import base64
import io
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect
from skimage.data import astronaut

from tests.browser.conftest import Viewer

# A paste as the keyboard makes it, with a picture in the clipboard.
PASTE = """(base64) => {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const data = new DataTransfer();
  data.items.add(new File([bytes], 'image.png', {type: 'image/png'}));
  document.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data}));
}"""


@pytest.fixture(scope="module")
def pair() -> bytes:
    """A picture with two faces, the left one larger."""
    face = Image.fromarray(astronaut()[:260, 100:360])
    scene = np.full((300, 500, 3), 128, np.uint8)
    scene[20:280, 10:270] = np.asarray(face)
    scene[80:210, 330:460] = np.asarray(face.resize((130, 130)))
    stream = io.BytesIO()
    Image.fromarray(scene).save(stream, "PNG")
    return stream.getvalue()


def test_a_face_is_chosen_by_clicking_it(desktop: Viewer, pair: bytes, tmp_path: Path) -> None:
    (tmp_path / "pair.png").write_bytes(pair)
    desktop.open("predict")
    desktop.page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(
        tmp_path / "pair.png"
    )
    faces = desktop.page.locator(".fer-face-picker button")
    expect(faces).to_have_count(2)
    expect(faces.first).to_have_attribute("aria-pressed", "true")
    faces.nth(1).click()
    expect(faces.nth(1)).to_have_attribute("aria-pressed", "true")
    expect(faces.first).to_have_attribute("aria-pressed", "false")
    expect(desktop.page).to_have_url(re.compile("[?&]face=2"))
    # Streamlit drops the pictures of an answer at the next, fetched or not.
    desktop.settle()
    # By keyboard too.
    faces.first.focus()
    desktop.page.keyboard.press("Enter")
    expect(faces.first).to_have_attribute("aria-pressed", "true")
    desktop.settle()
    desktop.check()


def test_a_picture_is_pasted_once(desktop: Viewer, pair: bytes) -> None:
    desktop.open("predict")
    expect(desktop.page.locator(".fer-paste-box button")).to_be_visible()
    desktop.page.evaluate(PASTE, base64.b64encode(pair).decode())
    expect(desktop.page.locator(".fer-face-picker button")).to_have_count(2)
    desktop.settle()
    assert "pasted picture · 500 × 300 pixels · 2 faces" in desktop.text()
    desktop.page.get_by_role("button", name="Remove the photo").click()
    expect(desktop.page.locator(".fer-face-picker button")).to_have_count(1)
    desktop.settle()
    assert "Astronaut" in desktop.text()


def test_an_example_is_chosen_by_clicking_it_and_back_returns(desktop: Viewer) -> None:
    desktop.open("predict")
    desktop.page.locator(".fer-thumbs button").nth(2).click()
    expect(desktop.page.locator(".fer-face-picker button")).to_have_count(29)
    desktop.settle()
    desktop.page.locator(".fer-face-rows button").nth(4).click()
    expect(desktop.page.locator(".fer-face-picker button").nth(4)).to_have_attribute(
        "aria-pressed", "true"
    )
    expect(desktop.page).to_have_url(re.compile("face=5"))
    desktop.page.go_back()
    desktop.page.go_back()
    expect(desktop.page.locator(".fer-face-picker button")).to_have_count(1)
    desktop.check()


def test_text_in_the_clipboard_is_no_picture(desktop: Viewer) -> None:
    desktop.open("predict")
    expect(desktop.page.locator(".fer-paste-box button")).to_be_visible()
    desktop.page.evaluate(
        "document.dispatchEvent(new ClipboardEvent('paste', {clipboardData: new DataTransfer()}))"
    )
    expect(desktop.page.locator(".fer-paste-box [role=status]")).to_have_text(
        "There is no picture in the clipboard."
    )
    desktop.check()
