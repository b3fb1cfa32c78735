"""A recipe's own division of Training, for networks that choose their epoch within it.

FER-2013 has its own splits, and PublicTest and PrivateTest stay whatever a recipe does
here: what is divided is Training alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from core.data.audit import groups
from core.data.store import Split
from core.errors import DataError

VALIDATION = "TrainingValidation"
"""Name of the part of Training that chooses the epoch."""

TEST = "TrainingTest"
"""Name of the part of Training that is only measured."""


class Division(BaseModel):
    """How Training is divided.

    Attributes:
        validation: share of Training that chooses the epoch.
        test: share of Training that is kept for a number of its own.
        seed: of the draw. It is apart from the recipe's seed, so that runs from other
            seeds learn from the same images.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    validation: float = Field(gt=0, lt=1)
    test: float = Field(gt=0, lt=1)
    seed: int = Field(ge=0)

    @model_validator(mode="after")
    def _leaves_most(self) -> Self:
        if self.validation + self.test > 0.5:
            raise ValueError(
                "validation and test: expected at most half of Training together. "
                f"Received: {self.validation + self.test:g}"
            )
        return self

    @property
    def training(self) -> float:
        """Share of Training that is learned from."""
        return 1 - self.validation - self.test


@dataclass(frozen=True)
class Parts:
    """The parts of a divided split, each in the order of the whole."""

    training: Split
    validation: Split
    test: Split


def divide(whole: Split, division: Division) -> Parts:
    """Divide a split by class, copies together.

    Images equal in every pixel land in the same part, so that no test image has a copy
    among those that are learned from; each class is divided in the wanted shares to
    within a few images.

    Args:
        whole: Training, of all classes.
        division: shares and seed.

    Raises:
        DataError: if a part would be empty.
    """
    group = groups(whole.faces)
    size = np.bincount(group, minlength=len(group))
    rng = np.random.default_rng(division.seed)
    part = np.zeros(len(group), np.uint8)
    for label in np.unique(whole.labels):
        # The first image of a group stands for its copies, whatever their labels are.
        firsts = np.flatnonzero((size > 0) & (whole.labels == label))
        firsts = firsts[rng.permutation(len(firsts))]
        reached = np.cumsum(size[firsts])
        images = int((whole.labels == label).sum())
        test, both = (
            round(share * images) for share in (division.test, division.test + division.validation)
        )
        part[firsts[reached <= both]] = 1
        part[firsts[reached <= test]] = 2
    of_image = part[group]
    found = [np.flatnonzero(of_image == place) for place in range(3)]
    if not all(len(rows) for rows in found):
        raise DataError(
            "data.split: expected images in every part. Received: "
            f"{', '.join(str(len(rows)) for rows in found)} of {len(group)}."
        )
    training, validation, test_part = (whole.take(rows) for rows in found)
    return Parts(training, validation, test_part)
