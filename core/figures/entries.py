"""What figures of several networks take: one entry a network, numbers and a name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.schema import History


@dataclass(frozen=True)
class Curve:
    """A network's learning curves; `seeds` are those of further runs of its recipe."""

    id: str
    title: str
    history: History
    seeds: Sequence[History] = ()


@dataclass(frozen=True)
class Matrix:
    """A network's confusion matrix: counts (C, C), rows true, in the order of `classes`."""

    id: str
    title: str
    confusion: np.ndarray | Sequence[Sequence[int]]
    classes: Sequence[str]


@dataclass(frozen=True)
class Score:
    """A network's score with its interval, shares in [0, 1]."""

    id: str
    title: str
    value: float
    low: float
    high: float
