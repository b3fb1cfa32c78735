"""`results/dataset.json`: what FER-2013 holds, in counts and averages only.

The Dataset page reads it, so that it works without the images, which are not ours to give.
"""

from __future__ import annotations

import base64
from typing import Annotated, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from core.data.supports import SUPPORTS, TOLERANCE
from core.records import Count, Document, Made, Record, Share
from core.schema import SCHEMA_VERSION

SIDE = 48
Level = Annotated[float, Field(ge=0, le=255, allow_inf_nan=False)]


class SplitSummary(Record):
    """Images of one split by class, in the order of `classes`."""

    name: str
    counts: list[Count]

    @property
    def images(self) -> int:
        """All images of the split."""
        return sum(self.counts)

    @property
    def known(self) -> tuple[int, ...]:
        """The published number of images by class."""
        return SUPPORTS[self.name]

    @property
    def agrees(self) -> bool:
        """Whether every class has its published number of images, give or take a label."""
        pairs = zip(self.counts, self.known, strict=True)
        return all(abs(count - known) <= TOLERANCE for count, known in pairs)


class Shared(Record):
    """Number of images of `split` of which an exact copy stands in `other`."""

    split: str
    other: str
    images: Count


class Audit(Record):
    """Equal and empty images. Equal means equal in every pixel.

    Attributes:
        copies: images that repeat an earlier one, in any split.
        groups: sets of two or more equal images.
        copies_within: images that repeat an earlier one of their own split, by split.
        shared: images that two splits have in common, each pair of splits both ways.
        conflicting_groups: sets of equal images with more than one label.
        conflicting_images: images in those sets.
        blank: images of one grey level only, by split.
    """

    copies: Count
    groups: Count
    copies_within: dict[str, Count]
    shared: list[Shared]
    conflicting_groups: Count
    conflicting_images: Count
    blank: dict[str, Count]

    def shared_between(self, split: str, other: str) -> int:
        """Images of `split` of which an exact copy stands in `other`."""
        return sum(row.images for row in self.shared if row.split == split and row.other == other)


class Spread(Record):
    """How a number is spread over images: mean and percentiles."""

    mean: Level
    p5: Level
    p25: Level
    p50: Level
    p75: Level
    p95: Level


class ClassSummary(Record):
    """One class over the images of Training.

    Attributes:
        name: the class.
        mean_face: base64 of uint8 (48, 48), row by row; `face` decodes it.
        brightness: spread of the images' mean grey level, 0 to 255.
        contrast: spread of the standard deviation of an image's grey levels.
    """

    name: str
    mean_face: str
    brightness: Spread
    contrast: Spread

    @model_validator(mode="after")
    def _decodes(self) -> Self:
        size = len(base64.b64decode(self.mean_face, validate=True))
        if size != SIDE * SIDE:
            raise ValueError(f"mean_face: expected {SIDE * SIDE} bytes. Received: {size}")
        return self

    @property
    def face(self) -> np.ndarray:
        """The mean face, uint8 (48, 48)."""
        pixels = np.frombuffer(base64.b64decode(self.mean_face), np.uint8)
        return pixels.reshape(SIDE, SIDE)


class CrowdSummary(Record):
    """The FER+ crowd on one split.

    Attributes:
        split: name of the split.
        images: images whose majority is one of the seven expressions.
        agreement: share of those on which the crowd and FER-2013's label agree.
        recall: by class, the share of its images among those that the crowd calls so.
    """

    split: str
    images: Count
    agreement: Share
    recall: list[Share]


class DatasetSummary(Document):
    """`results/dataset.json`, written by `python -m core data audit`.

    `crowd` is empty where the dataset was imported without FER+ votes.
    """

    schema_version: Literal[1] = SCHEMA_VERSION
    classes: list[str]
    splits: list[SplitSummary]
    audit: Audit
    per_class: list[ClassSummary]
    crowd: list[CrowdSummary]
    made: Made

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        size = len(self.classes)
        lists = [split.counts for split in self.splits] + [split.recall for split in self.crowd]
        if len(self.per_class) != size or any(len(row) != size for row in lists):
            raise ValueError(f"expected {size} numbers, one for each class, in every list")
        unknown = [split.name for split in self.splits if split.name not in SUPPORTS]
        if unknown:
            raise ValueError(f"splits: expected {', '.join(SUPPORTS)}. Received: {unknown[0]}")
        return self

    def split(self, name: str) -> SplitSummary:
        """The counts of one split. Raises `KeyError` for a split that is not there."""
        for split in self.splits:
            if split.name == name:
                return split
        raise KeyError(name)
