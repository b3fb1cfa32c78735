"""The address in a real browser: the link to copy, and what Back and Forward undo."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Viewer


def chosen(page: Page, name: str) -> Locator:
    """The chosen button of that name."""
    return page.get_by_role("radio", name=name, checked=True)


def choose(viewer: Viewer, name: str) -> None:
    viewer.page.get_by_test_id("stMain").get_by_role("radio", name=name).click()
    expect(chosen(viewer.page, name)).to_be_visible()
    viewer.settle()


def go(viewer: Viewer, way: str) -> None:
    """Press Back or Forward."""
    viewer.page.evaluate(f"history.{way}()")
    viewer.page.wait_for_timeout(300)
    viewer.settle()


def visit(viewer: Viewer, title: str) -> None:
    viewer.page.get_by_test_id("stSidebarNavLink").filter(has_text=title).click()
    expect(viewer.page.locator("h1")).to_have_text(title)
    viewer.settle()


def test_the_link_to_copy_knows_a_choice_that_ran_its_part_of_the_page_only(
    desktop: Viewer,
) -> None:
    desktop.open("errors", section="curves")
    choose(desktop, "Precision and recall")
    expect(desktop.page).to_have_url(re.compile("kind=pr"))
    desktop.page.get_by_role("button", name="Link to this view").click()
    link = desktop.page.get_by_test_id("stCode")
    expect(link).to_contain_text("kind=pr")
    expect(link).to_contain_text("section=curves")
    expect(link).to_contain_text("image=png")
    desktop.check()


def test_back_undoes_a_choice_and_forward_makes_it_again(desktop: Viewer) -> None:
    desktop.open("results")
    choose(desktop, "PublicTest (validation)")
    choose(desktop, "F1")
    expect(desktop.page).to_have_url(re.compile("score=f1"))
    go(desktop, "back")
    expect(chosen(desktop.page, "Recall")).to_be_visible()
    expect(chosen(desktop.page, "PublicTest (validation)")).to_be_visible()
    go(desktop, "back")
    expect(chosen(desktop.page, "PrivateTest (test)")).to_be_visible()
    expect(desktop.page).not_to_have_url(re.compile("split="))
    go(desktop, "forward")
    expect(chosen(desktop.page, "PublicTest (validation)")).to_be_visible()
    expect(desktop.page).to_have_url(re.compile("split=PublicTest"))
    desktop.check()


def test_back_over_a_change_of_page_keeps_language_and_choices(desktop: Viewer) -> None:
    desktop.open("results", "id")
    choose(desktop, "PublicTest (validasi)")
    visit(desktop, "Kesalahan")
    go(desktop, "back")
    if "Kesalahan" in desktop.page.locator("h1").inner_text():
        # The bare address that the link mostly leaves before the page writes its own.
        expect(chosen(desktop.page, "PublicTest (validasi)")).to_be_visible()
        go(desktop, "back")
    expect(desktop.page.locator("h1")).to_have_text("Hasil")
    expect(chosen(desktop.page, "PublicTest (validasi)")).to_be_visible()
    expect(desktop.page).to_have_url(re.compile("lang=id"))
    expect(desktop.page).to_have_url(re.compile("split=PublicTest"))
    go(desktop, "back")
    expect(chosen(desktop.page, "PrivateTest (uji)")).to_be_visible()
    for title in ("Hasil", "Kesalahan"):
        go(desktop, "forward")
        expect(desktop.page.locator("h1")).to_have_text(title)
    desktop.check()


def test_a_choice_made_elsewhere_stays_where_the_page_had_stood_without_it(
    desktop: Viewer,
) -> None:
    desktop.open("results")
    visit(desktop, "Errors")
    choose(desktop, "PublicTest (validation)")
    visit(desktop, "Results")
    # To the empty address that the link to Results left before the page wrote its own.
    go(desktop, "back")
    expect(chosen(desktop.page, "PublicTest (validation)")).to_be_visible()
    desktop.check()
