"""The address in a real browser: the link to copy."""

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
