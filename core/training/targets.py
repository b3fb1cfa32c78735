"""Targets and weights of training images, as labels and crowd votes have them."""

from __future__ import annotations

import numpy as np

from core.data import votes
from core.data.store import Split
from core.errors import DataError
from core.labels import CLASSES
from core.training.recipe import DataSection


def targets(split: Split, data: DataSection) -> np.ndarray:
    """Targets without the part of the teachers, float32 (n, C), rows sum to one.

    Args:
        split: labels and votes.
        data: the recipe's data section.

    Raises:
        DataError: if crowd targets are asked of a dataset without FER+ votes.
    """
    size = len(data.classes)
    wanted = np.eye(size, dtype=np.float32)[split.labels]
    if data.targets == "crowd":
        if split.votes is None:
            raise DataError("data.targets = 'crowd' needs FER+ votes: import with --votes FILE.")
        positions = [CLASSES.index(name) for name in data.classes]
        shares = votes.distribution(split.votes)[:, positions]
        total = shares.sum(axis=1, keepdims=True)
        wanted = np.where(total > 0, shares / np.maximum(total, 1e-9), wanted)
    smoothing = data.label_smoothing
    return (wanted * (1 - smoothing) + smoothing / size).astype(np.float32)


def class_weights(labels: np.ndarray, size: int, power: float) -> np.ndarray:
    """Inverse class frequency to a power, scaled so that the mean image weighs one.

    Args:
        labels: uint8 (n,).
        size: number of classes C.
        power: 0 gives ones, 1 gives each class the same total weight.

    Returns:
        float32 (C,).
    """
    counts = np.bincount(labels, minlength=size)
    weights = np.maximum(counts, 1.0) ** -power
    return (weights * len(labels) / (weights * counts).sum()).astype(np.float32)
