"""From any copy of FER-2013 to a `Dataset` in the row order of `fer2013.csv`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from core.data import label_order, matching, sources, votes
from core.data.fingerprint import SIDE, Reference, fingerprints
from core.data.matching import Placement
from core.data.store import Dataset
from core.data.vocabularies import Order
from core.errors import DataError
from core.roles import SPLITS

MIN_MATCHED = 0.9
"""Below this share of known images it is another dataset."""


@dataclass(frozen=True)
class Imported:
    """An imported dataset and how its images found their rows.

    Attributes:
        dataset: in the row order of `fer2013.csv`.
        placement: where its images belong.
        left_out: number of images in folders whose name is no class, by that name.
    """

    dataset: Dataset
    placement: Placement
    left_out: Counter[str] = field(default_factory=Counter)


def import_dataset(
    path: Path,
    votes_path: Path | None = None,
    reference: Reference | None = None,
    progress: Callable[[int], None] = lambda done: None,
    order: Order = label_order.BY_DEFAULT,
) -> Imported:
    """Read FER-2013 from `path` and put it into the row order of `fer2013.csv`.

    Args:
        path: a CSV file (plain, xz, gzip), a zip or tar archive, or a folder.
        votes_path: FER+ votes, or None.
        reference: the rows to expect; those that the project carries by default.
        progress: called with the number of images read so far.
        order: what numbers mean where labels are numbers.

    Raises:
        DataError: naming what was expected, if `path` does not hold all of FER-2013, or its
            labels are those of another order.
    """
    reference = reference or Reference.read()
    left_out: Counter[str] = Counter()
    faces, labels, splits = _read(path, len(reference), progress, order, left_out)
    _check_sizes(path, splits, reference, left_out)
    placement = matching.place(fingerprints(faces), labels, splits, reference)
    if placement.matched < MIN_MATCHED * len(reference):
        raise DataError(
            f"{path} is not FER-2013: {placement.matched:,} of its {len(reference):,} images "
            f"are known. Expected at least {MIN_MATCHED:.0%}."
        )
    label_order.check(path, labels, reference.labels[placement.rows])
    sorting = np.argsort(placement.rows)
    faces, labels = faces[sorting], labels[sorting]
    crowd = None if votes_path is None else votes.read(votes_path, reference.splits, labels)
    return Imported(Dataset(faces, labels, reference.splits, crowd), placement, left_out)


def _read(
    path: Path,
    expected: int,
    progress: Callable[[int], None],
    order: Order,
    left_out: Counter[str],
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Faces uint8 (n, 48, 48), labels uint8 (n,) and splits int8 (n,), in the source's order."""
    faces = np.empty((expected, SIDE, SIDE), np.uint8)
    labels = np.empty(expected, np.uint8)
    splits = np.empty(expected, np.int8)
    done = 0
    for record in sources.records(path, order, left_out):
        if done == expected:
            raise DataError(
                f"{path} holds more than FER-2013. Expected {expected:,} images. Received: more."
            )
        faces[done], labels[done], splits[done] = record.face, record.label, record.split
        done += 1
        progress(done)
    return faces[:done], labels[:done], splits[:done]


def _check_sizes(
    path: Path, splits: np.ndarray, reference: Reference, left_out: Counter[str]
) -> None:
    """Raise `DataError` unless every split has as many images as in the reference."""
    expected = ", ".join(
        f"{name} {size:,}" for name, size in zip(SPLITS, reference.sizes, strict=True)
    )
    if (splits < 0).any():
        if len(splits) != len(reference):
            raise DataError(
                f"{path} is not all of FER-2013. Expected {len(reference):,} images "
                f"({expected}). Received: {len(splits):,}." + sources.left_out_sentence(left_out)
            )
        return
    sizes = np.bincount(splits, minlength=len(SPLITS))
    if tuple(sizes) != reference.sizes:
        received = ", ".join(f"{name} {size:,}" for name, size in zip(SPLITS, sizes, strict=True))
        raise DataError(
            f"{path} is not all of FER-2013. Expected {expected} images. Received: {received}."
            + sources.left_out_sentence(left_out)
        )
