"""The Preprocessing page as a viewer uses it."""

from __future__ import annotations

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.ui import state
from core.ui.preprocessing import by_hand, by_recipe
from tests.conftest import Lab
from tests.pages.app import check, open_page, texts


@pytest.fixture
def example(lab_with_data: Lab) -> AppTest:
    return open_page("preprocessing", source="example", photo="dataset", recipe="se_vgg16")


def slide(app: AppTest, key: str, value: int) -> AppTest:
    app.slider(key=state.widget_key(key)).set_value(value)
    return check(app.run())


def press(app: AppTest, label: str) -> AppTest:
    (found,) = (item for item in app.button if item.label == label)
    found.click()
    return check(app.run())


def draws(app: AppTest) -> list[str]:
    return [item.captions[0] for item in app.image[-by_recipe.DRAWS :]]


def test_from_the_photo_to_every_networks_input(example: AppTest) -> None:
    captions = [item.captions[0] for item in example.image]
    assert captions[:3] == ["1. Cut out as a square", "2. Made grey", "3. The chip: 48 × 48 pixels"]
    assert captions[3] == "**48 × 48 × 1** (grey): Gated Net; Plain Net"


def test_undo_and_reset(example: AppTest) -> None:
    slide(example, "rotation", 20)
    slide(example, "zoom", 130)
    assert example.query_params["rotation"] == "20"
    press(example, "Undo")
    assert example.slider(key=state.widget_key("zoom")).value == 100
    assert example.slider(key=state.widget_key("rotation")).value == 20
    press(example, "Reset")
    assert example.slider(key=state.widget_key("rotation")).value == 0
    assert "rotation" not in example.query_params
    press(example, "Undo")
    assert example.slider(key=state.widget_key("rotation")).value == 20


def test_a_link_carries_the_settings(lab_with_data: Lab) -> None:
    app = open_page(
        "preprocessing", source="example", photo="dataset", rotation="15", flip="1", zoom="9999"
    )
    assert app.slider(key=state.widget_key("rotation")).value == 15
    assert app.slider(key=state.widget_key("zoom")).value == 100, "out of range counts as not given"
    assert app.toggle(key=state.widget_key("flip")).value


def test_draws_follow_the_seed(example: AppTest) -> None:
    before = draws(example)
    press(example, "Draw again")
    assert draws(example) != before
    slide(example, "seed", 0)
    assert draws(example) == before


def test_a_recipe_without_augmentation_says_so(example: AppTest) -> None:
    example.selectbox(key=state.widget_key("recipe")).set_value("vgg16_frozen")
    check(example.run())
    assert "unchanged images" in example.info[0].value


def test_it_works_without_networks(lab_with_data: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FER_MODELS", str(lab_with_data.models / "none"))
    app = open_page("preprocessing", source="example", photo="dataset")
    assert "No networks yet" in texts(app)
    assert len(app.image) >= 3


@pytest.mark.parametrize("source", ["example", "upload"])
def test_it_begins_with_an_example_also_by_a_link_to_somebody_elses_photo(
    lab: Lab, source: str
) -> None:
    assert "Eileen Collins" in texts(open_page("preprocessing", source=source))


def test_undo_remembers_only_so_much(example: AppTest) -> None:
    history = [{"rotation": number} for number in range(2 * by_hand.UNDO)]
    example.session_state["preprocessing.history"] = history
    check(example.run())
    kept = example.session_state["preprocessing.history"]
    assert len(kept) == by_hand.UNDO
    assert np.isclose(kept[-1]["zoom"], 100)
