"""Training batches: order, augmentation, mixup, teachers, corruption; all from one seed."""

from __future__ import annotations

import math
from collections.abc import Callable

import keras
import numpy as np

from core.data.augment import Augmentation, augment
from core.data.corrupting import corrupt
from core.data.store import Split
from core.training.recipe import DataSection
from core.training.targets import class_weights, targets

Teach = Callable[[np.ndarray], np.ndarray]
"""From chips, uint8 (n, 48, 48), to the answers of teachers, float32 (n, C)."""


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
        teach: asked about every batch as the network learns from it, before its corruption;
            see `core.training.teachers`.
    """

    def __init__(
        self,
        inputs: np.ndarray,
        split: Split,
        data: DataSection,
        batch: int,
        seed: int,
        first_epoch: int,
        teach: Teach | None = None,
    ) -> None:
        super().__init__(workers=1, max_queue_size=16)
        self._inputs = inputs
        self._targets = targets(split, data)
        size = len(data.classes)
        self._weights = class_weights(split.labels, size, data.class_weights)[split.labels]
        self._data, self._teach = data, teach
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
        if self._teach is not None:
            share = self._data.teaching
            wanted = wanted * (1 - share) + self._teach(inputs) * share
        if self._data.corruptions.kinds:
            inputs = corrupt(inputs, self._data.corruptions, rng)
        return inputs, wanted.astype(np.float32), weights.astype(np.float32)

    def on_epoch_end(self) -> None:
        """Move to the next epoch's order and draws; Keras calls this."""
        self._epoch += 1
        self._shuffle()

    def _shuffle(self) -> None:
        rng = np.random.default_rng([self._seed, self._epoch])
        self._order = rng.permutation(len(self._inputs))
