"""Faces to guess and the networks' answers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.evaluation.cells import MINIMUM
from core.evaluation.metrics import predictions
from core.evaluation.quiz import QUESTIONS, Question, from_cells, from_dataset, reply
from core.evaluation.results import load
from core.labels import CLASSES
from core.schema import PredictionTable
from tests.factories import make_dataset, make_results, make_table


@pytest.mark.parametrize("seed", range(5))
def test_real_faces_are_of_the_split_and_of_every_class(seed: int) -> None:
    dataset = make_dataset()
    found = from_dataset(dataset, seed)
    assert len(found) == QUESTIONS
    assert {question.label for question in found} == set(CLASSES)
    rows = [int(question.rows[0]) for question in found]
    assert len(set(rows)) == QUESTIONS
    for question, row in zip(found, rows, strict=True):
        assert dataset.splits[row] == 2
        assert CLASSES[dataset.labels[row]] == question.label
        assert (dataset.faces[row] == question.face).all()


def test_equal_seeds_give_equal_faces_and_others_do_not() -> None:
    dataset = make_dataset()
    rows = [[int(q.rows[0]) for q in from_dataset(dataset, seed)] for seed in (1, 1, 2)]
    assert rows[0] == rows[1] != rows[2]


def test_blank_images_are_never_asked() -> None:
    dataset = make_dataset(n=21)
    dataset.faces[42:60] = 7
    rows = {int(q.rows[0]) for q in from_dataset(dataset, 1)}
    assert rows <= {60, 61, 62}


@pytest.mark.parametrize("seed", range(3))
def test_mean_faces_stand_for_the_images_of_their_cell(tmp_path: Path, seed: int) -> None:
    make_results(tmp_path, "net", n=700)
    item = load("net", tmp_path, tmp_path)
    cells, table = item.cells["PrivateTest"], item.tables["PrivateTest"]
    found = from_cells(cells, table, item.classes, seed)
    assert len(found) == QUESTIONS
    assert {question.label for question in found} == set(CLASSES)
    for question in found:
        rows = np.isin(table.index, question.rows)
        assert rows.sum() >= MINIMUM
        (true,) = set(table.label[rows].tolist())
        (said,) = set(predictions(table)[rows].tolist())
        assert CLASSES[true] == question.label
        assert (cells.face[true, said] == question.face).all()
        answer = reply(question, table, item.classes)
        assert answer is not None
        assert (answer.name, answer.share) == (CLASSES[said], 1.0)


def test_fewer_cells_than_questions(tmp_path: Path) -> None:
    make_results(tmp_path, "net", n=70, skill=9)
    item = load("net", tmp_path, tmp_path)
    found = from_cells(item.cells["PrivateTest"], item.tables["PrivateTest"], item.classes, 1)
    assert 0 < len(found) <= 7


def test_reply_is_the_most_frequent_answer() -> None:
    table = PredictionTable(
        split="PrivateTest",
        index=np.array([5, 6, 7, 8]),
        label=np.zeros(4, int),
        probabilities=np.eye(7)[[3, 3, 4, 0]],
    )
    face = np.zeros((48, 48), np.uint8)
    answer = reply(Question(face, "angry", np.array([5, 6, 7])), table, CLASSES)
    assert answer is not None
    assert answer.name == "happy"
    assert answer.share == pytest.approx(2 / 3)
    assert reply(Question(face, "angry", np.array([1, 2])), make_table(n=7), CLASSES) is None
