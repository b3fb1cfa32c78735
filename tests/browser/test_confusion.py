"""The confusion page under a real mouse: click a cell, switch, open the link elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from benchmarks.start import Server, serve
from core.data import store
from core.evaluation.metrics import predictions
from core.labels import CLASSES
from core.schema import read_predictions
from tests import factories
from tests.browser.conftest import PATIENCE, Viewer

TRUE, PREDICTED = "happy", "surprise"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two networks and a small dataset."""
    folder = tmp_path_factory.mktemp("lab")
    for name, skill in (("first_net", 1.2), ("second_net", 1.6)):
        factories.make_network(folder / "models", folder / "results", name, skill=skill)
    store.save(factories.make_dataset(), folder / "data" / "fer2013.npz")
    return folder


@pytest.fixture(scope="module")
def lab_server(lab: Path, chromium: str) -> Iterator[Server]:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("models", "results", "data"):
            patch.setenv(f"FER_{name.upper()}", str(lab / name))
        with serve() as running:
            yield running


@pytest.fixture
def viewer(browser: Browser, lab_server: Server) -> Iterator[Viewer]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
    context.set_default_timeout(PATIENCE)
    found = Viewer(context.new_page(), lab_server)
    found.watch()
    yield found
    context.close()


def matrix(page: Page, model: str) -> Locator:
    return page.locator(f".st-key-confusion_{model}_frame .js-plotly-plot >> visible=true")


def click_cell(page: Page, model: str, true: str, predicted: str) -> None:
    """Click the middle of a cell, as the axes of the drawing have it."""
    chart = matrix(page, model)
    chart.scroll_into_view_if_needed()
    place = chart.evaluate(
        """(plot, [row, column]) => {
          const {xaxis, yaxis} = plot._fullLayout;
          const box = plot.getBoundingClientRect();
          return [box.x + xaxis._offset + xaxis.d2p(xaxis._categories?.[column] ?? column),
                  box.y + yaxis._offset + yaxis.d2p(yaxis._categories?.[row] ?? row)];
        }""",
        [CLASSES.index(true), CLASSES.index(predicted)],
    )
    # Plotly reads the place of the mouse before the button.
    page.mouse.move(place[0] - 4, place[1])
    page.mouse.move(*place)
    page.mouse.click(*place)


def chosen(page: Page) -> list[str]:
    """What the two selections of the cell say."""
    return [
        page.get_by_role("combobox", name=name).input_value()
        for name in ("True class", "Predicted class")
    ]


def count(lab: Path, model: str) -> int:
    table = read_predictions(lab / "results" / model / "predictions.npz")["PrivateTest"]
    here = table.label == CLASSES.index(TRUE)
    return int((here & (predictions(table) == CLASSES.index(PREDICTED))).sum())


def sentence(lab: Path, model: str, title: str) -> str:
    return f"{title} takes {count(lab, model)} of 40 images of {TRUE} for {PREDICTED}"


def test_a_click_shows_the_cell_and_stays_while_switching(viewer: Viewer, lab: Path) -> None:
    assert count(lab, "second_net") > 0, "the cell must hold images"
    viewer.open("confusion")
    page = viewer.page
    expect(page.get_by_test_id("stMain")).not_to_contain_text("for surprise")

    click_cell(page, "second_net", TRUE, PREDICTED)
    expect(page.get_by_test_id("stMain")).to_contain_text(sentence(lab, "second_net", "Second Net"))
    viewer.settle()
    assert chosen(page) == ["😄 Happy", "😲 Surprise"]
    expect(page.get_by_role("heading", name="Images: Happy called surprise")).to_be_visible()
    images = page.locator('[data-testid="stImage"] img[alt^="Image "]')
    expect(images).to_have_count(count(lab, "second_net"))

    for norm in ("Counts", "Share of predicted class"):
        page.get_by_role("combobox", name="Numbers in the cells").click()
        page.get_by_role("option", name=norm).click()
        viewer.settle()
        assert chosen(page) == ["😄 Happy", "😲 Surprise"]
        expect(images).to_have_count(count(lab, "second_net"))
    expect(matrix(page, "first_net")).to_contain_text(re.compile(r"each column\s*sums"))
    expect(page).to_have_url(re.compile("norm=column"))
    viewer.check()

    # The same link in a window that knows nothing of this one.
    assert page.context.browser is not None
    other = page.context.browser.new_context(viewport={"width": 1280, "height": 900})
    try:
        fresh = Viewer(other.new_page(), viewer.server)
        fresh.watch()
        fresh.page.goto(page.url)
        fresh.settle()
        assert chosen(fresh.page) == ["😄 Happy", "😲 Surprise"]
        there = fresh.page.get_by_test_id("stMain").inner_text()
        assert there == page.get_by_test_id("stMain").inner_text()
        fresh.check()
    finally:
        other.close()


def test_a_large_cell_has_its_mean_face_and_pages(viewer: Viewer) -> None:
    viewer.open("confusion")
    page = viewer.page
    click_cell(page, "first_net", "sad", "sad")
    expect(page.get_by_role("heading", name="Images: Sad, recognised")).to_be_visible()
    viewer.settle()
    assert page.get_by_alt_text("Mean face of the cell.").count() == 2
    first = page.locator('img[alt^="Image "]').first.get_attribute("alt")
    page.get_by_test_id("stMain").get_by_text(re.compile(r"^Least sure first$")).click()
    expect(page.locator('img[alt^="Image "]').first).not_to_have_attribute("alt", str(first))
    expect(page).to_have_url(re.compile("order=unsurest"))
    viewer.check()


def test_a_bar_of_confused_pairs_leads_to_its_cell(viewer: Viewer) -> None:
    viewer.open("confusion")
    page = viewer.page
    before = chosen(page)
    bars = page.locator(".st-key-confused_pairs_frame .bars .point >> visible=true")
    bars.nth(4).scroll_into_view_if_needed()
    box = bars.nth(4).bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 3, box["y"] + box["height"] / 2)
    page.mouse.click(box["x"] + 4, box["y"] + box["height"] / 2)
    expect(page.get_by_test_id("stMain")).not_to_contain_text(
        f"of {before[0].split()[1].lower()} for"
    )
    viewer.settle()
    assert chosen(page) != before
    viewer.check()
