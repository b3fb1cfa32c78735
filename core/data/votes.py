"""FER+: what ten taggers saw in each image (Barsoum et al. 2016, arXiv:1608.01041)."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from core.data import archives, tables
from core.data.store import VOTE_COLUMNS
from core.errors import DataError
from core.roles import SPLITS

_NAMES = ("anger", "disgust", "fear", "happiness", "sadness", "surprise", "neutral")
"""What FER+ calls each of `core.labels.CLASSES`."""

_EXPRESSIONS = [VOTE_COLUMNS.index(name) for name in _NAMES]
_OTHERS = [place for place in range(len(VOTE_COLUMNS)) if place not in _EXPRESSIONS]


def read(path: Path, splits: np.ndarray) -> np.ndarray:
    """Read FER+ votes (`fer2013new.csv`), whose rows are those of `fer2013.csv`.

    Args:
        path: the CSV file, also as gzip or xz.
        splits: uint8 (N,), the dataset's splits, which the `Usage` column must repeat.

    Returns:
        uint8 (N, 10) in the order of `VOTE_COLUMNS`.

    Raises:
        DataError: if the file is damaged, lacks a column or is about other rows.
    """
    found: list[list[int]] = []
    with archives.readable(path), archives.open_plain(path) as stream:
        for usage, *values in tables.rows(stream, path.name, ("Usage", *VOTE_COLUMNS)):
            where = f"{path.name}: row {len(found) + 1}"
            if len(found) == len(splits):
                raise DataError(f"{path.name}: expected {len(splits):,} rows. Received: more.")
            if usage != (expected := SPLITS[splits[len(found)]]):
                raise DataError(
                    f"{where} does not match the dataset's. Expected Usage {expected}. "
                    f"Received: {usage[:20]!r}."
                )
            if not all(value.isdecimal() and int(value) <= 10 for value in values):
                raise DataError(f"{where}: expected ten counts from 0 to 10.")
            found.append([int(value) for value in values])
    if len(found) != len(splits):
        raise DataError(f"{path.name}: expected {len(splits):,} rows. Received: {len(found):,}.")
    return np.array(found, np.uint8)


def majority(votes: np.ndarray) -> np.ndarray:
    """The crowd's label of each image: the expression with most of the ten votes.

    A tie goes to the earlier class in FER-2013's order, and to an expression before
    contempt, 'unknown' and 'not a face'.

    Args:
        votes: uint8 (n, 10) in the order of `VOTE_COLUMNS`.

    Returns:
        int8 (n,), 0 to 6, or -1 where contempt, 'unknown' or 'not a face' has the most.
    """
    expressions = votes[:, _EXPRESSIONS]
    best = expressions.max(axis=1)
    found = (best > 0) & (best >= votes[:, _OTHERS].max(axis=1))
    return np.where(found, expressions.argmax(axis=1), -1).astype(np.int8)


def distribution(votes: np.ndarray) -> np.ndarray:
    """The share of each expression among an image's votes for one of the seven.

    Args:
        votes: uint8 (n, 10) in the order of `VOTE_COLUMNS`.

    Returns:
        float32 (n, 7); rows sum to 1, or are zero where nobody voted for an expression.
    """
    expressions = votes[:, _EXPRESSIONS].astype(np.float32)
    total = expressions.sum(axis=1, keepdims=True)
    return np.divide(expressions, total, out=np.zeros_like(expressions), where=total > 0)
