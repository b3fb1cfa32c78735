"""Accuracy on parts of a split."""

from __future__ import annotations

import numpy as np
import pytest

from core.evaluation.metrics import predictions
from core.evaluation.subsets import crowd_view, oddities, part
from core.schema import PredictionTable
from tests.factories import make_dataset, make_table


def test_part() -> None:
    found = part(np.array([True, False, True, True]), np.array([True, True, False, False]))
    assert (found.inside.n, found.inside.accuracy) == (2, 0.5)
    assert (found.outside.n, found.outside.accuracy) == (2, 1.0)


def test_an_empty_part_has_no_accuracy_to_speak_of() -> None:
    assert part(np.array([True]), np.array([False])).inside.n == 0


def test_crowd_view_counts() -> None:
    said = np.array([0, 1, 1, 2, 0])
    table = PredictionTable(
        split="PrivateTest",
        index=np.arange(5),
        label=np.array([0, 0, 0, 2, 1]),
        probabilities=np.eye(7)[said],
    )
    # same and right; crowd agrees with label, error; error in which the network sides with the
    # crowd; crowd names none; crowd otherwise, error in which it does not side with the crowd.
    found = crowd_view(table, np.array([0, 0, 1, -1, 3], dtype=np.int8))
    assert (found.agrees.n, found.agrees.accuracy) == (2, 0.5)
    assert (found.otherwise.n, found.otherwise.accuracy) == (2, 0.0)
    assert (found.undecided.n, found.undecided.accuracy) == (1, 1.0)
    assert (found.errors, found.errors_otherwise, found.errors_sided) == (3, 2, 1)


@pytest.mark.parametrize("classes", [("angry", "sad", "surprise"), ("sad", "angry", "surprise")])
def test_crowd_view_of_fewer_classes(classes: tuple[str, ...]) -> None:
    table = make_table(n=70, classes=classes)
    crowd = np.random.default_rng(0).integers(-1, 7, 210).astype(np.int8)
    found = crowd_view(table, crowd, classes)
    total = found.agrees.n + found.otherwise.n + found.undecided.n
    assert total == len(table.label)
    assert found.errors == int((predictions(table) != table.label).sum())


def test_oddities() -> None:
    dataset = make_dataset(n=7)
    faces = dataset.faces
    faces[14] = faces[0]  # PrivateTest repeats Training
    faces[15] = faces[8]  # PrivateTest repeats PublicTest
    faces[3] = 9  # blank
    dataset.labels[14], dataset.labels[0] = 1, 2
    dataset.labels[15] = dataset.labels[8]
    found = oddities(dataset)
    assert np.flatnonzero(found.copied).tolist() == [14]
    assert np.flatnonzero(found.contradicted).tolist() == [0, 14]
    assert np.flatnonzero(found.blank).tolist() == [3]
