"""What a report is made of: text, tables and figures as plain numbers.

One outline of blocks is drawn as Markdown, as a web page or as a PDF.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.evaluation.calibration import Reliability
from core.figures.accuracy import Context
from core.figures.entries import Curve, Score


@dataclass(frozen=True)
class Heading:
    """A title; level 1 is the report's own."""

    text: str
    level: int = 2


@dataclass(frozen=True)
class Paragraph:
    """Plain text."""

    text: str


@dataclass(frozen=True)
class Bullets:
    """Plain sentences, one a line."""

    lines: Sequence[str]


@dataclass(frozen=True)
class Table:
    """Texts; the first column names the rows, the others hold numbers."""

    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""


@dataclass(frozen=True)
class Dots:
    """Accuracies with intervals beside what others report."""

    key: str
    scores: Sequence[Score]
    context: Sequence[Context]


@dataclass(frozen=True)
class Heatmap:
    """A confusion matrix, counts (C, C), rows true; cells show shares of the row."""

    key: str
    counts: np.ndarray
    classes: Sequence[str]


@dataclass(frozen=True)
class Diagram:
    """A reliability diagram."""

    key: str
    found: Reliability


@dataclass(frozen=True)
class Curves:
    """Learning curves of some networks."""

    key: str
    runs: Sequence[Curve]


Block = Heading | Paragraph | Bullets | Table | Dots | Heatmap | Diagram | Curves
