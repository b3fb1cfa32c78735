"""`results/<id>/folds.json`: a recipe trained k times, each time without another part.

Training and PublicTest together are divided; PrivateTest takes no part in anything. A fold's
score chose its epoch too, so it flatters the network a little; what it tells is how far the
choice of training images moves it.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Final, Literal

import numpy as np
from pydantic import Field

from core import paths
from core.data.store import Dataset
from core.records import Count, Document, Made, Record, Share
from core.roles import REPORT, SELECTION, SPLITS, TRAINING
from core.schema import SCHEMA_VERSION

FILE: Final = "folds.json"

Interval = tuple[float, float]


class Fold(Record):
    """One training: how many images it was selected on, and how right it was on them."""

    fold: Annotated[int, Field(ge=1)]
    images: Count
    accuracy: Share
    epochs: Count
    best_epoch: Count


class Folds(Document):
    """`results/<id>/folds.json`; `folds` may be fewer than `of` while they are trained."""

    schema_version: Literal[1] = SCHEMA_VERSION
    model: str
    of: Annotated[int, Field(ge=2)]
    folds: Annotated[list[Fold], Field(min_length=1)]
    made: Made

    @property
    def mean(self) -> float:
        """Mean accuracy over the folds."""
        return float(np.mean([fold.accuracy for fold in self.folds]))

    @property
    def range(self) -> Interval:
        """Least and largest accuracy of a fold."""
        found = [fold.accuracy for fold in self.folds]
        return min(found), max(found)


def folds_file(model_id: str) -> Path:
    """Where a network's folds stand."""
    return paths.results() / model_id / FILE


def divided(dataset: Dataset, of: int, fold: int) -> Dataset:
    """The dataset with one fold of Training and PublicTest as the selection split.

    Every class is dealt out evenly, in one random order that is the same for every recipe.

    Args:
        dataset: FER-2013.
        of: number of folds, 2 or more.
        fold: which one, 1 to `of`.

    Returns:
        The same images; those of the report split stay there.
    """
    if of < 2 or not 1 <= fold <= of:
        raise ValueError(f"Expected a fold of 1 to {of}, of two or more. Received: {fold}.")
    splits = dataset.splits.copy()
    rng = np.random.default_rng(0)
    taken = dataset.splits != SPLITS.index(REPORT)
    for label in np.unique(dataset.labels):
        rows = rng.permutation(np.flatnonzero(taken & (dataset.labels == label)))
        held = np.arange(len(rows)) % of == fold - 1
        splits[rows[held]] = SPLITS.index(SELECTION)
        splits[rows[~held]] = SPLITS.index(TRAINING)
    return replace(dataset, splits=splits)
