"""Training batches: order, augmentation, mixup and targets, reproducible from a seed."""

from __future__ import annotations

import math

import keras
import numpy as np

from core.data import votes
from core.data.augment import Augmentation, augment
from core.data.store import Split
from core.errors import DataError
from core.labels import CLASSES
from core.training.recipe import DataSection


def targets(split: Split, data: DataSection, taught: np.ndarray | None = None) -> np.ndarray:
    """What the network is to answer, float32 (n, C), rows sum to one.

    Args:
        split: labels and votes.
        data: the recipe's data section.
        taught: float32 (n, C), what the recipe's teachers answer, if it has any.

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
    wanted = wanted * (1 - smoothing) + smoothing / size
    if taught is not None:
        wanted = wanted * (1 - data.teaching) + taught * data.teaching
    return wanted.astype(np.float32)


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


class Batches(keras.utils.PyDataset):
    """Shuffled, augmented training batches of one stage.

    The generator of an epoch depends on seed and epoch only, so that a resumed run sees
    what an unbroken one would have seen.

    Args:
        inputs: uint8 (n, 48, 48) chips, or float features (n, ...) that are not augmented.
        split: labels (and votes) in the same order.
        data: the recipe's data section.
        batch: images a step.
        seed: of order and augmentation.
        first_epoch: number of epochs trained before this stage or resumption.
        taught: as in `targets`.
    """

    def __init__(
        self,
        inputs: np.ndarray,
        split: Split,
        data: DataSection,
        batch: int,
        seed: int,
        first_epoch: int,
        taught: np.ndarray | None = None,
    ) -> None:
        super().__init__(workers=1, max_queue_size=16)
        self._inputs = inputs
        self._targets = targets(split, data, taught)
        size = len(data.classes)
        self._weights = class_weights(split.labels, size, data.class_weights)[split.labels]
        self._data = data
        self._batch = batch
        self._seed = seed
        self._epoch = first_epoch
        self._shuffle()

    def __len__(self) -> int:
        return math.ceil(len(self._inputs) / self._batch)

    def __getitem__(self, position: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        rows = self._order[position * self._batch : (position + 1) * self._batch]
        inputs, wanted, weights = self._inputs[rows], self._targets[rows], self._weights[rows]
        rng = np.random.default_rng([self._seed, self._epoch, position])
        if self._data.augmentation != Augmentation():
            inputs = augment(inputs, self._data.augmentation, rng)
        if self._data.mixup:
            share = rng.beta(self._data.mixup, self._data.mixup)
            other = rng.permutation(len(rows))
            inputs = np.rint(share * inputs + (1 - share) * inputs[other]).astype(np.uint8)
            wanted = share * wanted + (1 - share) * wanted[other]
            weights = share * weights + (1 - share) * weights[other]
        return inputs, wanted.astype(np.float32), weights.astype(np.float32)

    def on_epoch_end(self) -> None:
        """Move to the next epoch's order and draws; Keras calls this."""
        self._epoch += 1
        self._shuffle()

    def _shuffle(self) -> None:
        rng = np.random.default_rng([self._seed, self._epoch])
        self._order = rng.permutation(len(self._inputs))
