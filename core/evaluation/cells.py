"""Mean face and mean activation map of every cell of the confusion matrix.

They show what the images of a cell have in common without showing any of them, so the
file may be shared where the images may not. A cell of fewer than `MINIMUM` images has no
mean: the mean of one image would be that image.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.errors import ResultsError
from core.files import atomic_write, read_arrays

MINIMUM = 5
"""Cells with fewer images keep their count and lose their pictures."""

_ARRAYS = ("count", "face", "activation")


@dataclass(frozen=True)
class Cells:
    """Averages over the cells of one split, rows true, columns predicted.

    Attributes:
        split: name of the split.
        count: int64 (C, C), images in each cell.
        face: uint8 (C, C, 48, 48), mean face; 0 where `count` is below `MINIMUM`.
        activation: float32 (C, C, h, w) in [0, 1], mean activation map of the predicted
            class, each image's map divided by its own maximum first; 0 likewise.
    """

    split: str
    count: np.ndarray
    face: np.ndarray
    activation: np.ndarray

    def __post_init__(self) -> None:
        size = len(self.count) if self.count.ndim else 0
        shapes = {
            "count": (self.count.shape, (size, size)),
            "face": (self.face.shape, (size, size, 48, 48)),
            "activation": (self.activation.shape[:2], (size, size)),
        }
        for name, (received, expected) in shapes.items():
            if received != expected:
                raise ResultsError(
                    f"{self.split}/{name}: Expected shape {expected}. Received: {received}."
                )

        if self.activation.ndim != 4 or not self.activation.size:
            raise ResultsError(
                f"{self.split}/activation: Expected one map a cell. "
                f"Received: shape {self.activation.shape}."
            )
        if self.face.dtype != np.uint8 or not np.isfinite(self.activation).all():
            raise ResultsError(f"{self.split}: Expected uint8 faces and finite maps.")
        if self.count.min() < 0:
            raise ResultsError(f"{self.split}/count: Expected no negative counts.")

    def has_mean(self, true: int, predicted: int) -> bool:
        """Whether the cell holds enough images for its means to be kept."""
        return bool(self.count[true, predicted] >= MINIMUM)


def relative_maps(maps: np.ndarray) -> np.ndarray:
    """Maps (n, h, w) with negative parts cut and each divided by its own maximum.

    A map without a positive value becomes 0 everywhere. Returns float32 in [0, 1].
    """
    positive = np.maximum(np.asarray(maps, dtype=np.float32), 0)
    peak = positive.max(axis=(1, 2), keepdims=True, initial=0)
    return np.divide(positive, peak, out=np.zeros_like(positive), where=peak > 0)


class CellSums:
    """Collects faces and maps batch by batch and ends in `Cells`."""

    def __init__(self, split: str, size: int) -> None:
        """Start empty for `size` classes."""
        self._split, self._size = split, size
        self._count = np.zeros(size * size, dtype=np.int64)
        self._face = np.zeros((size * size, 48, 48))
        self._activation: np.ndarray | None = None

    def add(
        self, label: np.ndarray, predicted: np.ndarray, faces: np.ndarray, maps: np.ndarray
    ) -> None:
        """Add a batch.

        Args:
            label: integers (n,).
            predicted: integers (n,).
            faces: uint8 (n, 48, 48).
            maps: float (n, C, h, w), one map a class.
        """
        chosen = relative_maps(maps[np.arange(len(predicted)), predicted])
        if self._activation is None:
            self._activation = np.zeros((self._size**2, *chosen.shape[1:]))
        cell = np.asarray(label, dtype=np.int64) * self._size + predicted
        self._count += np.bincount(cell, minlength=self._size**2)
        np.add.at(self._face, cell, faces)
        np.add.at(self._activation, cell, chosen)

    def means(self) -> Cells:
        """The averages of everything added. At least one batch is needed."""
        if self._activation is None:
            raise ResultsError(f"{self._split}: Expected at least one batch. Received: none.")
        square = (self._size, self._size)
        kept = (self._count >= MINIMUM)[:, None, None]
        n = np.maximum(self._count, 1)[:, None, None]
        face = np.where(kept, np.rint(self._face / n), 0).astype(np.uint8)
        activation = np.where(kept, self._activation / n, 0).astype(np.float32)
        return Cells(
            split=self._split,
            count=self._count.reshape(square),
            face=face.reshape(*square, 48, 48),
            activation=activation.reshape(*square, *activation.shape[1:]),
        )


def write_cells(path: Path, cells: list[Cells]) -> None:
    """Write the cells of several splits to one `.npz`, maps as float16, atomically."""
    arrays: dict[str, np.ndarray] = {}
    for split in cells:
        arrays[f"{split.split}/count"] = split.count.astype(np.int32)
        arrays[f"{split.split}/face"] = split.face
        arrays[f"{split.split}/activation"] = split.activation.astype(np.float16)
    with atomic_write(path) as stream:
        np.savez_compressed(stream, **arrays)  # type: ignore[arg-type]


def read_cells(path: Path) -> dict[str, Cells]:
    """Read every split of a `cells.npz`. Raises `ResultsError` naming file and key."""
    arrays = read_arrays(path, ResultsError)
    cells = {}
    for split in dict.fromkeys(key.split("/")[0] for key in arrays):
        missing = [name for name in _ARRAYS if f"{split}/{name}" not in arrays]
        if missing:
            raise ResultsError(f"{path}: {split}/{missing[0]} is missing.")
        count, face, activation = (arrays[f"{split}/{name}"] for name in _ARRAYS)
        if count.dtype.kind not in "iu" or activation.dtype.kind != "f":
            raise ResultsError(f"{path}: {split}: Expected whole counts and decimal maps.")
        try:
            cells[split] = Cells(split, count.astype(np.int64), face, activation.astype(np.float32))
        except ResultsError as reason:
            raise ResultsError(f"{path}: {reason}") from reason
    return cells
