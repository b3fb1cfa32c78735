"""Ten faces to guess, and what the networks said about the same ten.

With the dataset the faces are images of the report split. Without it they are mean faces
of cells of one network's matrix: averages over all images with one label to which that
network gave one answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.data.store import Dataset
from core.evaluation.cells import Cells
from core.evaluation.metrics import predictions
from core.labels import CLASSES
from core.roles import REPORT
from core.schema import PredictionTable

QUESTIONS = 10


@dataclass(frozen=True)
class Question:
    """One face.

    Attributes:
        face: uint8 (48, 48).
        label: name of its class.
        rows: int64 (k,), the images of FER-2013 it shows: one, or those of a mean.
    """

    face: np.ndarray
    label: str
    rows: np.ndarray


def from_dataset(
    dataset: Dataset, seed: int, split: str = REPORT, count: int = QUESTIONS
) -> list[Question]:
    """Draw images: every class once as far as `count` allows, the rest by chance.

    Blank images are left out. Equal seeds give equal faces in equal order.
    """
    part = dataset.split(split)
    pixels = part.faces.reshape(len(part.faces), -1)
    usable = np.flatnonzero(pixels.max(axis=1) > pixels.min(axis=1))
    chosen = _balanced(part.labels[usable], seed, count)
    return [
        Question(part.faces[row], CLASSES[part.labels[row]], part.index[[row]])
        for row in usable[chosen]
    ]


def from_cells(
    cells: Cells,
    table: PredictionTable,
    classes: Sequence[str],
    seed: int,
    count: int = QUESTIONS,
) -> list[Question]:
    """Draw mean faces of a network's cells: every class once as far as there are any.

    Within a class a cell is drawn in proportion to its images. Fewer than `count` where
    there are not as many cells with a mean.

    Args:
        cells: of the network on one split.
        table: its predictions on that split.
        classes: its classes.
        seed: equal seeds give equal faces.
        count: how many.
    """
    there = [
        (true, said) for true, said in np.ndindex(cells.count.shape) if cells.has_mean(true, said)
    ]
    weights = np.array([cells.count[cell] for cell in there], dtype=np.float64)
    labels = np.array([true for true, _said in there], dtype=np.int64)
    said = predictions(table)
    return [
        Question(
            cells.face[there[place]],
            classes[there[place][0]],
            table.index[(table.label == there[place][0]) & (said == there[place][1])],
        )
        for place in _balanced(labels, seed, count, weights)
    ]


def _balanced(
    labels: np.ndarray, seed: int, count: int, weights: np.ndarray | None = None
) -> np.ndarray:
    """Positions without repetition: one a label first, then any, in mixed order."""
    generator = np.random.default_rng(seed)
    weights = np.ones(len(labels)) if weights is None else weights
    chosen: list[int] = []
    for label in generator.permutation(np.unique(labels)):
        members = np.flatnonzero(labels == label)
        odds = weights[members] / weights[members].sum()
        chosen.append(int(generator.choice(members, p=odds)))
    rest = np.setdiff1d(np.arange(len(labels)), chosen)
    more = min(max(count - len(chosen), 0), len(rest))
    if more:
        odds = weights[rest] / weights[rest].sum()
        chosen.extend(generator.choice(rest, size=more, replace=False, p=odds).tolist())
    return generator.permutation(np.array(chosen[:count], dtype=np.int64))


@dataclass(frozen=True)
class Reply:
    """What a network said about one face.

    Attributes:
        name: the class.
        share: share of the face's images that it called so; 1 for a single image.
    """

    name: str
    share: float


def reply(question: Question, table: PredictionTable, classes: Sequence[str]) -> Reply | None:
    """A network's answer, the most frequent one where the face shows several images.

    None where the network was measured on none of them.
    """
    rows = np.isin(table.index, question.rows)
    if not rows.any():
        return None
    said = np.bincount(predictions(table)[rows], minlength=len(classes))
    best = int(said.argmax())
    return Reply(classes[best], float(said[best] / said.sum()))
