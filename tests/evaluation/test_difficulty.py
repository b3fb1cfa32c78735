"""Hard images."""

from __future__ import annotations

import numpy as np
import pytest

from core.evaluation.difficulty import confidently_wrong, hardest, of_true_class, shared
from core.schema import PredictionTable
from tests.factories import make_table

PROBABILITIES = np.array([[0.9, 0.1], [0.4, 0.6], [0.02, 0.98], [0.7, 0.3], [0.3, 0.7]])
LABEL = np.array([0, 0, 0, 1, 1])


def test_order_of_one_network() -> None:
    assert of_true_class(PROBABILITIES, LABEL) == pytest.approx([0.9, 0.4, 0.02, 0.3, 0.7])
    assert hardest(PROBABILITIES, LABEL, 3).tolist() == [2, 3, 1]
    assert confidently_wrong(PROBABILITIES, LABEL, 9).tolist() == [2, 3, 1]
    assert confidently_wrong(PROBABILITIES, LABEL, 1).tolist() == [2]


def test_no_errors() -> None:
    assert confidently_wrong(np.eye(2), np.arange(2), 5).tolist() == []


def test_shared_over_common_images_in_any_order() -> None:
    first = make_table(seed=1, n=70)
    second = make_table(seed=2, n=70)
    turned = np.random.default_rng(0).permutation(60)
    part = PredictionTable(
        split=second.split,
        index=second.index[turned],
        label=second.label[turned],
        probabilities=second.probabilities[turned],
    )
    found = shared([first, part])
    assert found.index.tolist() == sorted(part.index.tolist())
    for place, row in enumerate(found.index):
        a, b = (int(np.flatnonzero(table.index == row)[0]) for table in (first, second))
        hits = [t.probabilities[i].argmax() == t.label[i] for t, i in ((first, a), (second, b))]
        assert found.right[place] == sum(hits)
        assert found.label[place] == first.label[a]
        mean = (
            first.probabilities[a, first.label[a]] + second.probabilities[b, second.label[b]]
        ) / 2
        assert found.probability[place] == pytest.approx(mean)
    assert found.counts().sum() == len(found.index) == 60
    hardest_first = found.hardest(5)
    assert found.right[hardest_first].tolist() == sorted(found.right.tolist())[:5]
