"""`python -m core evaluate` from a model file to results that every page can read."""

from __future__ import annotations

import pytest
from rich.console import Console
from typer.testing import CliRunner

from core.commands import app, measure
from core.errors import DataError, ModelError
from core.evaluation.results import load
from core.evaluation.robustness import Robustness
from core.schema import Card
from tests.conftest import Lab
from tests.factories import make_model


def test_evaluate_runs_the_model_file_and_writes_results(lab_with_data: Lab) -> None:
    make_model(lab_with_data.models, "fresh_net", gates=True)
    outcome = CliRunner().invoke(app, ["evaluate", "fresh_net"])
    assert outcome.exit_code == 0, outcome.output
    found = load("fresh_net")
    assert [problem for problem in found.problems if "history" not in problem] == []
    assert f"accuracy {found.metrics.report.accuracy:.2%}" in outcome.output
    assert Card.of(lab_with_data.models / "fresh_net").temperature == found.metrics.temperature
    assert found.metrics.averaged["flip"].n == found.metrics.report.n


def test_evaluate_says_how_to_get_the_dataset(lab: Lab) -> None:
    with pytest.raises(DataError, match="python -m core data import"):
        measure("plain_net", Console(quiet=True))


def test_evaluate_names_a_missing_network(lab_with_data: Lab) -> None:
    with pytest.raises(ModelError, match="no_net"):
        measure("no_net", Console(quiet=True))


def test_evaluate_corrupted_goes_on_past_a_damaged_network(
    lab_with_data: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    (lab_with_data.results / "gated_net" / "predictions.npz").write_bytes(b"damaged")
    monkeypatch.setattr("core.evaluation.corrupted.QUICK", 21)
    outcome = CliRunner().invoke(app, ["evaluate", "--all", "--corrupted", "--quick"])
    assert isinstance(outcome.exception, ModelError)
    assert "gated_net" in str(outcome.exception)
    found = Robustness.read(lab_with_data.results / "plain_net" / "robustness.json")
    assert f"{found.mean_accuracy:.2%} under change" in outcome.output
    assert not (lab_with_data.results / "gated_net" / "robustness.json").exists()


@pytest.mark.parametrize(
    "arguments", [[], ["plain_net", "--all"], ["plain_net", "--quick"]], ids=" ".join
)
def test_evaluate_refuses_what_does_not_go_together(lab: Lab, arguments: list[str]) -> None:
    outcome = CliRunner().invoke(app, ["evaluate", *arguments])
    assert isinstance(outcome.exception, ModelError)
