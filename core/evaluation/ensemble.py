"""Several networks asked together: a weighted mean of their probabilities.

The weights must be found on the selection split and the result quoted on the report
split; weights tuned on the split that is quoted flatter the ensemble.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.errors import ResultsError
from core.evaluation.significance import common_rows
from core.roles import FLOOR
from core.schema import PredictionTable
from core.text import _

ITERATIONS = 500
TOLERANCE = 1e-9


def aligned(tables: Sequence[PredictionTable]) -> list[PredictionTable]:
    """The tables over the images that stand in all of them, in one order.

    Args:
        tables: at least one; of the same classes in the same order.

    Raises:
        ResultsError: if none is given, their numbers of classes differ, they share no
            image, or call one image by different labels.
    """
    if not tables:
        raise ResultsError(_("An ensemble needs at least one network."))
    sizes = {table.probabilities.shape[1] for table in tables}
    if len(sizes) > 1:
        raise ResultsError(_("An ensemble needs networks that know the same classes."))
    first = tables[0]
    for table in tables[1:]:
        rows, _other = common_rows(first, table)
        first = _take(first, rows)
    return [_take(table, common_rows(first, table)[1]) for table in tables]


def _take(table: PredictionTable, rows: np.ndarray) -> PredictionTable:
    return PredictionTable(
        split=table.split,
        index=table.index[rows],
        label=table.label[rows],
        probabilities=table.probabilities[rows],
    )


def combine(tables: Sequence[PredictionTable], weights: Sequence[float]) -> PredictionTable:
    """The ensemble's predictions: the weighted mean of the members' probabilities.

    Args:
        tables: the members on one split; see `aligned`.
        weights: one for each, not negative, not all zero; they need not sum to 1.

    Raises:
        ResultsError: as `aligned`, or for impossible weights.
    """
    share = np.asarray(weights, dtype=np.float64)
    if len(share) != len(tables) or not np.isfinite(share).all() or (share < 0).any():
        raise ResultsError(_("An ensemble needs one weight of zero or more for every network."))
    if not share.sum():
        raise ResultsError(_("All weights are zero: give at least one network a weight."))
    members = aligned(tables)
    mixed = np.tensordot(share / share.sum(), [table.probabilities for table in members], axes=1)
    return PredictionTable(
        split=members[0].split,
        index=members[0].index,
        label=members[0].label,
        probabilities=(mixed / mixed.sum(axis=1, keepdims=True)).astype(np.float32),
    )


def fit_weights(tables: Sequence[PredictionTable]) -> np.ndarray:
    """Weights under which the true classes are likeliest.

    The weights of a mixture have one maximum of likelihood, and expectation-maximisation
    climbs to it without a step size (Dempster, Laird and Rubin 1977).

    Args:
        tables: the members on the selection split.

    Returns:
        float64 (members,), not negative, sum 1.

    Raises:
        ResultsError: as `aligned`.
    """
    members = aligned(tables)
    rows = np.arange(len(members[0].label))
    true = np.stack([table.probabilities[rows, table.label] for table in members], axis=1)
    likelihood = np.maximum(true.astype(np.float64), FLOOR)
    weights = np.full(len(members), 1 / len(members))
    for _step in range(ITERATIONS):
        part = likelihood * weights
        better = (part / part.sum(axis=1, keepdims=True)).mean(axis=0)
        if np.abs(better - weights).max() < TOLERANCE:
            return better
        weights = better
    return weights


def percents(tables: Sequence[PredictionTable]) -> list[int]:
    """`fit_weights` in whole percent, as they are shown, set and quoted everywhere.

    They sum to 100 to within rounding; `combine` takes them as they are.
    """
    return [round(100 * weight) for weight in fit_weights(tables)]
