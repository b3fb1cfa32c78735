"""Anything that has named the images of a split: a network, an ensemble, somebody's file.

The confusion and comparison pages treat all of them alike. What one of them lacks (single
predictions, mean faces) is None, so that the others keep what they have.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.errors import ResultsError
from core.evaluation.cells import Cells
from core.evaluation.metrics import restrict, table_confusion
from core.evaluation.results import NetworkResults, SplitBadge, split_badge
from core.labels import CLASSES
from core.schema import Agreement, PredictionTable
from core.text import _


@dataclass(frozen=True)
class Measured:
    """One classifier on one split.

    Attributes:
        id: short and unique; stands in the address.
        title: what to call it.
        split: name of the split, or "" where it is not known.
        classes: names in the order of the matrix's rows.
        matrix: int64 (C, C), rows true.
        table: its predictions, or None where only the matrix is known.
        located: whether `table.index` says which images of FER-2013 these are.
        cells: mean faces and maps of the matrix's cells, or None.
        crowd: agreement with the FER+ majority on all `classes`, or None.
        notes: sentences on what was assumed or left out when it was read from a file.
        order: id of the order by which a file's class numbers were read; "" without numbers.
    """

    id: str
    title: str
    split: str
    classes: tuple[str, ...]
    matrix: np.ndarray
    table: PredictionTable | None = None
    located: bool = True
    cells: Cells | None = None
    crowd: Agreement | None = None
    notes: tuple[str, ...] = ()
    order: str = ""

    @property
    def badge(self) -> SplitBadge:
        """What the row sums say about the split."""
        return split_badge(self.split, self.matrix, list(self.classes))

    @property
    def n(self) -> int:
        """Number of images."""
        return int(self.matrix.sum())


def of_table(
    id: str, title: str, table: PredictionTable, classes: Sequence[str] = CLASSES
) -> Measured:
    """Something known by its predictions."""
    return Measured(id, title, table.split, tuple(classes), table_confusion(table), table)


def of_network(item: NetworkResults, split: str) -> Measured | None:
    """A network on a split, or None where it was not measured there."""
    if not item.usable or (scores := item.split(split)) is None:
        return None
    cells = item.cells.get(split)
    matrix = np.array(scores.confusion, dtype=np.int64)
    if cells is not None and not np.array_equal(cells.count, matrix):
        cells = None
    return Measured(
        id=item.id,
        title=item.title,
        split=split,
        classes=tuple(item.classes),
        matrix=matrix,
        table=item.tables.get(split),
        cells=cells,
        crowd=item.metrics.crowd if split == item.metrics.report.split else None,
    )


def shared_classes(items: Iterable[Measured]) -> tuple[str, ...]:
    """The classes that all know, in FER-2013's order, unknown names last."""
    lists = [item.classes for item in items]
    if not lists:
        return ()
    common = set(lists[0]).intersection(*lists[1:])
    order = [*CLASSES, *(name for name in lists[0] if name not in CLASSES)]
    return tuple(name for name in order if name in common)


def restricted(item: Measured, classes: Sequence[str]) -> Measured:
    """The same as if only `classes` existed: their images, probabilities rescaled to sum to 1.

    Mean faces and crowd agreement belong to all classes and are dropped.

    Raises:
        ResultsError: if it does not know one of the classes, or its single predictions are
            not there to be rescaled.
    """
    if tuple(classes) == item.classes:
        return item
    if item.table is None:
        raise ResultsError(
            _(
                "{title}: only the whole matrix is known, so it cannot be narrowed to some of "
                "its classes."
            ).format(title=item.title)
        )
    table = restrict(item.table, classes, item.classes)
    return replace(
        item,
        classes=tuple(classes),
        matrix=table_confusion(table),
        table=table,
        cells=None,
        crowd=None,
    )
