"""Single images of a prediction table: those of a cell, in an order, found in another table."""

from __future__ import annotations

from typing import Literal

import numpy as np

from core.evaluation.metrics import predictions
from core.schema import PredictionTable

Order = Literal["surest", "unsurest", "row"]
ORDERS: tuple[Order, ...] = ("surest", "unsurest", "row")


def cell_rows(
    table: PredictionTable, true: int, predicted: int, order: Order = "surest"
) -> np.ndarray:
    """Positions in the table of a cell's images, int64 (m,).

    Args:
        table: predictions.
        true: the images' class.
        predicted: what they were called.
        order: by the probability of the predicted class, falling or rising, or by row of
            the dataset.
    """
    found = np.flatnonzero((table.label == true) & (predictions(table) == predicted))
    keys = {
        "surest": -table.probabilities[found, predicted],
        "unsurest": table.probabilities[found, predicted],
        "row": table.index[found],
    }
    return found[np.argsort(keys[order], kind="stable")]


def rows_of(table: PredictionTable, index: np.ndarray) -> np.ndarray:
    """Position in the table of each image of the dataset, int64 (m,); -1 where it has none."""
    if not len(table.index):
        return np.full(len(index), -1)
    order = np.argsort(table.index)
    place = np.searchsorted(table.index, index, sorter=order).clip(max=len(order) - 1)
    return np.where(table.index[order[place]] == index, order[place], -1)
