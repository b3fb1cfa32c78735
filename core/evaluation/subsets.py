"""Accuracy on parts of a split: repeated images, and images that the crowd names otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.data.audit import groups
from core.data.store import Dataset
from core.evaluation.crowd import crowd_label
from core.evaluation.metrics import agreement, predictions
from core.labels import CLASSES
from core.roles import SPLITS, TRAINING
from core.schema import Agreement, PredictionTable


@dataclass(frozen=True)
class Part:
    """A part of a split and the rest of it.

    Attributes:
        inside: accuracy on the part.
        outside: accuracy on the other images.
    """

    inside: Agreement
    outside: Agreement


def part(hit: np.ndarray, member: np.ndarray) -> Part:
    """Split the images in two.

    Args:
        hit: bool (n,), whether the network is right.
        member: bool (n,), whether the image belongs to the part.
    """
    return Part(agreement(hit[member]), agreement(hit[~member]))


@dataclass(frozen=True)
class Oddities:
    """Images of the dataset that make a score doubtful; bool (N,) each, in its row order.

    Attributes:
        copied: an image equal in every pixel stands in Training; False within Training.
        contradicted: an equal image carries another label.
        blank: one grey level only.
    """

    copied: np.ndarray
    contradicted: np.ndarray
    blank: np.ndarray


def oddities(dataset: Dataset) -> Oddities:
    """Find repeated, contradictory and blank images."""
    group = groups(dataset.faces)
    training = dataset.splits == SPLITS.index(TRAINING)
    labels_in = np.zeros((len(group), len(CLASSES)), dtype=bool)
    labels_in[group, dataset.labels] = True
    pixels = dataset.faces.reshape(len(dataset.faces), -1)
    return Oddities(
        copied=np.isin(group, group[training]) & ~training,
        contradicted=labels_in.sum(axis=1)[group] > 1,
        blank=pixels.max(axis=1) == pixels.min(axis=1),
    )


@dataclass(frozen=True)
class CrowdView:
    """A network's errors seen by the FER+ crowd.

    Attributes:
        agrees: accuracy against FER-2013's label where the crowd names the same class.
        otherwise: the same where the crowd's majority is another of the network's classes.
        undecided: the same where the crowd's majority is none of them.
        errors: the network's errors.
        errors_otherwise: errors on images that the crowd names otherwise.
        errors_sided: errors in which the network says what the crowd says.
    """

    agrees: Agreement
    otherwise: Agreement
    undecided: Agreement
    errors: int
    errors_otherwise: int
    errors_sided: int


def crowd_view(
    table: PredictionTable, majority: np.ndarray, classes: Sequence[str] = CLASSES
) -> CrowdView:
    """Sort a network's predictions by what the crowd says; arguments as `crowd.crowd_label`."""
    crowd = crowd_label(table, majority, classes)
    said = predictions(table)
    hit = said == table.label
    same, asked = crowd == table.label, crowd >= 0
    otherwise = asked & ~same
    return CrowdView(
        agrees=agreement(hit[same]),
        otherwise=agreement(hit[otherwise]),
        undecided=agreement(hit[~asked]),
        errors=int((~hit).sum()),
        errors_otherwise=int((~hit & otherwise).sum()),
        errors_sided=int((~hit & asked & (said == crowd)).sum()),
    )
