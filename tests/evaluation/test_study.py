"""Effects of single changes over seeds, and the command that trains them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from typer.testing import CliRunner

from core import study as command
from core.data import store
from core.data.corruptions import KINDS
from core.evaluation.robustness import condition_names
from core.evaluation.study import CONDITIONS, Study, StudyRun, Variant, effect, study_file
from core.records import Made
from core.words.study import effect_text, verdict
from tests.conftest import Lab
from tests.factories import make_dataset, make_history


def variant(name: str, *accuracies: float, changed: float = 0.4) -> Variant:
    runs = [
        StudyRun(
            seed=seed,
            selection_accuracy=0.6,
            accuracy=accuracy,
            macro_f1=accuracy,
            changed=changed,
            epochs=20,
            best_epoch=18,
            hardware="test",
        )
        for seed, accuracy in enumerate(accuracies, 1)
    ]
    return Variant(id=name, runs=runs)


def test_an_effect_by_hand() -> None:
    """Welch: means 0.64 and 0.60, both with standard deviation 0.01 over three runs."""
    found = effect(
        variant("study_plain", 0.59, 0.60, 0.61), variant("a", 0.63, 0.64, 0.65), "accuracy"
    )
    assert found.difference == pytest.approx(0.04)
    spread = 2.776445 * 0.01 * np.sqrt(2 / 3)  # four degrees of freedom
    assert (found.low, found.high) == (
        pytest.approx(0.04 - spread, abs=1e-6),
        pytest.approx(0.04 + spread, abs=1e-6),
    )
    assert found.clear
    assert effect_text(found) == "+4.0 (+1.7 to +6.3)"


def test_one_run_has_no_interval_and_is_never_clear() -> None:
    found = effect(variant("study_plain", 0.5), variant("a", 0.7), "accuracy")
    assert math.isnan(found.low)
    assert not found.clear
    assert effect_text(found) == "+20.0"


def test_the_verdict_names_what_is_clear_only() -> None:
    made = Made(command="", date="", versions={})
    study = Study(
        name="augmentation",
        split="PrivateTest",
        images=10,
        conditions=list(CONDITIONS),
        variants=[
            variant("study_plain", 0.59, 0.60, 0.61),
            variant("study_taught", 0.63, 0.64, 0.65),
            variant("study_smoothed", 0.59, 0.60, 0.62),
            variant("study_96", 0.55, 0.55, 0.56),
        ],
        made=made,
    )
    said = verdict(study)
    assert "clearly help: A teacher." in said
    assert "clearly harm: Chips enlarged to 96 px." in said
    assert "smoothing" not in said


def test_the_conditions_are_the_stated_strengths() -> None:
    assert set(CONDITIONS) <= set(condition_names())
    found = [KINDS[name.rsplit("_", 1)[0]].strengths[int(name[-1]) - 1] for name in CONDITIONS]
    assert found == [10, 2, 30]


def test_the_command_trains_what_is_missing_and_no_more(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.save(make_dataset())
    trained: list[tuple[str, int]] = []

    class Recipe:
        seed, title = 1, "Study"

    def wanted(names: tuple[str, ...], seeds: int):
        for name in names:
            for seed in range(1, seeds + 1):
                yield (name, seed), "Study", lambda name=name, seed=seed: (name, seed)

    def network(recipe: tuple[str, int]):
        trained.append(recipe)

        def classify(chips: np.ndarray) -> np.ndarray:
            gaps = chips.mean(axis=(1, 2))[:, None] - (30 + 25 * np.arange(7))
            return np.exp(-np.abs(gaps) / 12)

        return classify, make_history("test"), "a machine"

    monkeypatch.setattr(command, "_wanted", wanted)
    monkeypatch.setattr("core.training.commands.trained", network)
    monkeypatch.setattr(command, "STUDIES", {"augmentation": ("study_plain", "study_taught")})
    runner = CliRunner()
    assert runner.invoke(command.app, ["augmentation", "--seeds", "2"]).exit_code == 0
    assert len(trained) == 4
    assert runner.invoke(command.app, ["augmentation", "--seeds", "3"]).exit_code == 0
    assert trained[4:] == [("study_plain", 3), ("study_taught", 3)]
    found = Study.read(study_file("augmentation"))
    assert [[run.seed for run in entry.runs] for entry in found.variants] == [[1, 2, 3]] * 2
    assert found.variants[0].runs[0].accuracy > 0.9
    assert runner.invoke(command.app, ["nothing"]).exit_code == 1
