"""The glossary's worked numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn import metrics as reference

from core.evaluation.metrics import predictions, summarise
from core.evaluation.significance import compare
from core.text import number, percent
from core.words.glossary import KEYS, Example, entries, entry
from tests.factories import make_table

TABLE = make_table(seed=2)
LABEL, SAID = TABLE.label, predictions(TABLE)
EXAMPLE = Example(
    scores=summarise(TABLE, 1.3),
    focus="fear",
    wording=str.upper,
    table=TABLE,
    temperature=1.3,
    pair=compare(TABLE, make_table(seed=3)),
    rival="Rival",
)
FEAR = LABEL == 2

EXPECTED = {
    "accuracy": reference.accuracy_score(LABEL, SAID),
    "recall": reference.recall_score(LABEL, SAID, average=None)[2],
    "precision": reference.precision_score(LABEL, SAID, average=None)[2],
    "f1": reference.f1_score(LABEL, SAID, average=None)[2],
    "macro": reference.f1_score(LABEL, SAID, average="macro"),
    "weighted": reference.f1_score(LABEL, SAID, average="weighted"),
    "balanced": reference.balanced_accuracy_score(LABEL, SAID),
    "false_positive_rate": float(np.mean(SAID[~FEAR] == 2)),
    "confidence": float(TABLE.probabilities.max(axis=1).mean(dtype=np.float64)),
}


@pytest.mark.parametrize(("key", "value"), EXPECTED.items())
def test_worked_numbers_equal_scikit_learn(key: str, value: float) -> None:
    worked = entry(key, EXAMPLE).worked
    assert worked is not None
    assert percent(value) in worked


def test_worked_areas_equal_scikit_learn() -> None:
    score = TABLE.probabilities[:, 2]
    auc = entry("auc", EXAMPLE).worked
    precision = entry("average_precision", EXAMPLE).worked
    assert auc == f"FEAR: {number(reference.roc_auc_score(FEAR, score), 3)}"
    assert precision == f"FEAR: {number(reference.average_precision_score(FEAR, score), 3)}"


def test_every_term_is_complete() -> None:
    found = entries(EXAMPLE)
    assert [item.key for item in found] == list(KEYS)
    for item in found:
        assert item.term
        assert item.formula
        assert item.meaning.endswith(".")
        assert item.worked
        assert "{" not in item.worked


def test_without_predictions_or_a_rival_some_lines_are_left_out() -> None:
    bare = replace(EXAMPLE, table=None, pair=None)
    missing = {item.key for item in entries(bare) if item.worked is None}
    assert missing == {"auc", "average_precision", "confidence", "coverage", "mcnemar"}


def test_an_unknown_focus_is_the_first_class() -> None:
    assert replace(EXAMPLE, focus="bored").name == "ANGRY"


def test_a_class_without_images_does_not_divide_by_zero() -> None:
    table = make_table(seed=2)
    kept = table.label != 2
    fewer = type(table)(
        split=table.split,
        index=table.index[kept],
        label=table.label[kept],
        probabilities=np.eye(7)[table.label[kept]],
    )
    found = Example(scores=summarise(fewer), focus="fear", table=fewer)
    assert entry("recall", found).worked == "fear: 0 / 0 = –"
    assert entry("f1", found).worked is not None
    assert entry("auc", found).worked is None
