from __future__ import annotations

import json

import pytest

from core.schema import History, Metrics
from core.text import percent
from core.words import learning as reading
from tests import factories
from tests.conftest import Lab
from tests.pages.app import open_page, texts


def test_best_epoch_and_reading(lab: Lab) -> None:
    app = open_page("training", models="plain_net")
    history = History.read(lab.results / "plain_net" / "history.json")
    metrics = Metrics.read(lab.results / "plain_net" / "metrics.json")
    chosen = history.epochs[history.best_epoch - 1]
    cards = {item.label: item.value for item in app.metric}
    assert cards["Best epoch"] == str(history.best_epoch)
    assert cards["Validation accuracy"] == percent(chosen.val_accuracy)
    verdict, *details = reading.read(history, metrics.training_accuracy)
    assert verdict in texts(app)
    assert len(details) >= 2


def test_curves_of_several_networks(lab: Lab) -> None:
    figure = json.loads(open_page("training").get("plotly_chart")[0].proto.spec)
    names = {trace["name"] for trace in figure["data"] if "name" in trace}
    assert {"Plain Net", "Gated Net"} <= names


def test_other_seeds_draw_a_band(lab: Lab) -> None:
    factories.make_seed(lab.results, "plain_net", 5)
    factories.make_seed(lab.results, "plain_net", 5, size=96)  # of another size: no part of it
    app = open_page("training", models="plain_net")
    figure = json.loads(app.get("plotly_chart")[0].proto.spec)
    assert [trace.get("fill") for trace in figure["data"]].count("toself") == 1
    assert "the band spans validation over 2 seeds" in texts(app)


def test_a_damaged_seed_is_named_and_the_rest_stays(lab: Lab) -> None:
    path = lab.results / "plain_net" / "seeds" / "5.json"
    path.parent.mkdir()
    path.write_text("{")
    app = open_page("training", models="plain_net")
    assert "seeds/5.json is not readable JSON" in texts(app)
    assert app.get("plotly_chart")


def test_loss_and_a_link_to_it(lab: Lab) -> None:
    app = open_page("training", curve="loss", lang="id")
    figure = json.loads(app.get("plotly_chart")[0].proto.spec)
    assert "Loss" in figure["layout"]["yaxis"]["title"]["text"]
    assert app.query_params["curve"] in ("loss", ["loss"])


def test_a_network_without_history_is_left_out(lab: Lab) -> None:
    (lab.results / "plain_net" / "history.json").write_text("no")
    app = open_page("training", models=["plain_net", "gated_net"])
    assert [item.value for item in app.metric if item.label == "Best epoch"] == ["8"]


def test_a_network_without_metrics_still_has_curves(lab: Lab) -> None:
    (lab.results / "plain_net" / "metrics.json").write_text("no")
    app = open_page("training", models="plain_net")
    assert {item.label: item.delta for item in app.metric}["Generalisation gap"] == (
        "points, while training"
    )


@pytest.mark.parametrize("curve", ["learning_rate", "seconds"])
def test_any_metric(lab: Lab, curve: str) -> None:
    figure = json.loads(open_page("training", curve=curve).get("plotly_chart")[0].proto.spec)
    assert len(figure["data"]) >= 2


def test_smoothing_from_the_address(lab: Lab) -> None:
    raw = json.loads(open_page("training").get("plotly_chart")[0].proto.spec)
    app = open_page("training", smoothing="60")
    figure = json.loads(app.get("plotly_chart")[0].proto.spec)
    assert len(figure["data"]) == len(raw["data"]) + 4


def test_only_what_differs_between_recipes(lab: Lab) -> None:
    every, differing = (
        open_page("training", differences=value).table[-1].value for value in ("0", "1")
    )
    assert 0 < len(differing) < len(every)
    assert (differing.nunique(axis=1) > 1).all()


def test_what_validation_is_stands_beside_the_network_of_which_it_is_not(lab: Lab) -> None:
    assert "Validation is PublicTest." in texts(open_page("training"))
    path = lab.results / "plain_net" / "history.json"
    other = History.read(path).model_copy(update={"selection_split": "TrainingValidation"})
    other.write(path)
    both = texts(open_page("training"))
    assert "Plain Net: validation is a part of Training" in both
    assert "Otherwise validation is PublicTest." in both
    assert "Validation is PublicTest." not in both
    assert "PublicTest." not in texts(open_page("training", models="plain_net"))
