from __future__ import annotations

import json

import pytest

from core.data import store
from core.data.corruptions import KINDS
from core.evaluation.conformal import calibrate, check
from core.evaluation.robustness import Robustness, difference, read_answers
from core.schema import Card, Metrics, read_predictions
from core.text import in_language, number, percent
from core.ui import state
from core.words.corruptions import strength_text
from core.words.robustness import refuge
from tests import factories
from tests.conftest import Lab
from tests.pages.app import check as no_fault
from tests.pages.app import open_page, texts

SECTIONS = ("kinds", "matrix", "faces", "sets", "compared")


@pytest.fixture
def measured(lab: Lab) -> Lab:
    """Both networks were asked about corrupted images."""
    for name in lab.ids:
        card = Card.of(lab.models / name)
        metrics = Metrics.read(lab.results / name / "metrics.json")
        metrics.model_copy(update={"model_sha256": card.model_sha256}).write(
            lab.results / name / "metrics.json"
        )
        factories.make_robustness(
            lab.results, name, skill=1.5 + (name == "gated_net"), model_sha256=card.model_sha256
        )
    return lab


@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_and_a_rerun_in_indonesian(measured: Lab, section: str) -> None:
    app = open_page("robustness", "id", topic=section, model="plain_net")
    with in_language("id"):
        no_fault(app.run())
    assert not app.error
    assert not app.expander


def test_cards_and_sentences_are_the_files_numbers(measured: Lab) -> None:
    app = open_page("robustness", model="plain_net")
    found = Robustness.read(measured.results / "plain_net" / "robustness.json")
    cards = {item.label: item.value for item in app.metric}
    assert cards["As they are"] == percent(found.clean.accuracy)
    assert cards["Under change"] == percent(found.mean_accuracy)
    assert f"on {percent(found.mean_accuracy)} of them when they are changed" in texts(app)


def test_the_most_robust_network_comes_first(measured: Lab) -> None:
    app = open_page("robustness")
    assert app.selectbox(key=state.widget_key("model")).value == "gated_net"


def test_the_matrix_follows_the_strength(measured: Lab) -> None:
    found = Robustness.read(measured.results / "plain_net" / "robustness.json")
    app = open_page("robustness", topic="matrix", model="plain_net", change="jpeg", level="4")
    condition = found.kinds["jpeg"].levels[3]
    _place, now, before = refuge(condition, found.clean)
    assert f"{percent(now, 0)} of all answers instead of {percent(before, 0)}" in texts(app)
    assert f"right on {percent(condition.accuracy)}" in texts(app)
    app.slider(key=state.widget_key("level")).set_value(0)
    assert f"images as they are: right on {percent(found.clean.accuracy)}" in texts(
        no_fault(app.run())
    )


def test_sets_are_arithmetic_on_the_tables(measured: Lab) -> None:
    tables = read_predictions(measured.results / "plain_net" / "predictions.npz")
    for level, by_class in ((80, False), (95, True)):
        app = open_page(
            "robustness",
            topic="sets",
            model="plain_net",
            coverage=str(level),
            by_class=str(int(by_class)),
        )
        expected = check(
            calibrate(tables["PublicTest"], level / 100, by_class), tables["PrivateTest"]
        )
        cards = {item.label: item.value for item in app.metric}
        assert cards["Answers needed"] == number(expected.mean_size, 2)
        assert cards["Right one in the set"] == percent(expected.coverage)


def test_networks_are_compared_in_pairs(measured: Lab) -> None:
    app = open_page("robustness", topic="compared", model="plain_net", relative_to="plain_net")
    frame = app.dataframe[0].value
    answers = [read_answers(measured.results / name / "robustness.npz") for name in measured.ids]
    gap, _interval, _images = difference(answers[1], answers[0])
    assert frame.loc["Gated Net"].iloc[4].startswith(f"+{100 * gap:.1f} (")
    assert frame.loc["Plain Net", "mCE"] == "100.0"


@pytest.mark.parametrize("kind", ["gaussian_noise", "jpeg"])
def test_a_face_is_asked_about_at_every_strength(measured: Lab, kind: str) -> None:
    store.save(factories.make_dataset())
    app = open_page("robustness", topic="faces", model="plain_net", change=kind, photo="dataset")
    html = "".join(item.proto.body for item in app.get("html"))
    for strength in KINDS[kind].strengths:
        assert strength_text(kind, strength) in html
    app.slider(key=state.widget_key("strength")).set_value(100)
    no_fault(app.run())
    figure = json.loads(app.get("plotly_chart")[-1].proto.spec)
    assert strength_text(kind, KINDS[kind].strengths[-1]) in str(figure["data"])


def test_without_files_sets_and_the_next_step_are_shown(lab: Lab) -> None:
    app = open_page("robustness")
    assert "evaluate gated_net --corrupted --quick" in app.code[0].value or (
        "evaluate plain_net --corrupted --quick" in app.code[0].value
    )
    assert "Answers needed" in {item.label for item in app.metric}


def test_a_damaged_file_is_named_and_the_other_network_shown(measured: Lab) -> None:
    (measured.results / "plain_net" / "robustness.json").write_text("{}")
    for section in SECTIONS:
        app = open_page("robustness", topic=section, model="plain_net")
        assert len(app.error) == 1
        assert "robustness.json" in app.error[0].value
        assert app.selectbox(key=state.widget_key("model")).value == "gated_net"


def test_damaged_answers_take_the_pairs_only(measured: Lab) -> None:
    (measured.results / "gated_net" / "robustness.npz").write_bytes(b"half")
    assert not open_page("robustness", model="plain_net").error
    app = open_page("robustness", topic="compared", model="plain_net")
    assert ["robustness.npz" in item.value for item in app.error] == [True]
    assert app.dataframe[0].value.index.tolist() == ["Plain Net"]
    assert "no pairs" in texts(open_page("robustness", topic="compared", model="gated_net"))


def test_a_network_that_changed_since_is_named(measured: Lab) -> None:
    path = measured.results / "plain_net" / "robustness.json"
    Robustness.read(path).model_copy(update={"model_sha256": "1" * 64}).write(path)
    assert "measure again: Plain Net" in texts(open_page("robustness", model="gated_net"))


def test_a_network_that_cannot_run_leaves_the_numbers(measured: Lab) -> None:
    store.save(factories.make_dataset())
    (measured.models / "plain_net" / "model.onnx").unlink()
    app = open_page("robustness", topic="faces", model="plain_net")
    assert "cannot be asked" in texts(app)


def test_three_expressions(measured: Lab) -> None:
    classes = ("angry", "sad", "surprise")
    factories.make_network(measured.models, measured.results, "three", classes=classes)
    factories.make_robustness(measured.results, "three", classes=classes)
    for section in SECTIONS:
        assert not open_page("robustness", topic=section, model="three").error
