"""What the measurements of a network promise for a single face.

From its predictions on the selection split come sets of answers that hold the right one as
often as stated; from its robustness file the accuracy that it has on pictures as noisy,
blurred, dark or small as this one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from core import paths
from core.errors import ResultsError
from core.evaluation.conformal import SetRule, calibrate
from core.evaluation.robustness import FILE, Robustness
from core.roles import SELECTION
from core.schema import Card, PredictionTable, read_predictions

SIDE: Final = "side"
"""Measure of a face that is not of its chip: its width in pixels of the photo."""

WATCHED: Final[dict[str, str]] = {
    "gaussian_noise": "noise",
    "gaussian_blur": "sharpness",
    "darkness": "brightness",
    "brightness": "clipped",
    "low_resolution": SIDE,
}
"""Kinds of corruption that a picture shows by itself, each with the measure that tells it."""

LOSS: Final = 0.05
"""Accuracy lost from which a viewer is told."""


@dataclass(frozen=True)
class Expectation:
    """Accuracy to expect on pictures like one.

    Attributes:
        accuracy: share of such images on which the network is right.
        clean: the same on images as they are.
        kind: the corruption that costs most.
    """

    accuracy: float
    clean: float
    kind: str

    @property
    def loss(self) -> float:
        """Accuracy lost against images as they are, 0 to 1."""
        return max(self.clean - self.accuracy, 0.0)

    @property
    def telling(self) -> bool:
        """Whether so much is lost that a viewer is told."""
        return self.loss >= LOSS


def expectation(found: Robustness, picture: Mapping[str, float]) -> Expectation | None:
    """Look up a picture's measures among those of the benchmark's pictures.

    Each kind's curve joins the medians of its measure over the images at each strength with
    the accuracies there; beyond its ends the accuracy stays. The kind that costs most counts:
    how several add up was not measured.

    Args:
        found: of the network.
        picture: `core.data.measures` of the chip and, if known, `side`.

    Returns:
        None where nothing of `picture` was measured.
    """
    expected = []
    for kind, measure in WATCHED.items():
        result = found.kinds.get(kind)
        if result is None or measure not in picture:
            continue
        if measure == SIDE:
            places = [48.0, *result.strengths]
        else:
            conditions = (found.clean, *result.levels)
            if any(measure not in condition.picture for condition in conditions):
                continue
            places = [condition.picture[measure] for condition in conditions]
        accuracies = [found.clean.accuracy, *(level.accuracy for level in result.levels)]
        order = np.argsort(places, kind="stable")
        accuracy = float(
            np.interp(picture[measure], np.asarray(places)[order], np.asarray(accuracies)[order])
        )
        expected.append(Expectation(accuracy, found.clean.accuracy, kind))
    return min(expected, key=lambda entry: entry.accuracy, default=None)


@dataclass(frozen=True)
class Trust:
    """What is known of one network.

    Attributes:
        robustness: under corruption, or None where that was not measured for its files.
        selection: predictions on the split that sets are calibrated on, or None.
    """

    robustness: Robustness | None = None
    selection: PredictionTable | None = None
    _rules: dict[float, SetRule] = field(default_factory=dict, compare=False, repr=False)

    def expected(self, picture: Mapping[str, float]) -> Expectation | None:
        """As `expectation`; None where the network was not measured."""
        return expectation(self.robustness, picture) if self.robustness else None

    def rule(self, level: float) -> SetRule | None:
        """The sets of a stated coverage, None without predictions to calibrate them on."""
        if self.selection is None or not len(self.selection.label):
            return None
        if level not in self._rules:
            self._rules[level] = calibrate(self.selection, level)
        return self._rules[level]


def trust_in(card: Card) -> Trust:
    """What stands in `results/` about the files of a network; without what is damaged there."""
    folder = paths.results() / card.id
    try:
        robustness: Robustness | None = Robustness.read(folder / FILE)
    except ResultsError:
        robustness = None
    if robustness and robustness.model_sha256 != card.model_sha256:
        robustness = None
    try:
        selection = read_predictions(folder / "predictions.npz").get(SELECTION)
    except ResultsError:
        selection = None
    if selection is not None and selection.probabilities.shape[1] != len(card.classes):
        selection = None
    return Trust(robustness, selection)
