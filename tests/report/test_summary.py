"""results/summary.json."""

from __future__ import annotations

import json

import pytest

from core.evaluation.significance import compare
from core.report import build
from core.report.gather import gather
from core.report.summary import Summary, summarise
from core.schema import Metrics, read_predictions
from tests.conftest import Lab
from tests.factories import make_seed


def test_numbers_are_those_of_the_results(lab: Lab) -> None:
    found = summarise(gather())
    assert {item.id for item in found.networks} == set(lab.ids)
    for item in found.networks:
        metrics = Metrics.read(lab.results / item.id / "metrics.json")
        assert item.accuracy == pytest.approx(metrics.report.accuracy, abs=1e-6)
        assert item.balanced_accuracy == pytest.approx(metrics.report.macro.recall, abs=1e-6)
        assert item.selection_accuracy == pytest.approx(metrics.selection.accuracy, abs=1e-6)
        assert item.model_sha256 == metrics.model_sha256
        assert item.macro_f1_interval[0] <= item.macro_f1 <= item.macro_f1_interval[1]


def test_pairs_are_mcnemars(lab: Lab) -> None:
    (pair,) = summarise(gather()).pairs
    tables = [
        read_predictions(lab.results / name / "predictions.npz")["PrivateTest"]
        for name in (pair.a, pair.b)
    ]
    expected = compare(*tables)
    assert (pair.only_a, pair.only_b) == (expected.only_a, expected.only_b)
    assert pair.p_value == pytest.approx(expected.p_value, abs=1e-6)
    assert pair.difference >= 0  # the more accurate one stands first


def test_the_file_reads_back(lab: Lab) -> None:
    path = lab.results / "summary.json"
    build.write(path, build.summary())
    assert Summary.read(path) == summarise(gather())
    assert json.loads(path.read_text())["schema_version"] == 1


def test_what_was_not_measured_is_null(lab: Lab) -> None:
    path = lab.results / "plain_net" / "metrics.json"
    content = json.loads(path.read_text())
    for key in ("crowd", "without_training_copies", "training_accuracy"):
        content[key] = None
    content["averaged"] = {}
    path.write_text(json.dumps(content))
    (lab.models / "plain_net" / "card.json").unlink()
    item = next(item for item in summarise(gather()).networks if item.id == "plain_net")
    assert item.crowd is item.flip is item.training_accuracy is item.parameters is None


def test_spread_and_contests_of_seeds(lab: Lab) -> None:
    assert summarise(gather()).spreads == []
    for name in lab.ids:
        for seed in (1, 2):
            make_seed(lab.results, name, seed, size=96)
    found = summarise(gather())
    assert {(spread.id, spread.size) for spread in found.spreads} == {(n, 96) for n in lab.ids}
    spread = found.spreads[0]
    assert spread.mean == pytest.approx(sum(spread.accuracies) / 2, abs=1e-6)
    (contest,) = found.contests
    assert contest.seeds == [1, 2]
    assert contest.mean == pytest.approx(sum(contest.differences) / 2, abs=1e-6)
