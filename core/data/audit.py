"""What is in the dataset: counts, equal images, contradictory labels, blank images."""

from __future__ import annotations

import base64

import numpy as np

from core.data import votes
from core.data.store import Dataset
from core.data.summary import (
    Audit,
    ClassSummary,
    CrowdSummary,
    DatasetSummary,
    Shared,
    SplitSummary,
    Spread,
)
from core.labels import CLASSES
from core.records import Made
from core.roles import SPLITS, TRAINING

_BLOCK = 2048
_PERCENTILES = (5, 25, 50, 75, 95)


def groups(faces: np.ndarray) -> np.ndarray:
    """Number equal images equally.

    Args:
        faces: uint8 (n, 48, 48).

    Returns:
        int64 (n,): the position of the first image equal in every pixel.
    """
    first: dict[bytes, int] = {}
    return np.array(
        [first.setdefault(face.tobytes(), place) for place, face in enumerate(faces)], np.int64
    )


def copies_of_training(dataset: Dataset, split: str) -> np.ndarray:
    """Which images of `split` stand in Training too, equal in every pixel.

    Returns:
        bool (n,), in the order of `dataset.split(split)`.
    """
    group = groups(dataset.faces)
    training = group[dataset.splits == SPLITS.index(TRAINING)]
    return np.isin(group[dataset.split(split).index], training)


def audit(dataset: Dataset) -> Audit:
    """Find equal and empty images."""
    group = groups(dataset.faces)
    members = np.bincount(group, minlength=len(group))
    labels_in = np.zeros((len(group), len(CLASSES)), bool)
    labels_in[group, dataset.labels] = True
    conflicting = labels_in.sum(axis=1) > 1
    pixels = dataset.faces.reshape(len(dataset.faces), -1)
    blank = pixels.max(axis=1) == pixels.min(axis=1)
    of_split = {name: dataset.splits == place for place, name in enumerate(SPLITS)}
    return Audit(
        copies=int((members[members > 1] - 1).sum()),
        groups=int((members > 1).sum()),
        copies_within={
            name: int(here.sum() - len(np.unique(group[here]))) for name, here in of_split.items()
        },
        shared=[
            Shared(split=a, other=b, images=int(np.isin(group[here], group[there]).sum()))
            for a, here in of_split.items()
            for b, there in of_split.items()
            if a != b
        ],
        conflicting_groups=int(conflicting.sum()),
        conflicting_images=int(members[conflicting].sum()),
        blank={name: int(blank[here].sum()) for name, here in of_split.items()},
    )


def counts(dataset: Dataset) -> list[SplitSummary]:
    """Images by split and class."""
    return [
        SplitSummary(
            name=name,
            counts=np.bincount(
                dataset.labels[dataset.splits == place], minlength=len(CLASSES)
            ).tolist(),
        )
        for place, name in enumerate(SPLITS)
    ]


def summarise(dataset: Dataset, command: str) -> DatasetSummary:
    """Everything that `results/dataset.json` holds; `command` is how it was made."""
    training = dataset.split(TRAINING)
    parts = [(name, dataset.split(name)) for name in SPLITS]
    return DatasetSummary(
        classes=list(CLASSES),
        splits=counts(dataset),
        audit=audit(dataset),
        per_class=[
            _class_summary(name, training.faces[training.labels == label])
            for label, name in enumerate(CLASSES)
        ],
        crowd=[
            _crowd(name, part.labels, part.votes) for name, part in parts if part.votes is not None
        ],
        made=Made.now(command, "numpy"),
    )


def _class_summary(name: str, faces: np.ndarray) -> ClassSummary:
    mean = np.rint(faces.mean(axis=0)).astype(np.uint8)
    pixels = faces.reshape(len(faces), -1)
    blocks = [pixels[start : start + _BLOCK] for start in range(0, len(pixels), _BLOCK)]
    return ClassSummary(
        name=name,
        mean_face=base64.b64encode(mean.tobytes()).decode(),
        brightness=_spread(np.concatenate([block.mean(axis=1) for block in blocks])),
        contrast=_spread(np.concatenate([block.std(axis=1) for block in blocks])),
    )


def _spread(values: np.ndarray) -> Spread:
    p5, p25, p50, p75, p95 = (round(float(p), 2) for p in np.percentile(values, _PERCENTILES))
    return Spread(mean=round(float(values.mean()), 2), p5=p5, p25=p25, p50=p50, p75=p75, p95=p95)


def _crowd(name: str, labels: np.ndarray, ballots: np.ndarray) -> CrowdSummary:
    crowd = votes.majority(ballots)
    asked = crowd >= 0
    agrees = (crowd == labels)[asked]
    of_class = np.bincount(labels[asked], minlength=len(CLASSES))
    right = np.bincount(labels[asked], weights=agrees, minlength=len(CLASSES))
    return CrowdSummary(
        split=name,
        images=int(asked.sum()),
        agreement=float(agrees.mean()),
        recall=(right / np.maximum(of_class, 1)).tolist(),
    )
