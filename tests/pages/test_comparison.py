"""The comparison page: the table's numbers, the test, the subset, costs and the ensemble."""

from __future__ import annotations

import json
import re

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest
from sklearn.metrics import accuracy_score, f1_score, recall_score
from streamlit.testing.v1 import AppTest

from core.evaluation.ensemble_results import measure
from core.evaluation.metrics import predictions
from core.evaluation.results import load, load_all
from core.files import sha256
from core.labels import CLASSES
from core.schema import PredictionTable
from core.ui import state
from tests import factories
from tests.conftest import Lab
from tests.pages.app import check, open_page, texts

SUBSET = ["angry", "sad", "surprise"]


def table(model: str) -> PredictionTable:
    return load(model).tables["PrivateTest"]


def frame(app: AppTest) -> pd.DataFrame:
    return app.dataframe[0].value


def test_table_equals_scikit_learn(lab: Lab) -> None:
    found = frame(open_page("comparison", reference="plain_net"))
    assert list(found.index) == ["Gated Net", "Plain Net"]
    for model, title in (("gated_net", "Gated Net"), ("plain_net", "Plain Net")):
        label, said = table(model).label, predictions(table(model))
        row = found.loc[title]
        assert row["Accuracy"] == pytest.approx(accuracy_score(label, said))
        assert row["Macro F1"] == pytest.approx(f1_score(label, said, average="macro"))
        assert row["Weighted F1"] == pytest.approx(f1_score(label, said, average="weighted"))
        recalls = recall_score(label, said, average=None)
        np.testing.assert_allclose(row.iloc[-7:].astype(float), recalls)
    gained = found.loc["Gated Net", "Accuracy"] - found.loc["Plain Net", "Accuracy"]
    assert found.loc["Gated Net", "Δ accuracy"] == pytest.approx(100 * gained)
    assert found.loc["Plain Net", "Δ accuracy"] == 0


def test_reference_stays_and_classes_show_differences(lab: Lab) -> None:
    app = open_page("comparison", reference="plain_net", delta="1", score="f1")
    said = {model: predictions(table(model)) for model in lab.ids}
    label = table("plain_net").label
    gained = 100 * (
        f1_score(label, said["gated_net"], average=None)
        - f1_score(label, said["plain_net"], average=None)
    )
    np.testing.assert_allclose(frame(app).loc["Gated Net"].iloc[-7:].astype(float), gained)
    assert (frame(app).loc["Plain Net"].iloc[-7:] == 0).all()
    app.segmented_control(key=state.widget_key("split")).set_value("PublicTest")
    assert app.selectbox(key=state.widget_key("reference")).value == "plain_net"
    check(app.run())
    assert frame(app).loc["Plain Net", "Δ accuracy"] == 0
    app.segmented_control(key=state.widget_key("score")).set_value("support")
    assert (frame(check(app.run())).iloc[:, -7:] == 0).all().all()


def test_mcnemar_equals_scipy(lab: Lab) -> None:
    a, b = (predictions(table(model)) == table(model).label for model in ("gated_net", "plain_net"))
    only_a, only_b = int((a & ~b).sum()), int((b & ~a).sum())
    app = open_page("comparison")
    shown = app.table[0].value
    assert f"{only_a} (" in shown.loc["Gated Net right", "Plain Net wrong"]
    assert f"{only_b} (" in shown.loc["Gated Net wrong", "Plain Net right"]
    p = binomtest(only_a, only_a + only_b).pvalue
    assert ("p < 0.001" if p < 0.001 else f"p = {p:.3f}") in texts(app)


def test_preset_narrows_everything(lab: Lab) -> None:
    factories.make_network(lab.models, lab.results, "small_net", classes=SUBSET)
    factories.make_network(lab.models, lab.results, "tiny_net", classes=SUBSET)
    app = open_page("comparison")
    assert "they only know" not in texts(app)
    assert len(frame(app)) == 2
    app.button(key="preset_3").click()
    check(app.run())
    assert app.query_params["classes"] == SUBSET
    found = frame(app)
    assert set(found.index) == {"Gated Net", "Plain Net", "Small Net", "Tiny Net"}
    places = [CLASSES.index(name) for name in SUBSET]
    whole = table("gated_net")
    kept = np.isin(whole.label, places)
    said = np.array(places)[whole.probabilities[kept][:, places].argmax(axis=1)]
    assert found.loc["Gated Net", "Accuracy"] == pytest.approx((said == whole.label[kept]).mean())
    app.button(key="preset_7").click()
    assert len(frame(check(app.run()))) == 2
    assert "classes" not in app.query_params


def test_chosen_networks_that_know_fewer_expressions_are_named(lab: Lab) -> None:
    for name in ("small_net", "tiny_net"):
        factories.make_network(lab.models, lab.results, name, classes=SUBSET)
    app = open_page("comparison", models=["gated_net", "plain_net", "small_net", "tiny_net"])
    assert re.search(
        r"they only know angry, sad, surprise: (Small Net; Tiny|Tiny Net; Small) Net\.", texts(app)
    )
    assert len(frame(app)) == 2


def test_the_most_accurate_is_named_first(lab: Lab) -> None:
    label = table("plain_net").label
    right = {model: (predictions(table(model)) == label).sum() for model in lab.ids}
    best, second = sorted(right, key=lambda model: -right[model])[:2]
    assert right[best] > right[second]
    app = open_page("comparison")
    titles = {"gated_net": "Gated Net", "plain_net": "Plain Net"}
    answer = app.markdown[1].value
    assert answer.startswith(
        f"**{titles[best]} is right most often**: {100 * right[best] / len(label):.1f}%"
    )
    assert titles[second] in answer
    assert frame(app).index[0] == titles[best]


def test_of_equal_networks_none_is_called_the_best(lab: Lab) -> None:
    for name in ("one_net", "other_net"):
        factories.make_network(lab.models, lab.results, name, skill=50)
    app = open_page("comparison", models=["one_net", "other_net"])
    assert "right most often" not in texts(app)
    assert "right on exactly the same images" in app.markdown[1].value


def test_one_network_is_not_called_the_best(lab: Lab) -> None:
    assert "right most often" not in texts(open_page("comparison", models="plain_net"))


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({"models": ""}, "Nothing to compare"),
        ({"classes": "angry"}, "at least two expressions"),
    ],
)
def test_empty_choices_are_explained(lab: Lab, choices: dict[str, str], message: str) -> None:
    assert message in texts(open_page("comparison", **choices))


def test_latency_is_shown_where_it_was_measured_on_this_file(lab: Lab) -> None:
    app = open_page("comparison")
    assert "python -m benchmarks latency" in texts(app)
    times = {
        "model_sha256": sha256(lab.models / "gated_net" / "model.onnx"),
        "single_ms": 2.5,
        "batch_ms": 1.25,
        "runs": 50,
    }
    report = {
        "schema_version": 1,
        "processor": "Test CPU",
        "threads": 2,
        "precision": "f32",
        "batch": 32,
        "models": {"gated_net": times, "plain_net": times},
        "made": {"command": "x", "date": "2024-01-01", "versions": {}},
    }
    path = lab.results / "latency.json"
    path.write_text(json.dumps(report))
    app = open_page("comparison", cost="single_ms")
    assert "Medians on Test CPU, 2 threads" in texts(app)
    path.write_text(json.dumps(report | {"threads": 0}))
    app = open_page("comparison")
    assert "threads" in app.error[0].value
    assert "Gated Net" in texts(app)


def test_ensemble_is_fitted_on_one_split_and_quoted_on_the_other(lab: Lab) -> None:
    app = open_page("comparison")
    app.button(key="fit_weights").click()
    check(app.run())
    weights = [int(app.query_params[f"weight_{name}"]) for name in ("gated_net", "plain_net")]
    mixed = np.tensordot(
        np.array(weights) / sum(weights),
        [table(name).probabilities for name in ("gated_net", "plain_net")],
        axes=1,
    )
    right = (mixed.argmax(axis=1) == table("gated_net").label).mean()
    card = next(item for item in app.metric if item.label == "Accuracy")
    assert card.value == f"{100 * right:.1f}%"
    together = measure(load_all())
    assert together is not None
    assert [member.weight for member in together[0].members] == weights
    assert together[0].report.accuracy == pytest.approx(right, abs=1e-6)
    app.segmented_control(key=state.widget_key("split")).set_value("PublicTest")
    assert "look too good on PublicTest" in texts(check(app.run()))


def test_crowd_agreement_of_the_other_split_needs_the_votes(lab_with_data: Lab) -> None:
    found = texts(open_page("comparison", split="PublicTest"))
    assert "Ten people named every image again" in found
    (lab_with_data.data / "fer2013.npz").unlink()
    assert "worked out from the crowd's votes" in texts(open_page("comparison", split="PublicTest"))


def test_streamlits_own_entry_stands_where_its_language_is_the_pages(lab: Lab) -> None:
    offered = {
        lang: [item.proto.select_all for item in open_page("comparison", lang=lang).multiselect]
        for lang in ("en", "id")
    }
    assert all(offered["en"])
    assert offered["id"]
    assert not any(offered["id"])


def test_seeds_show_only_where_they_are(lab: Lab) -> None:
    assert "Spread over seeds" not in texts(open_page("comparison"))
    for name in lab.ids:
        for seed in (1, 2):
            factories.make_seed(lab.results, name, seed, size=96)
    app = open_page("comparison")
    assert "Spread over seeds" in texts(app)
    assert "Over 2 seeds" in texts(app)
    assert "Sebaran" in texts(open_page("comparison", lang="id"))
    assert "Spread over seeds" not in texts(open_page("comparison", classes=SUBSET))
