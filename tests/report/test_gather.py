"""What a report is about."""

from __future__ import annotations

import pytest

from core import paths
from core.errors import ResultsError
from core.report.gather import gather
from tests import factories
from tests.conftest import Lab

THREE = ("angry", "sad", "surprise")


def test_networks_are_grouped_by_classes_and_sorted(lab: Lab) -> None:
    factories.make_network(lab.models, lab.results, "small", classes=THREE)
    seven, three = gather().groups
    accuracies = [row.scored.accuracy for row in seven.rows]
    assert accuracies == sorted(accuracies, reverse=True)
    assert {row.item.id for row in seven.rows} == set(lab.ids)
    assert three.classes == THREE
    assert [row.item.id for row in three.rows] == ["small"]


def test_the_other_order_of_classes_is_the_same_group(lab: Lab) -> None:
    factories.make_network(lab.models, lab.results, "a", classes=THREE)
    factories.make_network(lab.models, lab.results, "b", classes=THREE[::-1])
    group = gather().groups[1]
    assert len(group.rows) == 2
    assert group.pair(*group.rows) is None  # their predictions are numbered differently


def test_broken_networks_are_problems_with_short_paths(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    (lab.results / "plain_net" / "metrics.json").write_text("{")
    monkeypatch.setattr(paths, "ROOT", lab.results.parent)
    found = gather()
    assert [row.item.id for row in found.rows] == ["gated_net"]
    (problem,) = found.problems
    assert problem.startswith("results/plain_net/metrics.json")


def test_recipes_without_results_are_named(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    recipes = lab.results.parent / "recipes"
    recipes.mkdir()
    for name in ("plain_net", "future_net"):
        (recipes / f"{name}.toml").write_text("")
    monkeypatch.setattr(paths, "recipes", lambda: recipes)
    assert gather().untrained == ("future_net",)


def test_nothing_to_report(lab: Lab) -> None:
    for name in lab.ids:
        (lab.results / name / "metrics.json").unlink()
    with pytest.raises(ResultsError, match="python -m core train"):
        gather()


def test_no_pair_without_predictions(lab: Lab) -> None:
    (lab.results / "plain_net" / "predictions.npz").unlink()
    (group,) = gather().groups
    assert group.pair(*group.rows) is None
