"""Folds divide what is learned from, evenly and without the report split."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from core import commands
from core.data import store
from core.evaluation.folds import Folds, divided, folds_file
from core.roles import REPORT, SELECTION, TRAINING
from tests.conftest import Lab
from tests.factories import make_dataset, make_history


@given(of=st.integers(2, 8))
def test_every_image_is_held_out_once_and_classes_are_even(of: int) -> None:
    dataset = make_dataset(70)
    report = dataset.split(REPORT)
    held = []
    for fold in range(1, of + 1):
        found = divided(dataset, of, fold)
        assert (found.split(REPORT).index == report.index).all()
        selection, training = found.split(SELECTION), found.split(TRAINING)
        assert not set(selection.index) & set(training.index)
        assert len(selection.index) + len(training.index) == 140
        counts = np.bincount(selection.labels, minlength=7)
        assert counts.max() - counts.min() <= 1
        held.append(selection.index)
    assert sorted(np.concatenate(held)) == sorted(set(range(210)) - set(report.index))
    assert (dataset.splits == make_dataset(70).splits).all()


@pytest.mark.parametrize(("of", "fold"), [(1, 1), (5, 0), (5, 6)])
def test_folds_that_do_not_exist(of: int, fold: int) -> None:
    with pytest.raises(ValueError, match="Expected a fold"):
        divided(make_dataset(14), of, fold)


def test_the_command_trains_each_fold_once(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    store.save(make_dataset())
    trained: list[int] = []

    def train(recipe: str, of: int, fold: int):
        if len(trained) == 2:
            trained.append(0)
            raise KeyboardInterrupt
        trained.append(fold)
        return make_history(f"{recipe}_fold{fold}")

    monkeypatch.setattr("core.training.commands.train_fold", train)
    runner = CliRunner()
    assert runner.invoke(commands.app, ["train", "cnn_48", "--folds", "3"]).exit_code != 0
    assert runner.invoke(commands.app, ["train", "cnn_48", "--folds", "3"]).exit_code == 0
    assert trained == [1, 2, 0, 3]
    found = Folds.read(folds_file("cnn_48"))
    assert [fold.fold for fold in found.folds] == [1, 2, 3]
    assert found.range[0] <= found.mean <= found.range[1]
    assert sum(fold.images for fold in found.folds) == 560
    refused = runner.invoke(commands.app, ["train", "cnn_48", "--folds", "3", "--seed", "2"])
    assert refused.exit_code == 1
    assert runner.invoke(commands.app, ["train", "cnn_48", "--folds", "4"]).exit_code == 1
