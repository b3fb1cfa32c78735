"""A fingerprint of every image of FER-2013, by which a copy of it is known again.

The dataset goes about as JPEG files under other names. A fingerprint is the signs of the
128 lowest frequencies of the image, which re-encoding hardly changes, so that a copy finds
the row of `fer2013.csv` it came from. (After Zauner, "Implementation and Benchmarking of
Perceptual Image Hash Functions", 2010, the DCT hash.) No pixel can be read back from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np

from core.data.store import Dataset
from core.errors import DataError
from core.files import atomic_write, read_arrays
from core.roles import SPLITS

SIDE = 48
BITS = 128
REFERENCE = Path(__file__).parent / "fingerprints.npz"

_BLOCK = 4096


def _frequencies() -> np.ndarray:
    """The `BITS` lowest frequencies, constant left out, lowest first: int64 (BITS, 2)."""
    pairs = [(u, v) for u in range(SIDE) for v in range(SIDE) if u or v]
    return np.array(sorted(pairs, key=lambda pair: (pair[0] + pair[1], pair[0]))[:BITS])


def fingerprints(faces: np.ndarray) -> np.ndarray:
    """The fingerprint of each face.

    Args:
        faces: uint8 (n, 48, 48).

    Returns:
        uint64 (n, 2): 128 bits, equal on every machine, since only whole numbers are added.
    """
    frequencies = _frequencies()
    rows, columns = frequencies.T
    place = np.arange(SIDE)
    order = np.arange(frequencies.max() + 1)[:, None]
    cosine = np.rint(1024 * np.cos(np.pi * order * (2 * place + 1) / (2 * SIDE)))
    prints = np.empty((len(faces), BITS // 64), np.uint64)
    for start in range(0, len(faces), _BLOCK):
        block = faces[start : start + _BLOCK].astype(np.float64) - 128
        spectrum = cosine @ block @ cosine.T
        bits = np.packbits(spectrum[:, rows, columns] > 0, axis=1)
        prints[start : start + _BLOCK] = np.ascontiguousarray(bits).view("<u8")
    return prints


def distances(prints: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Number of differing bits between each of `prints` and each of `others`.

    Args:
        prints: uint64 (n, 2).
        others: uint64 (m, 2).

    Returns:
        uint8 (n, m), 0 to 128.
    """
    total = np.zeros((len(prints), len(others)), np.uint8)
    for word in range(prints.shape[1]):
        total += np.bitwise_count(prints[:, word, None] ^ others[None, :, word])
    return total


@dataclass(frozen=True)
class Reference:
    """The rows of FER-2013 as `fer2013.csv` orders them, without pixels.

    Attributes:
        prints: uint64 (N, 2), fingerprints.
        labels: uint8 (N,), 0 to 6.
        splits: uint8 (N,), index into `SPLITS`.
    """

    prints: np.ndarray
    labels: np.ndarray
    splits: np.ndarray

    def __len__(self) -> int:
        return len(self.prints)

    @property
    def sizes(self) -> tuple[int, ...]:
        """Number of images of each split, in the order of `SPLITS`."""
        return tuple(int(n) for n in np.bincount(self.splits, minlength=len(SPLITS)))

    @classmethod
    def of(cls, dataset: Dataset) -> Self:
        """The reference that `dataset`, in its present order, makes."""
        return cls(fingerprints(dataset.faces), dataset.labels, dataset.splits)

    @classmethod
    def read(cls, path: Path = REFERENCE) -> Self:
        """The reference that the project carries. Raises `DataError` if it is damaged."""
        try:
            arrays = read_arrays(path, DataError)
            return cls(arrays["prints"], arrays["labels"], arrays["splits"])
        except (DataError, KeyError) as error:
            raise DataError(f"{path} is missing or damaged: fetch it again ({error}).") from error

    def write(self, path: Path = REFERENCE) -> None:
        """Write the reference atomically; equal references give equal bytes."""
        with atomic_write(path) as stream:
            np.savez_compressed(stream, prints=self.prints, labels=self.labels, splits=self.splits)
