"""What would change a network's answer: cover a part of the face, ask again, move on.

Occlusion sensitivity: Zeiler and Fergus 2014, "Visualizing and Understanding
Convolutional Networks", arXiv:1311.2901, section 4.2. Unlike Grad-CAM it needs nothing of
the network's inside, and shows what the answer really hangs on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

PATCH = 12
"""Side of the covering square in pixels of the chip: about an eye with its brow."""

STEP = 3
"""Pixels between two places of the square."""

BATCH = 16
"""Covered chips asked about at once."""

Predict = Callable[[np.ndarray], np.ndarray]
"""From chips, uint8 (n, 48, 48), to probabilities, float (n, C)."""


@dataclass(frozen=True)
class Occlusion:
    """A network's answers to one chip, a square of which is covered.

    Attributes:
        whole: float64 (C,), probabilities of the uncovered chip.
        covered: float64 (rows, columns, C), those with the square at each place.
        places: int64 (p,), where the square begins, the same down and across.
        patch: side of the square in pixels.
        side: side of the chip in pixels.
    """

    whole: np.ndarray
    covered: np.ndarray
    places: np.ndarray
    patch: int
    side: int

    def drop(self, position: int) -> np.ndarray:
        """How much each place of the square lowers a class's probability, (rows, columns)."""
        return self.whole[position] - self.covered[:, :, position]

    def heat(self, position: int) -> np.ndarray:
        """For every pixel the mean drop over the squares that cover it, float64 (side, side)."""
        total = np.zeros((self.side, self.side))
        count = np.zeros((self.side, self.side))
        drops = self.drop(position)
        for row, top in enumerate(self.places):
            for column, left in enumerate(self.places):
                area = np.s_[top : top + self.patch, left : left + self.patch]
                total[area] += drops[row, column]
                count[area] += 1
        return total / np.maximum(count, 1)

    def strongest(self, position: int) -> tuple[float, float, np.ndarray]:
        """The place that lowers a class most.

        Returns:
            x and y of the middle of the square in pixels of the chip, and the
            probabilities there, float64 (C,).
        """
        row, column = np.unravel_index(self.drop(position).argmax(), self.covered.shape[:2])
        middle = self.patch / 2
        return (
            float(self.places[column] + middle),
            float(self.places[row] + middle),
            self.covered[row, column],
        )

    def changed(self) -> float:
        """Share of the places at which the answer becomes another one, 0 to 1."""
        return float((self.covered.argmax(axis=-1) != self.whole.argmax()).mean())


def occlude(
    chip: np.ndarray, patch: int = PATCH, step: int = STEP
) -> tuple[np.ndarray, np.ndarray]:
    """Cover each place of a chip once with a square of its mean grey.

    Returns:
        Covered chips, uint8 (p * p, side, side), row by row, and the places, int64 (p,).
        The last place touches the edge, whatever the step.
    """
    side = len(chip)
    last = side - patch
    places = np.unique(np.append(np.arange(0, last, step), last))
    covered = np.repeat(chip[None], len(places) ** 2, axis=0)
    grey = round(float(chip.mean()))
    for number, (top, left) in enumerate((top, left) for top in places for left in places):
        covered[number, top : top + patch, left : left + patch] = grey
    return covered, places


def occlusion(
    predict: Predict,
    chip: np.ndarray,
    patch: int = PATCH,
    step: int = STEP,
    progress: Callable[[float], None] = lambda share: None,
) -> Occlusion:
    """Measure how a network's answer hangs on each part of a chip.

    Args:
        predict: asks the network.
        chip: uint8 (48, 48).
        patch: side of the covering square in pixels.
        step: pixels from one place to the next.
        progress: called with the share done, 0 to 1.
    """
    covered, places = occlude(chip, patch, step)
    chips = np.concatenate([chip[None], covered])
    answers = []
    for start in range(0, len(chips), BATCH):
        answers.append(np.asarray(predict(chips[start : start + BATCH]), dtype=np.float64))
        progress(min(1.0, (start + BATCH) / len(chips)))
    table = np.concatenate(answers)
    size = len(places)
    return Occlusion(table[0], table[1:].reshape(size, size, -1), places, patch, len(chip))
