"""The imported dataset: one compact file with every image, label, split and crowd vote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from core import paths
from core.errors import DataError
from core.files import atomic_write, read_arrays
from core.labels import CLASSES
from core.roles import SPLITS

VOTE_COLUMNS: tuple[str, ...] = (
    *("neutral", "happiness", "surprise", "sadness", "anger"),
    *("disgust", "fear", "contempt", "unknown", "NF"),
)


@dataclass(frozen=True)
class Split:
    """One split of the dataset, in the row order of `fer2013.csv`.

    Attributes:
        index: int64 (n,), row of each image in the whole dataset.
        faces: uint8 (n, 48, 48).
        labels: uint8 (n,), 0 to 6 in the order of `core.labels.CLASSES`.
        votes: uint8 (n, 10) FER+ votes in the order of `VOTE_COLUMNS`, or None.
    """

    index: np.ndarray
    faces: np.ndarray
    labels: np.ndarray
    votes: np.ndarray | None

    def take(self, rows: np.ndarray | slice) -> Split:
        """Some of the images, in the order of `rows`."""
        votes = None if self.votes is None else self.votes[rows]
        return Split(self.index[rows], self.faces[rows], self.labels[rows], votes)

    def only(self, classes: Sequence[str]) -> Split:
        """The images of `classes`, labels renumbered to their order."""
        if tuple(classes) == CLASSES:
            return self
        new = np.full(len(CLASSES), len(CLASSES), np.uint8)
        new[[CLASSES.index(name) for name in classes]] = range(len(classes))
        kept = self.take(np.flatnonzero(new[self.labels] < len(CLASSES)))
        return replace(kept, labels=new[kept.labels])


@dataclass(frozen=True)
class Dataset:
    """FER-2013 in the row order of `fer2013.csv`.

    Attributes:
        faces: uint8 (N, 48, 48).
        labels: uint8 (N,), 0 to 6.
        splits: uint8 (N,), index into `SPLITS`.
        votes: uint8 (N, 10) FER+ votes in the order of `VOTE_COLUMNS`, or None.
    """

    faces: np.ndarray
    labels: np.ndarray
    splits: np.ndarray
    votes: np.ndarray | None = None

    def split(self, name: str) -> Split:
        """The images of one split. Raises `DataError` for an unknown name."""
        if name not in SPLITS:
            raise DataError(f"Expected a split among {', '.join(SPLITS)}. Received: {name}.")
        index = np.flatnonzero(self.splits == SPLITS.index(name))
        votes = None if self.votes is None else self.votes[index]
        return Split(index, self.faces[index], self.labels[index], votes)


def save(dataset: Dataset, path: Path | None = None) -> Path:
    """Write the dataset atomically to `path` (default: `core.paths.data()`)."""
    path = path or paths.data()
    arrays = {"faces": dataset.faces, "labels": dataset.labels, "splits": dataset.splits}
    if dataset.votes is not None:
        arrays["votes"] = dataset.votes
    with atomic_write(path) as stream:
        np.savez(stream, allow_pickle=False, **arrays)
    return path


def is_available(path: Path | None = None) -> bool:
    """Whether an imported dataset is there."""
    return (path or paths.data()).is_file()


def load(path: Path | None = None) -> Dataset:
    """Read the imported dataset.

    Raises:
        DataError: if it is missing or damaged; the message says how to import it.
    """
    path = path or paths.data()
    hint = "Import FER-2013 with: python -m core data import PATH."
    if not path.is_file():
        raise DataError(f"No dataset at {path}. {hint}")
    try:
        arrays = read_arrays(path, DataError)
        return _checked(path, arrays)
    except DataError as error:
        raise DataError(f"{error} {hint}") from error


def _checked(path: Path, arrays: dict[str, np.ndarray]) -> Dataset:
    """The dataset of these arrays. Raises `DataError` for what does not fit together."""
    n = len(arrays["labels"]) if arrays.get("labels", np.array(0)).ndim else 0
    expected = {
        "faces": ((n, 48, 48), 255),
        "labels": ((n,), len(CLASSES) - 1),
        "splits": ((n,), len(SPLITS) - 1),
        "votes": ((n, len(VOTE_COLUMNS)), 255),
    }
    for name, (shape, largest) in expected.items():
        array = arrays.get(name)
        if array is None and name == "votes":
            continue
        if array is None:
            raise DataError(f"{path} is damaged: {name} is missing.")
        if array.dtype != np.uint8 or array.shape != shape or (n and array.max() > largest):
            raise DataError(
                f"{path} is damaged: {name}: expected uint8 {shape} up to {largest}. "
                f"Received: {array.dtype} {array.shape}."
            )
    return Dataset(arrays["faces"], arrays["labels"], arrays["splits"], arrays.get("votes"))
