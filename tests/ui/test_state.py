"""Choices: link, session and click, in that order of age."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st_
from streamlit.testing.v1 import AppTest

from core.ui import _compat, state


def controls() -> None:
    import streamlit as st

    from core.ui import state

    state.begin_run()
    split = state.choice("split", ["Private", "Public"], "Private", "Split", kind="segmented")
    kind = state.choice("kind", ["a", "b"], "missing", "Kind")
    models = state.choices("models", ["x", "y", "z"], ["x", "y"], "Models", max_selections=2)
    calibrated = state.toggle("calibrated", False, "Calibrated")
    seed = state.slider("seed", 0, 10, 3, "Seed")
    zoom = state.slider("zoom", 0.0, 1.0, 0.5, "Zoom")
    st.json([split, kind, models, calibrated, seed, zoom])
    state.write_address()


def open_app(**choices: str | list[str]) -> AppTest:
    app = AppTest.from_function(controls)
    for key, value in choices.items():
        app.query_params[key] = value
    return run(app)


def run(app: AppTest) -> AppTest:
    app.run()
    assert not app.exception
    return app


def values(app: AppTest) -> list[object]:
    return json.loads(app.json[0].value)


def address(app: AppTest) -> dict[str, list[str]]:
    given = app.query_params
    return {key: [given[key]] if isinstance(given[key], str) else given[key] for key in given}


DEFAULTS = ["Private", "a", ["x", "y"], False, 3, 0.5]


def test_defaults_leave_the_address_empty() -> None:
    app = open_app()
    assert values(app) == DEFAULTS
    assert address(app) == {}


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        (
            {"split": "Public", "kind": "b", "models": ["z", "x"], "calibrated": "1", "seed": "7"},
            ["Public", "b", ["x", "z"], True, 7, 0.5],  # several in the order of the options
        ),
        ({"models": ["z", "gone"], "zoom": "0.25"}, ["Private", "a", ["z"], False, 3, 0.25]),
        ({"models": ""}, ["Private", "a", [], False, 3, 0.5]),  # explicitly none
    ],
)
def test_a_link_decides(link: dict, expected: list) -> None:
    app = open_app(**link)
    assert values(app) == expected
    assert set(app.query_params) == set(link)


@pytest.mark.parametrize(
    "link",
    [
        # unknown options, no option, words and numbers beyond the range
        {"split": "Nowhere", "kind": "", "models": ["gone", "too"], "seed": "11", "zoom": "nan"},
        # two values for one choice, not a whole number, not a switch's value
        {"split": ["Public", "Private"], "seed": "2.5", "zoom": "-1", "calibrated": "yes"},
        {"seed": ["1", "2"], "zoom": "wide"},
    ],
)
def test_a_bad_link_counts_as_not_given(link: dict) -> None:
    app = open_app(**link)
    assert values(app) == DEFAULTS
    assert address(app) == {}


@settings(max_examples=5, deadline=None)
@given(st_.dictionaries(st_.sampled_from(["split", "models", "seed", "zoom"]), st_.text()))
def test_no_link_breaks_a_page(link: dict[str, str]) -> None:
    app = open_app(**link)
    split, kind, models, calibrated, seed, zoom = json.loads(app.json[0].value)
    assert split in ("Private", "Public")
    assert (kind, calibrated) == ("a", False)
    assert set(models) <= {"x", "y"}
    assert 0 <= seed <= 10
    assert 0 <= zoom <= 1


def test_clicks_reach_value_and_address() -> None:
    app = open_app()
    clicks: list[tuple[Callable[[], object], int, object, dict[str, list[str]]]] = [
        (lambda: app.selectbox[0].set_value("b"), 1, "b", {"kind": ["b"]}),
        (lambda: app.multiselect[0].set_value(["z"]), 2, ["z"], {"models": ["z"]}),
        (lambda: app.multiselect[0].set_value([]), 2, [], {"models": [""]}),
        (lambda: app.toggle[0].set_value(True), 3, True, {"calibrated": ["1"]}),
        (lambda: app.slider[0].set_value(9), 4, 9, {"seed": ["9"]}),
    ]
    so_far: dict[str, list[str]] = {}
    for click, place, expected, link in clicks:
        click()
        run(app)
        so_far |= link
        assert values(app)[place] == expected
        assert address(app) == so_far
    run(app)
    assert values(app) == ["Private", "b", [], True, 9, 0.5]


def test_a_click_overrules_the_link_that_opened_the_page() -> None:
    app = open_app(kind="b")
    app.selectbox[0].set_value("a")
    run(app)
    assert values(app)[1] == "a"
    assert address(app) == {}


def test_a_new_link_overrules_the_session() -> None:
    app = open_app()
    app.slider[0].set_value(9)
    run(app)
    app.query_params["seed"] = "4"
    run(app)
    assert values(app)[4] == 4


def pages() -> None:
    import streamlit as st

    from core.ui import state

    page = st.query_params.get("page", "a")
    state.begin_run()
    options = {"a": ["m", "n"], "b": ["m"], "c": []}[page]
    if options:
        st.write("value=" + state.choice("model", options, "m", "Model"))
    st.write("link=" + state.link())
    state.write_address()


def test_a_choice_survives_pages_that_lack_it_or_its_option() -> None:
    app = AppTest.from_function(pages)
    app.query_params["model"] = "n"
    run(app)
    assert app.markdown[0].value == "value=n"
    for page, shown in (("b", "value=m"), ("c", "link=?"), ("a", "value=n")):
        app.query_params.clear()
        app.query_params["page"] = page
        run(app)
        assert app.markdown[0].value.startswith(shown.rstrip("?"))
        assert ("model" in app.query_params) == (page == "a")


def test_the_link_spells_out_defaults() -> None:
    app = run(AppTest.from_function(pages))
    assert app.markdown[1].value == "link=?model=m"


def callbacks() -> None:
    import streamlit as st

    from core.ui import state

    state.begin_run()
    st.button("set", on_click=state.put, args=("model", "n"))
    st.write(state.peek("model", ["m", "n"], "m"), state.choice("model", ["m", "n"], "m", "Model"))
    state.write_address()


def test_put_from_a_callback() -> None:
    app = run(AppTest.from_function(callbacks))
    app.button[0].click()
    run(app)
    assert app.markdown[0].value == "n n"
    assert address(app) == {"model": ["n"]}


def test_foreign_parameters_stay() -> None:
    app = open_app(utm_source="mail", split="Public")
    assert address(app) == {"utm_source": ["mail"], "split": ["Public"]}


def test_widget_key_is_the_widgets() -> None:
    app = open_app()
    assert app.selectbox(key=state.widget_key("kind")).value == "a"


def peeking() -> None:
    import streamlit as st

    from core.ui import state

    state.begin_run()
    before = state.peek("kind", ["a", "b"], "a")
    state.choice("kind", ["a", "b"], "a", "Kind")
    st.json([before, state.peek("kind", ["a", "b"], "a")])
    state.write_address()


def test_peeking_before_and_after_the_widget_changes_nothing() -> None:
    app = run(AppTest.from_function(peeking))
    assert values(app) == ["a", "a"]
    app.selectbox[0].set_value("b")
    run(app)
    assert values(app) == ["b", "b"]
    assert address(app) == {"kind": ["b"]}


def test_back_to_where_a_run_had_ended_undoes_a_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    context = SimpleNamespace(
        page_script_hash="page", is_history_navigation=False, fragment_ids_this_run=None
    )
    monkeypatch.setattr(_compat, "get_script_run_ctx", lambda **_kwargs: context)
    app = open_app()
    app.selectbox[0].set_value("b")
    app.slider[0].set_value(9)
    run(app)
    app.query_params.clear()
    run(app)
    assert values(app)[1] == "b", "a link of the navigation keeps what was chosen"
    context.is_history_navigation = True
    app.query_params.clear()
    app.query_params["seed"] = "8"
    run(app)
    assert values(app)[1] == "b", "no run had ended there"
    assert address(app) == {"seed": ["8"]}, "written to, the history would end here"
    app.query_params.clear()
    run(app)
    assert values(app) == DEFAULTS
    assert address(app) == {}
    context.is_history_navigation = False
    app.selectbox[0].set_value("b")
    run(app)
    assert address(app) == {"kind": ["b"]}


def test_an_empty_choice_asks_in_the_language_of_the_page() -> None:
    app = open_app(models="")
    assert app.multiselect[0].proto.placeholder == "Choose one or more"


def paged() -> None:
    import streamlit as st

    from core.ui import state

    state.begin_run()
    of = state.choice("order", ["up", "down", "short"], "up", "Order")
    st.json([of, state.pager("page", 1 if of == "short" else 3, of)])
    state.write_address()


def test_leafing_begins_anew_with_other_things_and_a_link_names_its_page() -> None:
    app = AppTest.from_function(paged)
    app.query_params["page"] = "2"
    assert values(run(app)) == ["up", 2]
    assert values(run(app)) == ["up", 2]
    for order, page in (("down", 1), ("short", 1), ("up", 1)):
        app.selectbox[0].set_value(order)
        assert values(run(app)) == [order, page]
    assert address(app) == {}
    app.query_params["order"], app.query_params["page"] = "down", "3"
    assert values(run(app)) == ["down", 3]


def every_kind() -> None:
    from typing import Literal, get_args

    import streamlit as st

    from core.ui import state

    state.begin_run()
    options = ["a", "b", "c"]
    multiple = Literal["multiselect", "pills", "segmented"]
    shown: list[object] = [
        state.choice(kind, options, "a", kind, kind=kind) for kind in get_args(state.Kind)
    ]
    shown += [
        state.choices(f"m_{kind}", options, ["a"], kind, kind=kind) for kind in get_args(multiple)
    ]
    shown += [state.toggle("on", False, "On"), state.slider("size", 0, 9, 3, "Size")]
    shown += [state.pager("page", 4)]
    st.json(shown)
    state.write_address()


def starts(app: AppTest) -> list[object]:
    """What each widget starts from when the frontend mounts it anew, in the order drawn."""

    def picked(proto, place: int) -> str:
        option = proto.options[place]
        return getattr(option, "content", option)

    select, radio = app.selectbox[0].proto, app.radio[0].proto
    buttons = [
        [picked(group.proto, place) for place in group.proto.default] for group in app.button_group
    ]
    several = app.multiselect[0].proto
    (pages,) = (node.proto for node in app.get("pagination"))
    return [
        picked(select, select.default),
        buttons[0][0],
        buttons[1][0],
        picked(radio, radio.default),
        [picked(several, place) for place in several.default],
        buttons[2],
        buttons[3],
        app.toggle[0].proto.default,
        app.slider[0].proto.default[0],
        pages.default,
    ]


def test_a_widget_that_is_mounted_anew_starts_from_the_value_in_force() -> None:
    app = AppTest.from_function(every_kind)
    assert starts(run(app)) == values(app)
    links = dict.fromkeys(("select", "segmented", "pills", "radio"), "b")
    links |= {"m_multiselect": "c", "m_pills": "c", "m_segmented": "", "on": "1", "size": "5"}
    for key, value in (links | {"page": "3"}).items():
        app.query_params[key] = value
    expected = ["b", "b", "b", "b", ["c"], ["c"], [], True, 5, 3]
    assert starts(run(app)) == values(app) == expected
    app.multiselect[0].set_value(["a", "b"])
    app.selectbox[0].set_value("c")
    app.toggle[0].set_value(False)
    expected[0], expected[4], expected[7] = "c", ["a", "b"], False
    assert starts(run(app)) == values(app) == expected
    assert starts(run(app)) == expected, "and a run without a click changes nothing"
