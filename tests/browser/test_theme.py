"""What only a browser knows: the theme, and the first address after a start."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from benchmarks.start import serve
from core.figures.theme import INKS
from tests.browser.conftest import Viewer

PAPER = """() => [...document.querySelectorAll('.js-plotly-plot .main-svg')]
  .map((e) => getComputedStyle(e).backgroundColor)[0]"""


def rgb(color: str) -> str:
    return "rgb({}, {}, {})".format(*(int(color[place : place + 2], 16) for place in (1, 3, 5)))


def test_figures_follow_the_theme(desktop: Viewer) -> None:
    desktop.page.emulate_media(color_scheme="dark")
    desktop.open("dataset")
    assert desktop.page.evaluate(PAPER) == rgb(INKS["dark"].paper)
    desktop.page.emulate_media(color_scheme="light")
    desktop.page.wait_for_function(f"() => ({PAPER})() === '{rgb(INKS['light'].paper)}'")
    desktop.settle()
    desktop.check()


def test_the_first_address_after_a_start_may_be_any_page(browser: Browser) -> None:
    """Streamlit would take it for a page of its old automatic navigation."""
    page = browser.new_page()
    with serve() as server:
        viewer = Viewer(page, server)
        viewer.watch()
        viewer.open("training", "id", curve="loss")
        expect(page).to_have_title("Pelatihan · FER Lab")
        assert "curve=loss" in page.url
        viewer.check()
    page.close()
