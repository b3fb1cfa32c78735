"""How many images of each class the splits of FER-2013 hold.

A confusion matrix whose row sums match none of these was measured on something else.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.labels import CLASSES
from core.roles import REPORT, SELECTION, TRAINING

SUPPORTS: dict[str, tuple[int, ...]] = {
    TRAINING: (3995, 436, 4097, 7215, 4830, 3171, 4965),
    SELECTION: (467, 56, 496, 895, 653, 415, 607),
    REPORT: (491, 55, 528, 879, 594, 416, 626),
    "test": (958, 111, 1024, 1774, 1247, 831, 1233),
}
"""Images by class in the order of `core.labels.CLASSES`. `test` is the folder of the image
version: PublicTest and PrivateTest together."""

TOLERANCE = 1
"""Copies of the dataset differ by a label or so; a class may be off by this many."""


def support(split: str, classes: Sequence[str] = CLASSES) -> tuple[int, ...]:
    """Images of each of `classes` in a split of `SUPPORTS`."""
    return tuple(SUPPORTS[split][CLASSES.index(name)] for name in classes)


def recognise(row_sums: Sequence[int] | np.ndarray, classes: Sequence[str] = CLASSES) -> str | None:
    """The split with these supports, each class within `TOLERANCE`; None if there is none.

    Args:
        row_sums: images of each true class, in the order of `classes`.
        classes: class names; with one that FER-2013 does not have, the answer is None.
    """
    found = np.asarray(row_sums, dtype=np.int64)
    if not classes or len(found) != len(classes) or not set(classes) <= set(CLASSES):
        return None
    gaps = {split: np.abs(found - support(split, classes)) for split in SUPPORTS}
    nearest = min(gaps, key=lambda split: int(gaps[split].sum()))
    return nearest if gaps[nearest].max() <= TOLERANCE else None
