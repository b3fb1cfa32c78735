"""`results/study_<name>.json`: what single changes of one recipe make of its network.

Every variant differs from the plain recipe in one thing and was trained from the same seeds,
so its effect is the mean difference to the plain recipe's runs, with an interval over seeds.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final, Literal

import numpy as np
from pydantic import Field
from scipy.special import stdtrit

from core import paths
from core.evaluation.metrics import CONFIDENCE
from core.records import Count, Document, Made, Record, Share
from core.schema import SCHEMA_VERSION

CONDITIONS: Final = ("gaussian_noise_2", "gaussian_blur_4", "jpeg_3")
"""Corruptions under which the runs are asked too: noise of 10 grey levels, blur of 2 pixels and
JPEG quality 30."""

Score = Literal["accuracy", "macro_f1", "changed"]
SCORES: Final[tuple[Score, ...]] = ("accuracy", "macro_f1", "changed")


class StudyRun(Record):
    """One training run.

    Attributes:
        seed: it was trained from.
        selection_accuracy: on the split that chose the epoch.
        accuracy: on the report split, as `macro_f1`.
        changed: mean accuracy on the report split under `CONDITIONS`.
        epochs: trained, of which `best_epoch` was kept.
        hardware: it was trained on.
    """

    seed: Count
    selection_accuracy: Share
    accuracy: Share
    macro_f1: Share
    changed: Share
    epochs: Count
    best_epoch: Count
    hardware: str


class Variant(Record):
    """A recipe and its runs, by seed."""

    id: str
    runs: Annotated[list[StudyRun], Field(min_length=1)]

    def values(self, score: Score) -> np.ndarray:
        """A score of every run, float64 (n,)."""
        return np.array([getattr(run, score) for run in self.runs], dtype=np.float64)


class Study(Document):
    """`results/study_<name>.json`; the first variant is the plain recipe."""

    schema_version: Literal[1] = SCHEMA_VERSION
    name: str
    split: str
    images: Count
    conditions: list[str]
    variants: Annotated[list[Variant], Field(min_length=1)]
    made: Made


def study_file(name: str) -> Path:
    """Where a study stands."""
    return paths.results() / f"study_{name}.json"


@dataclass(frozen=True)
class Effect:
    """What a change makes of a score: the mean difference and its 95% interval over seeds.

    The ends are NaN where a side has fewer than two runs.
    """

    difference: float
    low: float
    high: float

    @property
    def clear(self) -> bool:
        """Whether the interval leaves 0 out."""
        return self.low > 0 or self.high < 0


def effect(plain: Variant, variant: Variant, score: Score) -> Effect:
    """Welch's interval of the difference of two means (Welch 1947), runs as observations."""
    a, b = variant.values(score), plain.values(score)
    difference = float(a.mean() - b.mean())
    if len(a) < 2 or len(b) < 2:
        return Effect(difference, float("nan"), float("nan"))
    shares = np.array([a.var(ddof=1) / len(a), b.var(ddof=1) / len(b)])
    total = float(shares.sum())
    if not total:
        return Effect(difference, difference, difference)
    freedom = total**2 / float((shares**2 / np.array([len(a) - 1, len(b) - 1])).sum())
    spread = float(stdtrit(freedom, 0.5 + CONFIDENCE / 2) * np.sqrt(total))
    return Effect(difference, difference - spread, difference + spread)
