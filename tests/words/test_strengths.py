"""Sentences from numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.evaluation.metrics import summarise
from core.evaluation.results import NetworkResults, load
from core.labels import CLASSES
from core.records import Made
from core.schema import Metrics, PredictionTable
from core.words.strengths import profile
from tests.factories import make_results


def network(
    name: str, table: PredictionTable, training: float | None = None, temperature: float = 1.0
) -> NetworkResults:
    scores = summarise(table, temperature)
    metrics = Metrics(
        model=name,
        model_sha256="0" * 64,
        classes=list(CLASSES),
        temperature=temperature,
        report=scores,
        selection=scores.model_copy(update={"split": "PublicTest"}),
        training_accuracy=training,
        made=Made(command="", date="", versions={}),
    )
    found = NetworkResults(name, Path(name), _metrics=metrics)
    found.tables[table.split] = table
    return found


def table_of(said: np.ndarray, label: np.ndarray, sure: float = 0.9) -> PredictionTable:
    values = np.full((len(label), 7), (1 - sure) / 6)
    values[np.arange(len(label)), said] = sure
    return PredictionTable(
        split="PrivateTest", index=np.arange(len(label)), label=label, probabilities=values
    )


LABEL = np.repeat(np.arange(7), 20)


def test_numbers_stand_in_the_sentences() -> None:
    said = LABEL.copy()
    said[40:56] = 4  # 16 of 20 fear images called sad
    found = profile(network("a", table_of(said, LABEL), training=0.99), "PrivateTest")
    text = "\n".join(found.weaknesses)
    assert "fear. It finds 20.0% of 20 images and takes 80.0% of them for sad" in text
    assert "16 images of fear called sad, 100.0% of all its errors" in text
    assert "100.0% of its errors (16 images) have a confidence of 80% or more." in text
    assert "Predicts sad too often: 36 times, for 20 images with that label" in text
    assert "Best recall: angry, 100.0% of 20 images" in "\n".join(found.strengths)


@pytest.mark.parametrize(
    ("sure", "word"), [(0.99, "Overconfident"), (0.3, "Underconfident"), (0.5, "Well calibrated")]
)
def test_calibration(sure: float, word: str) -> None:
    said = LABEL.copy()
    said[::2] = (said[::2] + 1) % 7
    found = profile(network("a", table_of(said, LABEL, sure)), "PrivateTest")
    assert word in "\n".join([*found.strengths, *found.weaknesses])


@pytest.mark.parametrize(
    ("training", "part"),
    [(0.52, "Generalises well"), (0.60, None), (0.95, "Overfits"), (None, None)],
)
def test_training_against_test(training: float | None, part: str | None) -> None:
    said = LABEL.copy()
    said[::2] = (said[::2] + 1) % 7
    found = profile(network("a", table_of(said, LABEL, 0.5), training), "PrivateTest")
    text = "\n".join([*found.strengths, *found.weaknesses])
    for phrase in ("Generalises well", "Overfits"):
        assert (phrase in text) == (phrase == part)


def test_rank_among_networks_of_the_same_classes() -> None:
    worse = LABEL.copy()
    worse[:10] = 6
    good, bad = network("good", table_of(LABEL, LABEL)), network("bad", table_of(worse, LABEL))
    assert "Highest accuracy" in profile(good, "PrivateTest", [good, bad]).strengths[0]
    assert "Lowest accuracy" in profile(bad, "PrivateTest", [good, bad]).weaknesses[0]
    alone = profile(good, "PrivateTest", [good])
    assert not any("networks" in line for line in [*alone.strengths, *alone.weaknesses])


def test_a_perfect_network_has_no_mistakes_to_name() -> None:
    found = profile(network("a", table_of(LABEL, LABEL, 1.0)), "PrivateTest")
    assert found.weaknesses == []


def test_not_measured() -> None:
    found = profile(network("a", table_of(LABEL, LABEL)), "Training")
    assert found.strengths == found.weaknesses == []


def test_without_a_prediction_table(tmp_path: Path) -> None:
    make_results(tmp_path, "net")
    (tmp_path / "net" / "predictions.npz").unlink()
    found = profile(load("net", tmp_path, tmp_path), "PrivateTest", wording=str.upper)
    assert found.strengths
    assert found.weaknesses
