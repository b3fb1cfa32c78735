from __future__ import annotations

import json

import numpy as np
import pytest

from core.data import store
from core.evaluation.confidence import gap
from core.evaluation.patterns import error_patterns
from core.roles import apply_temperature
from core.schema import Metrics, read_predictions
from core.text import in_language, percent
from core.ui import state
from core.ui.errors import calibration
from tests import factories
from tests.conftest import Lab
from tests.pages.app import check, open_page, texts

SECTIONS = (
    *("words", "confidence", "patterns", "calibration"),
    *("coverage", "curves", "images", "subsets"),
)


@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_and_a_rerun_in_indonesian(lab: Lab, section: str) -> None:
    app = open_page("errors", "id", section=section, model="plain_net", calibrated="1")
    with in_language("id"):
        check(app.run())
    assert not app.error


@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_with_the_dataset_and_three_classes(lab_with_data: Lab, section: str) -> None:
    factories.make_network(
        lab_with_data.models, lab_with_data.results, "three", classes=("angry", "sad", "surprise")
    )
    assert not open_page("errors", section=section, model="three").error


def test_numbers_are_the_tables(lab: Lab) -> None:
    app = open_page("errors", model="plain_net")
    table = read_predictions(lab.results / "plain_net" / "predictions.npz")["PrivateTest"]
    found = gap(table.probabilities, table.label)
    cards = {item.label: item.value for item in app.metric}
    assert cards["Sure when right"] == percent(found.right)
    assert cards["Sure when wrong"] == percent(found.wrong)
    assert "Its most frequent mistake" in texts(app)


def test_calibration_changes_confidence_and_not_accuracy(lab: Lab) -> None:
    app = open_page("errors", model="plain_net")
    before = {item.label: item.value for item in app.metric}
    app.toggle(key=state.widget_key("calibrated")).set_value(True)
    check(app.run())
    after = {item.label: item.value for item in app.metric}
    assert before["Accuracy"] == after["Accuracy"]
    assert before["Sure when right"] != after["Sure when right"]
    assert app.query_params["calibrated"] in ("1", ["1"])


def test_patterns_first_row(lab: Lab) -> None:
    app = open_page("errors", section="patterns", model="plain_net")
    table = read_predictions(lab.results / "plain_net" / "predictions.npz")["PrivateTest"]
    first = error_patterns(table.probabilities, table.label)[0]
    frame = app.table[0].value
    assert frame["Images"].iloc[0] == str(first.count)
    assert frame["Mean confidence"].iloc[0].replace("\xa0", " ") == percent(first.confidence)


def test_temperature_moves_the_diagram(lab: Lab) -> None:
    app = open_page("errors", section="calibration", model="plain_net")
    metrics = Metrics.read(lab.results / "plain_net" / "metrics.json")
    cards = {item.label: item.value for item in app.metric}
    assert cards["ECE at 1.00"] == percent(metrics.report.ece)
    assert cards["ECE there"] == percent(metrics.report.ece_calibrated)
    app.slider(key=state.widget_key("temperature")).set_value(metrics.temperature)
    check(app.run())
    cards = {item.label: item.value for item in app.metric}
    assert cards["ECE at 1.10"] == percent(metrics.report.ece_calibrated)
    figure = json.loads(app.get("plotly_chart")[0].proto.spec)
    assert metrics.temperature == 1.1
    deltas = {item.label: item.delta for item in app.metric}
    assert deltas["Fitted temperature"] == "on PublicTest; above 1: it was too sure"
    assert not deltas["ECE there"]
    assert "as the network states it" in {trace.get("name") for trace in figure["data"]}


def test_threshold_keeps_silent(lab: Lab) -> None:
    app = open_page("errors", section="coverage", threshold="0", beside="gated_net")
    cards = {item.label: item.value for item in app.metric}
    assert cards["Answered"] == "100.0%"
    assert cards["Right among the answers"] == cards["Accuracy"]


def test_images_are_rows_without_the_dataset(lab: Lab) -> None:
    app = open_page("errors", section="images")
    assert "only their rows are shown" in texts(app)
    assert len(app.table[0].value) == 12


@pytest.mark.parametrize("kind", ["sure", "hardest", "shared"])
def test_images_are_faces_with_the_dataset(lab_with_data: Lab, kind: str) -> None:
    app = open_page("errors", section="images", images=kind, labelled="sad", count="24")
    html = "".join(item.proto.body for item in app.get("html"))
    assert 1 <= html.count("<img") <= 24
    assert "😢 Sad →" in html


def test_crowd_and_copies(lab_with_data: Lab) -> None:
    dataset = store.load()
    votes = np.zeros_like(dataset.votes)
    votes[:, store.VOTE_COLUMNS.index("fear")] = 10
    faces = dataset.faces.copy()
    faces[2 * factories.N : 2 * factories.N + 5] = faces[:5]
    store.save(store.Dataset(faces, dataset.labels, dataset.splits, votes))
    app = open_page("errors", section="subsets", model="plain_net")
    frame = app.table[0].value
    assert frame["Images"].iloc[0] == "5"
    crowd = app.table[1].value
    assert crowd["Images"].tolist() == ["40", "240", "0"]


def test_a_dataset_without_votes(lab: Lab) -> None:
    dataset = factories.make_dataset()
    store.save(store.Dataset(dataset.faces, dataset.labels, dataset.splits, None))
    assert "without FER+ votes" in texts(open_page("errors", section="subsets"))


def test_a_network_without_predictions_says_so_and_others_work(lab: Lab) -> None:
    (lab.results / "plain_net" / "predictions.npz").write_bytes(b"half")
    app = open_page("errors", model="plain_net")
    assert "no readable predictions" in texts(app)
    app = open_page("errors", model="gated_net", section="coverage")
    assert not [item for item in app.info if "readable" in item.value]


def test_nan_in_predictions_is_a_box(lab: Lab) -> None:
    path = lab.results / "plain_net" / "predictions.npz"
    with np.load(path) as archive:
        arrays = dict(archive)
    arrays["PrivateTest/probabilities"][0] = np.nan
    np.savez(path, **arrays)
    app = open_page("errors", model="gated_net", section="images")
    assert any("finite" in item.value for item in app.error)


def test_reports_are_offered(lab: Lab) -> None:
    labels = [item.proto.label for item in open_page("errors").get("download_button")]
    assert {"Report (HTML)", "Report (PDF)"} <= set(labels)


def test_a_temperature_that_reads_one_says_nothing_of_the_network() -> None:
    assert calibration._fitted(1.002, "PublicTest") == "on PublicTest"
    assert calibration._fitted(0.99, "PublicTest").endswith("below 1: it was too modest")


def test_calibrated_holds_for_the_glossary_too_and_the_words_say_where_it_does_not(
    lab: Lab,
) -> None:
    note = "as the network states them, not calibrated"
    table = read_predictions(lab.results / "plain_net" / "predictions.npz")["PrivateTest"]
    for calibrated, temperature in (("0", 1.0), ("1", 1.1)):
        app = open_page("errors", model="plain_net", calibrated=calibrated)
        found = gap(apply_temperature(table.probabilities, temperature), table.label)
        assert f"on average {percent(found.overall)}; {percent(found.right)}" in texts(app)
        assert {item.label: item.value for item in app.metric}["Sure when right"] == percent(
            found.right
        )
        assert (note in texts(app)) == (calibrated == "1")


def test_the_way_into_a_cell_leads_to_the_network_that_is_looked_at(lab: Lab) -> None:
    app = open_page("errors", section="patterns", model="plain_net")
    queries = [item.proto.query_string for item in app.get("page_link")]
    assert [query for query in queries if "true=" in query and "side=first" in query]
