"""Language, navigation and faults of the whole dashboard."""

from __future__ import annotations

import threading

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core import paths, text
from core.ui import networks, sitemap, state, viewer
from tests.conftest import Lab
from tests.pages.app import FAULT, check, open_page


def test_the_switch_changes_the_language_and_the_address(lab: Lab) -> None:
    app = open_page("results")
    assert app.title[0].value == "Results"
    app.button_group(key=state.widget_key("lang")).set_value("id")
    check(app.run())
    assert app.title[0].value == "Hasil"
    assert app.query_params["lang"] in ("id", ["id"])


def test_an_unknown_language_is_english(lab: Lab) -> None:
    assert open_page("results", lang="xx").title[0].value == "Results"


def test_numbers_follow_the_language(lab: Lab) -> None:
    assert "," in open_page("results", lang="id").metric[0].value
    assert "." in open_page("results").metric[0].value


def test_two_viewers_read_their_own_language(lab: Lab) -> None:
    first, second = open_page("results", lang="id"), open_page("results")
    check(first.run())
    assert (first.title[0].value, second.title[0].value) == ("Hasil", "Results")


def test_threads_without_a_viewer_read_english() -> None:
    found = []
    thread = threading.Thread(target=lambda: found.append(viewer.language()))
    thread.start()
    thread.join()
    assert found == ["en"]


def fragment() -> None:
    import streamlit as st

    from core import text
    from core.text import _
    from core.ui import viewer

    text.use_language_source(viewer.language)
    viewer.use_language("id")

    @st.fragment
    def part() -> None:
        st.button("again")
        st.write(_("Results"))

    part()


def test_fragments_keep_the_language() -> None:
    app = AppTest.from_function(fragment).run()
    text.use_language_source(lambda: "en")
    assert app.markdown[0].value == "Hasil"


def test_every_listed_page_has_a_title_a_purpose_and_an_icon() -> None:
    entries = [entry for found in sitemap.sections().values() for entry in found]
    assert all(entry.title and entry.icon for entry in entries)
    assert all(entry.purpose for entry in entries if entry.name != "home")
    files = {path.stem for path in (paths.ROOT / "pages").glob("*.py")}
    assert {entry.name for entry in entries} == files


@pytest.mark.parametrize("language", text.LANGUAGES)
def test_a_fault_of_a_page_is_our_own_text(
    lab: Lab, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(networks, "has_results", broken)
    app = AppTest.from_file(str(paths.ROOT / "Home.py"), default_timeout=30)
    app.query_params["lang"] = language
    app.run()
    faults = [item for item in app.error if item.icon == FAULT]
    assert len(faults) == 1
    assert "secret" not in faults[0].value
    assert not app.exception


def test_choices_of_another_page_leave_the_address(lab: Lab) -> None:
    app = open_page("results", models="plain_net", split="PublicTest", score="f1")
    app.switch_page("pages/home.py")
    check(app.run())
    assert not {"models", "split", "score"} & set(app.query_params)
    app.switch_page("pages/results.py")
    check(app.run())
    assert app.query_params["split"] in ("PublicTest", ["PublicTest"])


def test_a_run_that_is_broken_off_leaves_the_address_alone(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_page("results", split="PublicTest")
    whole, write, written = networks.has_results, state.write_address, []

    def broken_off() -> None:
        monkeypatch.setattr(networks, "has_results", whole)
        st.rerun()

    def writes() -> None:
        write()
        written.append(st.query_params.to_dict())

    monkeypatch.setattr(networks, "has_results", broken_off)
    monkeypatch.setattr(state, "write_address", writes)
    check(app.run())
    assert networks.has_results is whole
    assert [address.get("split") for address in written] == ["PublicTest"]


@pytest.mark.parametrize("page", ["results", "training"])
def test_a_page_without_a_chosen_network_keeps_its_link(lab: Lab, page: str) -> None:
    app = open_page(page, lang="id", models="")
    (link,) = (item.value for item in app.sidebar.code)
    assert "models=&" in link + "&"


def test_the_link_to_copy_spells_out_how_figures_are_saved(lab: Lab) -> None:
    app = open_page("results", image="svg")
    (link,) = (item.value for item in app.sidebar.code)
    assert "image=svg" in link
