"""What axe-core finds on every page, in both themes, and what a finger can hit on a phone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ViewportSize

from benchmarks.start import Server
from core.ui import sitemap
from tests.browser.conftest import PATIENCE, Viewer

PAGES = [entry.name for entries in sitemap.sections().values() for entry in entries]

# Streamlit's own: its list of pages is no list to axe, and KaTeX's formulas scroll by touch only.
THEIRS = {"exclude": [["[data-testid='stSidebarNavItems']"], [".katex-display"]]}

FINGER = 40
"""Pixels of height that something to tap has on a phone."""

# Links in running text and what Streamlit draws inside another thing to tap are let off.
SMALL = """(least) => {
  const theirs = ['[data-testid="stMarkdownContainer"]', '.js-plotly-plot'];
  const inside = [...theirs, '[data-testid="stDataFrame"]'].join(', ');
  const parts = 'button, a[href], summary, [role="tab"], [role="switch"], [role="checkbox"]';
  const small = [];
  const look = (root) => {
    for (const one of root.querySelectorAll('*')) {
      if (one.shadowRoot) look(one.shadowRoot);
      if (!one.matches(parts) || one.closest(inside) || one.disabled) continue;
      if (one.getAttribute('aria-hidden') === 'true' || one.tabIndex < 0) continue;
      const box = one.getBoundingClientRect();
      const before = getComputedStyle(one, '::before');
      const padded = before.content === '""' ? parseFloat(before.height) || 0 : 0;
      const label = one.closest('label')?.getBoundingClientRect().height ?? 0;
      const height = Math.max(box.height, padded, label);
      if (box.width && box.height && height < least - 0.5)
        small.push(`${one.outerHTML.slice(0, 120)} ${Math.round(height)}`);
    }
  };
  look(document.querySelector('[data-testid="stMain"]'));
  return small;
}"""


def violations(viewer: Viewer) -> list[str]:
    found = Axe().run(viewer.page, context=THEIRS).response["violations"]
    return [
        f"{rule['id']}: {node['html'][:160]}: {(node['any'] or [{'message': ''}])[0]['message']}"
        for rule in found
        if rule["impact"] in ("moderate", "serious", "critical")
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_in_either_theme(desktop: Viewer, name: str) -> None:
    desktop.page.emulate_media(color_scheme="light")
    desktop.open(name)
    assert violations(desktop) == []
    desktop.page.emulate_media(color_scheme="dark")
    desktop.settle()
    assert violations(desktop) == []


@pytest.fixture(scope="module")
def touched(browser: Browser) -> Iterator[BrowserContext]:
    """A phone that is used with a finger."""
    size = ViewportSize(width=390, height=844)
    context = browser.new_context(viewport=size, has_touch=True, is_mobile=True, locale="en-GB")
    context.set_default_timeout(PATIENCE)
    yield context
    context.close()


@pytest.mark.parametrize("name", PAGES)
def test_what_is_tapped_is_large_enough(touched: BrowserContext, server: Server, name: str) -> None:
    viewer = Viewer(touched.new_page(), server)
    viewer.open(name)
    small = viewer.page.evaluate(SMALL, FINGER)
    viewer.page.close()
    assert small == []


def test_the_measure_sees_what_is_too_small(touched: BrowserContext, server: Server) -> None:
    viewer = Viewer(touched.new_page(), server)
    viewer.open("predict")
    assert viewer.page.evaluate(SMALL, 400)
    viewer.page.close()
