"""`results/ensemble.json` from the prediction tables alone."""

from __future__ import annotations

import numpy as np
import pytest

from core.evaluation.ensemble import combine, percents
from core.evaluation.ensemble_results import EnsembleMetrics, measure
from core.evaluation.metrics import predictions, restrict, wilson
from core.evaluation.results import load_all
from core.evaluation.significance import compare
from core.labels import CLASSES
from core.report import build
from tests.conftest import Lab
from tests.factories import make_network, make_results


def test_weights_come_from_selection_and_scores_from_report(lab: Lab) -> None:
    make_network(lab.models, lab.results, "third_net", skill=1.0)
    found = load_all()
    together = measure(found)
    assert together is not None
    metrics, measured = together
    chosen = [item.tables["PublicTest"] for item in found]
    assert [member.weight for member in metrics.members] == percents(chosen)
    assert [member.id for member in metrics.members] == ["gated_net", "plain_net", "third_net"]
    weights = [member.weight for member in metrics.members]
    table = combine([item.tables["PrivateTest"] for item in found], weights)
    right = int((predictions(table) == table.label).sum())
    assert metrics.report.accuracy == pytest.approx(right / len(table.label), abs=1e-6)
    assert metrics.report.accuracy_interval == pytest.approx(wilson(right, 280), abs=1e-6)
    assert metrics.report.split == "PrivateTest"
    assert measured.table is not None
    np.testing.assert_array_equal(measured.table.probabilities, table.probabilities)


def test_it_is_compared_with_the_most_accurate_member(lab: Lab) -> None:
    found = load_all()
    together = measure(found)
    assert together is not None
    metrics, measured = together
    best = max(found, key=lambda item: item.metrics.report.accuracy)
    assert metrics.against_best.id == best.id
    assert measured.table is not None
    pair = compare(measured.table, best.tables["PrivateTest"])
    assert metrics.against_best.only_ensemble == pair.only_a
    assert metrics.against_best.p_value == pytest.approx(pair.p_value, abs=1e-6)


def test_only_seven_classes_and_whole_results_take_part(lab: Lab) -> None:
    make_network(lab.models, lab.results, "three_net", classes=("angry", "sad", "surprise"))
    (lab.results / "plain_net" / "predictions.npz").unlink()
    assert measure(load_all()) is None
    make_results(lab.results, "other_net")
    together = measure(load_all())
    assert together is not None
    assert [member.id for member in together[0].members] == ["gated_net", "other_net"]


def test_classes_in_another_order_are_brought_into_line(lab: Lab) -> None:
    turned = tuple(reversed(CLASSES))
    make_network(lab.models, lab.results, "turned_net", classes=turned)
    found = {item.id: item for item in load_all()}
    together = measure(list(found.values()))
    assert together is not None
    tables = [
        restrict(item.tables["PublicTest"], CLASSES, item.classes)
        for _id, item in sorted(found.items())
    ]
    assert [member.weight for member in together[0].members] == percents(tables)


def test_the_report_writes_the_file_and_takes_it_away(lab: Lab) -> None:
    path = lab.results / build.ENSEMBLE
    assert build.write(path, build.ensemble()) == "written"
    assert build.write(path, build.ensemble()) == "unchanged"
    together = measure(load_all())
    assert together is not None
    assert EnsembleMetrics.read(path) == together[0]
    (lab.results / "gated_net" / "metrics.json").unlink()
    assert build.write(path, build.ensemble()) == "nothing to write"
    assert not path.exists()
