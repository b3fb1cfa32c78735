"""A second opinion on the labels: the majority of ten FER+ taggers.

FER+ (Barsoum et al. 2016, "Training deep networks for facial expression recognition with
crowd-sourced label distribution", arXiv:1608.01041) had every image of FER-2013 tagged
again. Where its majority is none of a network's classes, the image is left out.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.evaluation.metrics import agreement, confusion, predictions
from core.labels import CLASSES
from core.schema import Agreement, PredictionTable


def crowd_label(
    table: PredictionTable, majority: np.ndarray, classes: Sequence[str] = CLASSES
) -> np.ndarray:
    """The crowd's class of each image of a table, as position in `classes`, -1 for none.

    Args:
        table: predictions of a network with `classes`.
        majority: int8 (N,), the crowd's class of every image of the dataset in the order of
            `core.labels.CLASSES`, -1 for none (`core.data.votes.majority`).
        classes: the network's classes.

    Returns:
        int64 (n,).
    """
    place = np.full(len(CLASSES) + 1, -1)
    for position, name in enumerate(classes):
        place[CLASSES.index(name)] = position
    return place[majority[table.index]]


def crowd_agreement(
    table: PredictionTable, majority: np.ndarray, classes: Sequence[str] = CLASSES
) -> Agreement:
    """How often a network says what the crowd says; arguments as in `crowd_label`."""
    crowd = crowd_label(table, majority, classes)
    asked = crowd >= 0
    return agreement((predictions(table) == crowd)[asked])


def crowd_confusion(label: np.ndarray, majority: np.ndarray) -> np.ndarray:
    """The crowd as if it were a classifier of FER-2013's labels.

    How often it is right is a mark for how noisy the labels are.

    Args:
        label: integers (n,), FER-2013's label of each image.
        majority: integers (n,), the crowd's, -1 for none.

    Returns:
        int64 (7, 7), rows FER-2013's label, over the images with a majority.
    """
    asked = majority >= 0
    return confusion(label[asked], majority[asked], len(CLASSES))
