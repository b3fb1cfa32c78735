"""Random corruption of training images: which kinds, how often, how far, how many at once.

What each kind does to a chip stands in `core.data.corruptions`.
"""

from __future__ import annotations

from typing import Self

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from core.data import corruptions

ORDER: tuple[str, ...] = (
    *("loose_crop", "rotation"),  # framing
    *("cover_eyes", "cover_mouth", "cover_anywhere"),
    *("darkness", "brightness", "low_contrast"),  # light
    *("low_resolution", "defocus_blur", "motion_blur", "gaussian_blur"),  # optics
    *("shot_noise", "gaussian_noise", "salt_and_pepper"),  # sensor
    "jpeg",  # file
)
"""Kinds in the order in which a picture comes about: that of several on one image."""


class Corruption(BaseModel):
    """How often and how far one kind corrupts training images.

    Attributes:
        probability: share of images that it is drawn for; see `Corrupting.most`.
        strength: the two ends of its range, in the unit of `core.data.corruptions.KINDS`;
            drawn uniformly.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    probability: float = Field(gt=0, le=1)
    strength: tuple[float, float]


class Corrupting(BaseModel):
    """What may be done to a training image; without kinds, nothing.

    Attributes:
        kinds: name of the kind to how often and how far.
        most: kinds on one image at most; of more that are drawn for it, some stay by chance.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kinds: dict[str, Corruption] = {}
    most: int = Field(2, ge=1)

    @model_validator(mode="after")
    def _known_kinds(self) -> Self:
        unknown = sorted(set(self.kinds) - set(ORDER))
        if unknown:
            raise ValueError(f"kinds: expected some of {', '.join(ORDER)}. Received: {unknown[0]}")
        return self

    @property
    def ordered(self) -> list[tuple[str, Corruption]]:
        """The kinds in the order of `ORDER`."""
        return [(name, self.kinds[name]) for name in ORDER if name in self.kinds]


def draw(settings: Corrupting, rng: np.random.Generator) -> list[tuple[str, float]]:
    """Kinds and strengths of the corruptions of one image, in order."""
    kinds = settings.ordered
    places = np.flatnonzero(rng.random(len(kinds)) < [kind.probability for _, kind in kinds])
    if len(places) > settings.most:
        places = np.sort(rng.choice(places, settings.most, replace=False))
    return [(kinds[place][0], float(rng.uniform(*kinds[place][1].strength))) for place in places]


def corrupt(chips: np.ndarray, settings: Corrupting, rng: np.random.Generator) -> np.ndarray:
    """Every chip of uint8 (n, 48, 48) corrupted by its own random draw."""
    corrupted = chips.copy()
    for position in range(len(chips)):
        for kind, strength in draw(settings, rng):
            corrupted[position] = corruptions.apply(corrupted[position], kind, strength, rng)
    return corrupted
