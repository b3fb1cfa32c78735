"""Every page in a real browser: both languages, a desk's and a phone's width, the keyboard."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

import pytest
from playwright.sync_api import expect

from core import text
from core.text import LANGUAGES
from core.ui import sitemap
from tests.browser.conftest import Viewer

PAGES = [entry.name for entries in sitemap.sections().values() for entry in entries]

# What sticks out to the right and cannot be scrolled to inside a frame of its own. What lies
# inside a drawing is the drawing's matter: it clips.
STICKS_OUT = """() => {
  const width = document.documentElement.clientWidth;
  const scrolls = (e) => ['auto', 'scroll'].includes(getComputedStyle(e).overflowX);
  const framed = (e) => {
    for (let p = e.parentElement; p && p.dataset.testid !== 'stMain'; p = p.parentElement)
      if (scrolls(p) && p.getBoundingClientRect().right <= width + 1) return true;
    return false;
  };
  return [...document.querySelectorAll('[data-testid="stMainBlockContainer"] *')]
    .filter((e) => !e.closest('svg svg, .js-plotly-plot svg *') && e.checkVisibility({
      opacityProperty: true, visibilityProperty: true,
    }))
    .filter((e) => {
      const box = e.getBoundingClientRect();
      return box.width > 1 && box.height > 1 && box.right > width + 1 && !framed(e);
    })
    .map((e) => `${e.tagName} ${e.dataset.testid ?? e.className} to `
      + `${Math.round(e.getBoundingClientRect().right)}: ${e.textContent.slice(0, 60)}`);
}"""
SCROLLS_SIDEWAYS = """() => [document.documentElement, document.body,
    document.querySelector('[data-testid="stMain"]')]
  .filter((e) => e.scrollWidth > e.clientWidth + 1)
  .map((e) => `${e.tagName}: ${e.scrollWidth} in ${e.clientWidth}`)"""

FOCUSED = "() => document.activeElement.innerText.trim()"


@pytest.fixture
def titles() -> Iterator[dict[str, dict[str, str]]]:
    """Title of every page by language."""
    found = {}
    for lang in LANGUAGES:
        text.use_language_source(partial(str, lang))
        entries = [entry for group in sitemap.sections().values() for entry in group]
        found[lang] = {entry.name: entry.title for entry in entries}
    yield found
    text.use_language_source(lambda: "en")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", PAGES)
def test_every_page_opens(
    desktop: Viewer, name: str, lang: str, titles: dict[str, dict[str, str]]
) -> None:
    desktop.open(name, lang)
    expect(desktop.page).to_have_title(f"{titles[lang][name]} · FER Lab")
    expect(desktop.page.locator("h1")).to_have_count(1)
    desktop.check()


@pytest.mark.parametrize("name", PAGES)
def test_every_page_fits_a_phone(phone: Viewer, name: str) -> None:
    # Indonesian words are the longer ones.
    phone.open(name, "id")
    phone.check()
    assert phone.page.evaluate(SCROLLS_SIDEWAYS) == []
    assert phone.page.evaluate(STICKS_OUT) == []


def test_language_is_switched_by_keyboard_and_stays(
    desktop: Viewer, titles: dict[str, dict[str, str]]
) -> None:
    desktop.open("results")
    for _ in range(40):
        desktop.page.keyboard.press("Tab")
        if desktop.page.evaluate(FOCUSED) == LANGUAGES["en"]:
            break
    assert desktop.page.evaluate(FOCUSED) == LANGUAGES["en"]
    desktop.page.keyboard.press("ArrowRight")
    desktop.page.keyboard.press("Space")
    expect(desktop.page).to_have_title(f"{titles['id']['results']} · FER Lab")
    expect(desktop.page).to_have_url(re.compile("[?&]lang=id"))

    other = titles["id"]["training"]
    desktop.page.get_by_test_id("stSidebarNavLink").filter(has_text=other).click()
    expect(desktop.page).to_have_title(f"{other} · FER Lab")
    expect(desktop.page).to_have_url(re.compile("/training.*[?&]lang=id"))
    desktop.settle()
    desktop.check()
