"""Sets of answers that hold the right one as often as stated: split conformal prediction.

A set holds every class whose probability p is high enough: 1 - p at most a threshold,
which is the ceil((n + 1) level) / n quantile of 1 - p(true class) over the n images of
the selection split. Images that are exchangeable with those then have their true class in
the set with probability `level` or more (Vovk, Gammerman and Shafer 2005, "Algorithmic
Learning in a Random World"; Sadinle, Lei and Wasserman 2019, "Least Ambiguous Set-Valued
Classifiers with Bounded Error Levels", arXiv:1609.00451). A threshold for every class,
from its own images, gives each class its coverage (Vovk 2012, arXiv:1209.2673).

The selection split has chosen the epoch too, so coverage is checked on the report split.
Nothing is promised for photos that are unlike FER-2013.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from core.errors import ResultsError
from core.evaluation.metrics import wilson
from core.schema import PredictionTable

LEVELS: Final = (0.8, 0.9, 0.95)
"""Stated coverages to choose from."""


@dataclass(frozen=True, eq=False)
class SetRule:
    """Which classes of an image its set holds.

    Attributes:
        level: stated coverage, 0 to 1.
        least: float64 (C,), least probability with which each class is in a set; 0 for a
            class with too few images to leave any out.
        by_class: whether every class has a threshold of its own.
    """

    level: float
    least: np.ndarray
    by_class: bool

    def members(self, probabilities: np.ndarray) -> np.ndarray:
        """The sets of images.

        A set is never empty: where no class is probable enough it holds the most
        probable one, which can only raise the coverage.

        Args:
            probabilities: (n, C) as the network gives them, without temperature.

        Returns:
            bool (n, C).
        """
        values = np.asarray(probabilities, dtype=np.float64)
        inside = values >= self.least
        if len(values):
            inside[np.arange(len(values)), values.argmax(axis=1)] = True
        return inside


def calibrate(table: PredictionTable, level: float, by_class: bool = False) -> SetRule:
    """Find the rule of a network.

    Args:
        table: its predictions on the selection split.
        level: stated coverage, between 0 and 1.
        by_class: a threshold for every class instead of one for all.

    Raises:
        ResultsError: if the table is empty.
    """
    if not 0 < level < 1:
        raise ValueError(f"Expected a level between 0 and 1. Received: {level}.")
    if not len(table.label):
        raise ResultsError(f"{table.split}: expected images to calibrate sets on. Received: none.")
    classes = table.probabilities.shape[1]
    true = table.probabilities[np.arange(len(table.label)), table.label].astype(np.float64)
    if by_class:
        least = [_least(true[table.label == place], level) for place in range(classes)]
    else:
        least = [_least(true, level)] * classes
    return SetRule(level, np.asarray(least), by_class)


def _least(true: np.ndarray, level: float) -> float:
    """The ceil((n + 1) level)-th largest probability of the true class; 0 beyond the last."""
    rank = int(np.ceil((len(true) + 1) * level - 1e-9))
    return float(np.sort(true)[::-1][rank - 1]) if rank <= len(true) else 0.0


@dataclass(frozen=True, eq=False)
class SetCheck:
    """Sets of one network on labelled images.

    Attributes:
        n: images.
        covered: those whose set holds the true class.
        sizes: int64 (C,), images whose set holds 1, 2, ... C classes.
        class_n: int64 (C,), images of each true class.
        class_covered: int64 (C,), those of them that are covered.
        class_size: float64 (C,), mean size of the sets of each true class, NaN without any.
    """

    n: int
    covered: int
    sizes: np.ndarray
    class_n: np.ndarray
    class_covered: np.ndarray
    class_size: np.ndarray

    @property
    def coverage(self) -> float:
        """Share of the images whose set holds the true class."""
        return self.covered / self.n if self.n else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """95% interval of `coverage`."""
        return wilson(self.covered, self.n)

    @property
    def mean_size(self) -> float:
        """Mean number of classes in a set."""
        return float(self.sizes @ np.arange(1, len(self.sizes) + 1) / max(self.n, 1))

    @property
    def single(self) -> float:
        """Share of sets with one class only."""
        return float(self.sizes[0] / max(self.n, 1))


def check(rule: SetRule, table: PredictionTable) -> SetCheck:
    """Measure the coverage and the size of sets on labelled images.

    Args:
        rule: of the same network.
        table: its predictions on other images than those the rule comes from.
    """
    inside = rule.members(table.probabilities)
    classes = inside.shape[1]
    size = inside.sum(axis=1)
    covered = inside[np.arange(len(inside)), table.label]
    count = np.bincount(table.label, minlength=classes)
    with np.errstate(invalid="ignore"):
        class_size = np.bincount(table.label, weights=size, minlength=classes) / count
    return SetCheck(
        n=len(inside),
        covered=int(covered.sum()),
        sizes=np.bincount(size, minlength=classes + 1)[1:],
        class_n=count,
        class_covered=np.bincount(table.label[covered], minlength=classes),
        class_size=class_size,
    )
