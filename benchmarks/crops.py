"""Whether a face in a picture reaches a network as well as FER-2013's own chips do.

Test images are enlarged, pasted into larger pictures and sent through detection and
cropping, as a user's photo is. What the network loses against the chips themselves is
the price of the way, and mostly of its crop.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import cv2
import numpy as np

from benchmarks.examined import Subject
from core.faces.detector import Face, FaceDetector
from core.faces.photo import photo_to_chips
from core.faces.search import Found
from core.records import Count, Document, Made, Sha256, Share
from core.schema import SCHEMA_VERSION

WIDTH, HEIGHT = 640, 480
"""Size of the pictures in pixels."""

FACE = 200
"""Side in pixels of a pasted test image."""

NEAR = 0.25
"""A face counts as the pasted one if its middle lies within this part of `FACE` of the
image's middle."""


class CropCheck(Document):
    """`results/crop_check.json`, and `crop_check_quick.json` of the quick search.

    Attributes:
        quick: whether a glance might settle where a face is.
        images: test images pasted.
        found: those whose face was found, by any attempt, where it was pasted.
        ways: how the faces were found, images by the names of `Found`.
        chips_accuracy: of the network on the chips themselves, where the face was found.
        crops_accuracy: of the network on what detection and cropping made of the same.
        same_label: share of them on which both answers agree.
    """

    schema_version: Literal[1] = SCHEMA_VERSION
    model: str
    model_sha256: Sha256
    split: str
    quick: bool = False
    images: Count
    found: Count
    ways: dict[str, Count]
    chips_accuracy: Share
    crops_accuracy: Share
    same_label: Share
    made: Made

    @property
    def loss(self) -> float:
        """Accuracy lost on the way, in percentage points."""
        return 100 * (self.chips_accuracy - self.crops_accuracy)


def picture_with(chip: np.ndarray, generator: np.random.Generator) -> tuple[np.ndarray, Face]:
    """A picture of soft coloured noise with an enlarged chip pasted at a random place.

    Returns:
        uint8 (480, 640, 3), and the place of the chip as the box of a face.
    """
    coarse = generator.integers(0, 256, size=(6, 8, 3), dtype=np.uint8)
    picture = cv2.resize(coarse, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
    left = int(generator.integers(0, WIDTH - FACE + 1))
    top = int(generator.integers(0, HEIGHT - FACE + 1))
    large = cv2.resize(chip, (FACE, FACE), interpolation=cv2.INTER_CUBIC)
    picture[top : top + FACE, left : left + FACE] = large[:, :, None]
    return picture, Face(box=(left, top, FACE, FACE), score=0.0)


def crops(
    chips: np.ndarray,
    detector: FaceDetector,
    progress: Callable[[int], None],
    quick: bool = False,
    seed: int = 0,
) -> tuple[np.ndarray, np.ndarray, dict[str, int]]:
    """Send chips through pictures, detection and cropping.

    Args:
        chips: uint8 (n, 48, 48).
        detector: as for photos.
        progress: told the number of chips done, after each.
        quick: see `search`.
        seed: of backgrounds and places.

    Returns:
        Indices (m,) of the chips whose face was found, uint8 (m, 48, 48) what became of
        them, and the number of pictures by how their face was found.
    """
    generator = np.random.default_rng(seed)
    kept: list[int] = []
    made: list[np.ndarray] = []
    ways = dict.fromkeys([found.value for found in Found], 0)
    for index, chip in enumerate(chips):
        picture, place = picture_with(chip, generator)
        photo = photo_to_chips(picture, detector, quick)
        hit = next((n for n, face in enumerate(photo.faces) if _near(face, place)), None)
        ways[photo.found if hit is not None else Found.NONE] += 1
        if hit is not None:
            kept.append(index)
            made.append(photo.chips[hit])
        progress(index + 1)
    stacked = np.stack(made) if made else np.zeros((0, *chips.shape[1:]), dtype=np.uint8)
    return np.array(kept, dtype=np.int64), stacked, ways


def _near(face: Face, place: Face) -> bool:
    way = np.subtract(face.centre, place.centre)
    return bool(np.abs(way).max() <= NEAR * FACE)


def check(subject: Subject, progress: Callable[[int], None], quick: bool = False) -> CropCheck:
    """Compare a network's accuracy on chips with that on their crops from pictures.

    Args:
        subject: what is examined.
        progress: told the number of images done, after each.
        quick: see `search`.
    """
    split, classify = subject.split, subject.classify
    index, cropped, ways = crops(split.faces, FaceDetector(), progress, quick)
    labels = split.labels[index]
    on_chips = classify(split.faces[index]).argmax(axis=1)
    on_crops = classify(cropped).argmax(axis=1)
    return CropCheck(
        model=subject.model,
        model_sha256=subject.model_sha256,
        split=subject.name,
        quick=quick,
        images=len(split.faces),
        found=len(index),
        ways=ways,
        chips_accuracy=_share(on_chips == labels),
        crops_accuracy=_share(on_crops == labels),
        same_label=_share(on_chips == on_crops),
        made=subject.made,
    )


def _share(hits: np.ndarray) -> float:
    return round(float(hits.mean()), 6) if len(hits) else 0.0
