"""Put the images of any copy of FER-2013 into the row order of `fer2013.csv`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from core.data.fingerprint import Reference, distances
from core.labels import CLASSES

TOLERANCE = 16
"""Bits of 128 in which a copy may differ. JPEG at quality 75 changes 4 or fewer in 99% of
the images; the nearest image of another class is 25 or more away in 99.9%."""

_IN_PLACE = 0.99
_BLOCK = 1024


@dataclass(frozen=True)
class Placement:
    """Where the images of a source belong.

    Attributes:
        rows: int64 (N,), row of `fer2013.csv` of each image; a permutation.
        matched: number of images whose fingerprint agrees with that of their row.
        relabelled: of those, how many carry another label than that row.
        in_order: whether the source already had the order.
    """

    rows: np.ndarray
    matched: int
    relabelled: int
    in_order: bool


def place(
    prints: np.ndarray, labels: np.ndarray, splits: np.ndarray, reference: Reference
) -> Placement:
    """Find the row of every image.

    A source whose images nearly all agree with the reference row by row keeps its order.
    Otherwise images are matched by fingerprint within their class and split, nearest
    first, equal distances in the order of the source and of the rows; then across classes,
    since labels of circulating copies differ in single images. What no fingerprint matches
    takes the rows left over in its class and split, in order.

    Args:
        prints: uint64 (N, 2), fingerprints.
        labels: uint8 (N,), 0 to 6.
        splits: int8 (N,), index into `SPLITS`, as many images of each as the reference
            has. Where any is -1, the source does not say, and the fingerprint decides.
        reference: N rows.
    """
    n = len(reference)
    if np.array_equal(splits, reference.splits):
        apart = np.bitwise_count(prints ^ reference.prints).sum(axis=1)
        if (apart <= TOLERANCE).mean() >= _IN_PLACE:
            return _placement(np.arange(n), prints, labels, reference, in_order=True)
    known = bool((splits >= 0).all())
    rows = np.full(n, -1)
    free = np.ones(n, bool)
    for by_class, by_print in ((True, True), (False, True), (True, False), (False, False)):
        image_pools = _pools(labels * by_class, splits * known)
        row_pools = _pools(reference.labels * by_class, reference.splits * known)
        for pool in np.unique(image_pools[rows < 0]):
            images = np.flatnonzero((rows < 0) & (image_pools == pool))
            places = np.flatnonzero(free & (row_pools == pool))
            if by_print:
                pairs = _nearest_pairs(prints[images], reference.prints[places])
            else:
                pairs = ((step, step) for step in range(min(len(images), len(places))))
            for image, row in pairs:
                if rows[images[image]] < 0 and free[places[row]]:
                    rows[images[image]] = places[row]
                    free[places[row]] = False
    return _placement(rows, prints, labels, reference, in_order=False)


def _pools(labels: np.ndarray, splits: np.ndarray) -> np.ndarray:
    """One number for each (label, split): images and rows of one number may belong together."""
    return splits.astype(np.int64) * len(CLASSES) + labels


def _nearest_pairs(prints: np.ndarray, others: np.ndarray) -> Iterator[tuple[int, int]]:
    """Pairs (position in `prints`, position in `others`) within tolerance, nearest first."""
    found = []
    for start in range(0, len(prints), _BLOCK):
        apart = distances(prints[start : start + _BLOCK], others)
        image, row = np.nonzero(apart <= TOLERANCE)
        found.append(np.stack([apart[image, row].astype(np.int64), image + start, row]))
    apart, image, row = np.concatenate(found, axis=1)
    order = np.lexsort((row, image, apart))
    yield from zip(image[order].tolist(), row[order].tolist(), strict=True)


def _placement(
    rows: np.ndarray,
    prints: np.ndarray,
    labels: np.ndarray,
    reference: Reference,
    in_order: bool,
) -> Placement:
    apart = np.bitwise_count(prints ^ reference.prints[rows]).sum(axis=1)
    matched = apart <= TOLERANCE
    relabelled = matched & (labels != reference.labels[rows])
    return Placement(rows, int(matched.sum()), int(relabelled.sum()), in_order)
