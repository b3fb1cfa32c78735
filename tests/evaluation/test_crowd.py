"""Agreement with the crowd: by hand, for fewer classes, and the known number."""

from __future__ import annotations

import numpy as np
import pytest

from core.data import store
from core.evaluation.crowd import crowd_agreement, crowd_confusion, crowd_label
from core.evaluation.metrics import accuracy, recall
from core.schema import PredictionTable

real_data = pytest.mark.skipif(not store.is_available(), reason="FER-2013 is not imported")


def table(probabilities: list[list[float]], label: list[int]) -> PredictionTable:
    return PredictionTable(
        split="PrivateTest",
        index=np.arange(len(label)),
        label=np.array(label, dtype=np.uint8),
        probabilities=np.array(probabilities, dtype=np.float32),
    )


def test_images_without_a_usable_majority_are_left_out() -> None:
    predicted = table([[0.8, 0.1, 0.1], [0.1, 0.8, 0.1], [0.8, 0.1, 0.1], [0.1, 0.1, 0.8]], [0] * 4)
    classes = ("angry", "sad", "surprise")
    # angry, happy (no class of the network), none, surprise
    majority = np.array([0, 3, -1, 5], dtype=np.int8)
    np.testing.assert_array_equal(crowd_label(predicted, majority, classes), [0, -1, -1, 2])
    found = crowd_agreement(predicted, majority, classes)
    assert (found.n, found.accuracy) == (2, 1.0)


def test_majority_is_looked_up_by_row() -> None:
    rows = table([[1, 0, 0, 0, 0, 0, 0]] * 2, [0, 0]).model_copy(update={"index": np.array([3, 1])})
    majority = np.array([6, 5, 4, 0], dtype=np.int8)
    np.testing.assert_array_equal(crowd_label(rows, majority), [0, 5])


def test_crowd_as_a_classifier_counts_only_images_with_a_majority() -> None:
    found = crowd_confusion(np.array([0, 0, 1]), np.array([0, 3, -1]))
    assert found.sum() == 2
    assert found[0, 0] == found[0, 3] == 1


@real_data
def test_crowd_gives_the_known_accuracy_on_the_report_split() -> None:
    from core.data.votes import majority

    split = store.load().split("PrivateTest")
    assert split.votes is not None
    found = crowd_confusion(split.labels, majority(split.votes))
    assert found.sum() == pytest.approx(3519, abs=2)
    assert accuracy(found) == pytest.approx(0.646, abs=0.001)
    np.testing.assert_allclose(recall(found)[[2, 3]], [0.17, 0.94], atol=0.006)
    # Disgust has 50 images here: how ties are broken moves it by one or two of them.
    assert recall(found)[1] == pytest.approx(0.38, abs=0.03)
