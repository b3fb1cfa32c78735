"""Faults in callbacks: the page stands, and says what happened."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from core.errors import FerLabError
from core.ui import faults, state
from tests.conftest import Lab
from tests.pages.app import FAULT, check, open_page


def app_with_callbacks() -> None:
    import streamlit as st

    from core.errors import FerLabError
    from core.ui import faults

    def mendable() -> None:
        raise FerLabError("faces.csv: expected 7 columns. Received: 3.")

    def broken() -> None:
        int("9" * 5000)

    @st.fragment
    def part() -> None:
        st.button("in a part", on_click=broken)

    faults.catch_callbacks()
    faults.tell()
    st.title("The page")
    st.button("mendable", on_click=mendable)
    st.button("broken", on_click=broken)
    part()


@pytest.mark.parametrize(
    ("button", "words"),
    [(0, "Received: 3"), (1, "fault of this program"), (2, "fault of this program")],
)
def test_the_page_stands_and_says_once_what_went_wrong(button: int, words: str) -> None:
    app = AppTest.from_function(app_with_callbacks).run()
    app.button[button].click().run()
    assert not app.exception
    assert app.title[0].value == "The page"
    assert len(app.error) == 1
    assert words in app.error[0].value
    assert not app.run().error


def test_every_page_catches_its_callbacks(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_page("results")

    def broken(key: str, value: object) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(state, "put", broken)
    app.button_group(key=state.widget_key("split")).set_value("PublicTest")
    app.run()
    assert not app.exception
    assert app.title[0].value == "Results"
    (fault,) = (item for item in app.error if item.icon == FAULT)
    assert "secret" not in fault.value
    monkeypatch.undo()
    check(app.run())


def test_errors_that_reach_streamlit_are_our_own_text() -> None:
    assert faults.explain(FerLabError("x")) is True
    assert faults.explain(ZeroDivisionError()) is True
