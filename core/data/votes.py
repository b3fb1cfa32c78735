"""FER+: what ten taggers saw in each image (Barsoum et al. 2016, arXiv:1608.01041)."""

from __future__ import annotations

import re
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


UNNUMBERED = (
    *(59, 501, 2059, 2171, 2809, 3262, 3931, 4275, 5082, 5274, 5439, 5722, 5881, 6458, 6699),
    *(7172, 7496, 7527, 7629, 8030, 8737, 8856, 9026, 9500, 9673, 9679, 9797, 10023, 10423),
    *(11244, 11286, 11295, 11846, 12289, 12352, 13148, 13402, 13697, 13988, 14148, 14279),
    *(15144, 15835, 15838, 15894, 16540, 17081, 17620, 18337, 19238, 19632, 20222, 20712),
    *(20817, 21817, 21937, 22198, 22314, 22927, 23596, 23894, 24053, 24441, 24891, 25219),
    *(25603, 25909, 26383, 26860, 26897, 28601, 29447, 29557, 30002, 30705, 30981, 31127),
    *(31825, 32662, 32683, 34334, 35121, 35469, 35632, 35743),
)
"""Rows of `fer2013.csv` whose image FER+ threw out and left out of its numbering: image names
count the others, `fer0035801.png` being row 35,886. (Read off `fer2013new.csv`.)"""

ROWS = 35_887
"""Rows of `fer2013.csv`."""

LEAST_AGREEMENT = 0.5
"""Share of images whose FER+ majority must be their label. It is 64 % in FER+, and 18 % where
its rows are shifted by one."""

_IN_PLACE = 0.99


def read(path: Path, splits: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Read FER+ votes (`fer2013new.csv`) and join them to the rows of `fer2013.csv`.

    Rows find their image by its name; where there are no names, a file of all rows counts as
    being in their order. Either way the votes must agree with the labels.

    Args:
        path: the CSV file, also as gzip or xz.
        splits: uint8 (N,), the dataset's splits, which the `Usage` column must repeat.
        labels: uint8 (N,), the dataset's labels.

    Returns:
        uint8 (N, 10) in the order of `VOTE_COLUMNS`; zeros for images without votes.

    Raises:
        DataError: if the file is damaged, lacks a column or is about other images.
    """
    usages: list[int] = []
    names: list[int] = []
    ballots: list[list[int]] = []
    with archives.readable(path), archives.open_plain(path) as stream:
        columns = ("Usage", *VOTE_COLUMNS)
        for usage, *values, name in tables.rows(stream, path.name, columns, ("Image name",)):
            where = f"{path.name}: row {len(ballots) + 1}"
            if len(ballots) == len(splits):
                raise DataError(
                    f"{path.name}: expected {len(splits):,} rows at most. Received: more."
                )
            if usage not in SPLITS:
                raise DataError(
                    f"{where}: expected Usage to be one of {', '.join(SPLITS)}. "
                    f"Received: {tables.received(usage)}."
                )
            if not all(re.fullmatch("[0-9]|10", value) for value in values):
                raise DataError(f"{where}: expected ten counts from 0 to 10.")
            usages.append(SPLITS.index(usage))
            names.append(_image_number(name))
            ballots.append([int(value) for value in values])
    rows = _rows(np.array(names, np.int64), np.array(usages, np.int64), splits, path.name)
    placed = rows >= 0
    given = np.array(ballots, np.uint8).reshape(-1, len(VOTE_COLUMNS))[placed]
    votes = np.zeros((len(splits), len(VOTE_COLUMNS)), np.uint8)
    votes[rows[placed]] = given
    # Copies of FER+ that were put together anew have a few names twice.
    if (votes[rows[placed]] != given).any(axis=1).sum() > len(splits) // 1000:
        raise DataError(f"{path.name} gives an image two different votes. Expected one row each.")
    _check_agreement(votes, labels, path.name)
    return votes


def _image_number(name: str) -> int:
    """The number in `fer0000123.png`; -1 without one."""
    found = re.search(r"(\d{1,9})\.\w+$", name)
    return int(found[1]) if found else -1


def _rows(names: np.ndarray, usages: np.ndarray, splits: np.ndarray, file: str) -> np.ndarray:
    """The row of the dataset of each row of votes, int64; -1 for one that belongs to none."""
    count, named = len(splits), names >= 0
    by_number = np.delete(np.arange(count), UNNUMBERED if count == ROWS else [])
    known = named & (names < len(by_number))
    rows = np.where(known, by_number[names.clip(0, len(by_number) - 1)], -1)
    if len(names) == count and (
        not named.any() or (rows == np.arange(count))[named].mean() >= _IN_PLACE
    ):
        rows, known = np.arange(count), np.ones(count, bool)  # rows without a name stay too
    elif not named.any():
        raise DataError(
            f"{file}: expected {count:,} rows, or a column Image name that says which images "
            f"these are. Received: {len(names):,} rows without one."
        )
    if (named & ~known).any():
        wrong = int(np.flatnonzero(named & ~known)[0])
        raise DataError(
            f"{file}: row {wrong + 1} names an image that FER+ does not have: number "
            f"{names[wrong]:,}."
        )
    other = known & (usages != splits[rows])
    if other.any():
        wrong = int(np.flatnonzero(other)[0])
        raise DataError(
            f"{file}: row {wrong + 1} does not match the dataset's. Expected Usage "
            f"{SPLITS[splits[rows[wrong]]]}. Received: {SPLITS[usages[wrong]]}."
        )
    return rows


def _check_agreement(votes: np.ndarray, labels: np.ndarray, file: str) -> None:
    """Raise `DataError` where the crowd saw other images."""
    crowd = majority(votes)
    asked = crowd >= 0
    agreement = float((crowd == labels)[asked].mean()) if asked.any() else 0.0
    if agreement < LEAST_AGREEMENT:
        raise DataError(
            f"{file}: the votes are those of other images: the crowd's majority is the label of "
            f"{agreement:.0%} of {int(asked.sum()):,} images. Expected about 64%. Its rows may "
            "be shifted or sorted anew: give the file with the column Image name, as FER+ has it."
        )


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
