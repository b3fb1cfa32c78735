"""Scores side by side against scikit-learn and SciPy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binomtest
from sklearn.metrics import f1_score, precision_recall_fscore_support

from core.errors import ResultsError
from core.evaluation.cells import Cells
from core.evaluation.comparison import score
from core.evaluation.measured import of_network, of_table, restricted, shared_classes
from core.evaluation.metrics import predictions
from core.evaluation.results import load
from core.labels import CLASSES
from core.schema import write_predictions
from tests.factories import make_results, make_table

SUBSET = ("angry", "sad", "surprise")
TABLE = make_table(n=700)


def test_equals_scikit_learn_and_scipy() -> None:
    scored = score(of_table("a", "A", TABLE))
    said = predictions(TABLE)
    expected = precision_recall_fscore_support(TABLE.label, said, zero_division=0)
    for name, values in zip(("precision", "recall", "f1", "support"), expected, strict=True):
        np.testing.assert_allclose(scored.of_class(name), values)
    assert scored.accuracy == np.mean(said == TABLE.label)
    right = int(np.sum(said == TABLE.label))
    interval = binomtest(right, len(said)).proportion_ci(method="wilson")
    assert scored.accuracy_interval == pytest.approx((interval.low, interval.high))
    assert scored.macro_f1 == pytest.approx(f1_score(TABLE.label, said, average="macro"))
    assert scored.weighted_f1 == pytest.approx(f1_score(TABLE.label, said, average="weighted"))


def test_bootstrap_agrees_with_drawing_images() -> None:
    scored = score(of_table("a", "A", TABLE))
    generator = np.random.default_rng(1)
    said = predictions(TABLE)
    drawn = []
    for _turn in range(400):
        rows = generator.integers(0, len(said), len(said))
        drawn.append(f1_score(TABLE.label[rows], said[rows], average="macro"))
    assert scored.macro_f1_interval == pytest.approx(np.quantile(drawn, [0.025, 0.975]), abs=0.006)
    low, high = scored.macro_f1_interval
    assert low < scored.macro_f1 < high
    assert (scored.f1_interval[0] <= scored.f1).all()


def test_a_subset_is_scored_on_rescaled_probabilities() -> None:
    narrow = restricted(of_table("a", "A", TABLE), SUBSET)
    places = [CLASSES.index(name) for name in SUBSET]
    kept = np.isin(TABLE.label, places)
    shares = TABLE.probabilities[kept][:, places]
    shares = shares / shares.sum(axis=1, keepdims=True)
    assert narrow.classes == SUBSET
    assert narrow.table is not None
    np.testing.assert_allclose(narrow.table.probabilities, shares, rtol=1e-5)
    right = np.array(places)[shares.argmax(axis=1)] == TABLE.label[kept]
    assert score(narrow).accuracy == right.mean()


def test_all_classes_change_nothing() -> None:
    whole = of_table("a", "A", TABLE)
    assert restricted(whole, CLASSES) is whole


def test_networks_of_other_classes_meet_on_what_they_share() -> None:
    seven = of_table("a", "A", TABLE)
    three = of_table("b", "B", make_table(classes=("surprise", "angry", "sad")),
                     ("surprise", "angry", "sad"))  # fmt: skip
    assert shared_classes([seven, three]) == SUBSET
    assert shared_classes([]) == ()
    with pytest.raises(ResultsError, match="Expected classes among"):
        restricted(three, ("happy",))


def test_a_network_keeps_what_can_be_read(tmp_path: Path) -> None:
    folder = make_results(tmp_path, "net")
    whole = of_network(load("net", tmp_path, tmp_path), "PrivateTest")
    assert whole is not None
    assert whole.table is not None
    assert isinstance(whole.cells, Cells)
    assert whole.crowd is not None
    public = of_network(load("net", tmp_path, tmp_path), "PublicTest")
    assert public is not None
    assert public.crowd is None
    assert of_network(load("net", tmp_path, tmp_path), "Training") is None

    (folder / "predictions.npz").write_bytes(b"half")
    part = of_network(load("net", tmp_path, tmp_path), "PrivateTest")
    assert part is not None
    assert part.table is None
    np.testing.assert_array_equal(part.matrix, whole.matrix)
    with pytest.raises(ResultsError, match="only the whole matrix is known"):
        restricted(part, SUBSET)


def test_mean_faces_of_other_predictions_are_not_shown(tmp_path: Path) -> None:
    folder = make_results(tmp_path, "net")
    other = make_results(tmp_path / "other", "net", seed=5)
    (folder / "cells.npz").write_bytes((other / "cells.npz").read_bytes())
    found = of_network(load("net", tmp_path, tmp_path), "PrivateTest")
    assert found is not None
    assert found.cells is None


def test_unusable_results_give_none(tmp_path: Path) -> None:
    write_predictions(tmp_path / "net" / "predictions.npz", [TABLE])
    assert of_network(load("net", tmp_path, tmp_path), "PrivateTest") is None
