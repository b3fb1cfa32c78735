"""What a weakness of a face costs: chips are spoilt step by step and asked about again.

`results/quality_check.json` holds the curves that the limits in `core.faces.quality`
were read from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

import cv2
import numpy as np

from benchmarks.examined import Subject
from core.data.measures import CENTRE, sharpness
from core.faces.chip import SIDE
from core.faces.detector import FaceDetector
from core.faces.quality import Weakness, pose
from core.records import Count, Document, Made, Record, Sha256, Share
from core.schema import SCHEMA_VERSION

BRIGHTNESS = (100, 80, 60, 50, 40, 30, 20)
BLUR = (0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.2, 1.5)
SIDES = (40, 36, 32, 30, 28, 24, 20, 16, 12)
DEGREES = (5, 10, 15, 20, 25, 30, 40)
BEYOND = (4, 6, 8, 10, 12, 16, 20)
TURNS = (0.0, 0.1, 0.2, 0.3, 0.4)


class Step(Record):
    """Accuracy on images with one degree of a weakness.

    Attributes:
        value: the measure of `core.faces.quality`; for `blurred` its median over the
            images, for `turned` the lower end of a range that reaches to the next step.
        images: how many there are.
        accuracy: of the network on them.
    """

    value: float
    images: Count
    accuracy: Share


class QualityCheck(Document):
    """`results/quality_check.json`.

    Attributes:
        accuracy: on the images as they are.
        curves: by weakness. `turned` compares images as they are, which also differ in
            their expressions; the others spoil the same images. `cut` is the mean over
            the four edges, `cut_below` the lower one, where the mouth is.
    """

    schema_version: Literal[1] = SCHEMA_VERSION
    model: str
    model_sha256: Sha256
    split: str
    images: Count
    accuracy: Share
    curves: dict[str, list[Step]]
    made: Made


def darken(chips: np.ndarray, brightness: float) -> np.ndarray:
    """Chips whose grey levels are scaled down until their middles have this mean."""
    middles = chips[:, CENTRE, CENTRE].mean(axis=(1, 2))
    factor = np.minimum(1, brightness / np.maximum(middles, 1))
    return np.round(chips * factor[:, None, None]).astype(np.uint8)


def blur(chips: np.ndarray, sigma: float) -> np.ndarray:
    """Chips smoothed by a Gaussian of `sigma` pixels."""
    return np.stack([cv2.GaussianBlur(chip, (0, 0), sigma) for chip in chips])


def shrink(chips: np.ndarray, side: int) -> np.ndarray:
    """Chips as if their faces were only `side` pixels wide in the photo."""
    small = (cv2.resize(chip, (side, side), interpolation=cv2.INTER_AREA) for chip in chips)
    full = [cv2.resize(chip, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC) for chip in small]
    return np.stack(full)


def tilt(chips: np.ndarray, degrees: float) -> np.ndarray:
    """Chips turned counter-clockwise about their middles, the edge continued."""
    middle = ((SIDE - 1) / 2, (SIDE - 1) / 2)
    matrix = cv2.getRotationMatrix2D(middle, degrees, 1)
    border = cv2.BORDER_REPLICATE
    return np.stack(
        [cv2.warpAffine(chip, matrix, (SIDE, SIDE), borderMode=border) for chip in chips]
    )


def cut(chips: np.ndarray, pixels: int, quarter: int) -> np.ndarray:
    """Chips of which a strip lies beyond the photo, so that the photo's edge continues there.

    Args:
        chips: uint8 (n, 48, 48).
        pixels: width of the strip.
        quarter: which edge: 0 below, 1 left, 2 above, 3 right.
    """
    spoilt = np.rot90(chips, quarter, axes=(1, 2)).copy()
    spoilt[:, SIDE - pixels :] = spoilt[:, SIDE - pixels - 1, None]
    return np.ascontiguousarray(np.rot90(spoilt, -quarter, axes=(1, 2)))


def check(subject: Subject, progress: Callable[[int], None]) -> QualityCheck:
    """Measure a network's accuracy under every weakness.

    Args:
        subject: what is examined.
        progress: told the number of images asked about or detected, of `steps` times all.
    """
    done = 0

    def right(chips: np.ndarray) -> np.ndarray:
        nonlocal done
        hits = subject.classify(chips).argmax(axis=1) == subject.split.labels
        done += len(chips)
        progress(done)
        return hits

    chips = subject.split.faces
    plain = right(chips)
    # Noise and too much light are measured with all networks: `core evaluate --corrupted`.
    measured = [kind for kind in Weakness if kind not in (Weakness.NOISY, Weakness.OVEREXPOSED)]
    curves: dict[str, list[Step]] = {weakness.value: [] for weakness in measured}
    curves["cut_below"] = []

    def note(kind: str, value: float, hits: np.ndarray) -> None:
        share = float(hits.mean()) if len(hits) else 0.0
        curves[kind].append(Step(value=round(value, 4), images=len(hits), accuracy=round(share, 6)))

    for brightness in BRIGHTNESS:
        note(Weakness.DARK, brightness, right(darken(chips, brightness)))
    for sigma in BLUR:
        spoilt = blur(chips, sigma)
        note(
            Weakness.BLURRED, float(np.median([sharpness(chip) for chip in spoilt])), right(spoilt)
        )
    for side in SIDES:
        note(Weakness.TINY, side, right(shrink(chips, side)))
    for degrees in DEGREES:
        both = [right(tilt(chips, sign * degrees)) for sign in (-1, 1)]
        note(Weakness.TILTED, degrees, np.concatenate(both))
    for pixels in BEYOND:
        edges = [right(cut(chips, pixels, quarter)) for quarter in range(4)]
        note(Weakness.CUT, pixels / SIDE, np.concatenate(edges))
        note("cut_below", pixels / SIDE, edges[0])
    yaw = np.full(len(chips), np.nan)
    for position, turned in _yaws(chips):
        yaw[position] = turned
        done += 1
        progress(done)
    for low, high in zip(TURNS, (*TURNS[1:], np.inf), strict=True):
        note(Weakness.TURNED, low, plain[(yaw >= low) & (yaw < high)])
    return QualityCheck(
        model=subject.model,
        model_sha256=subject.model_sha256,
        split=subject.name,
        images=len(chips),
        accuracy=round(float(plain.mean()), 6),
        curves=curves,
        made=subject.made,
    )


def steps() -> int:
    """How many times `check` goes through all images."""
    spoilt = len(BRIGHTNESS) + len(BLUR) + len(SIDES) + 2 * len(DEGREES) + 4 * len(BEYOND)
    return 2 + spoilt


def _yaws(chips: np.ndarray) -> Iterator[tuple[int, float]]:
    """Position and absolute yaw of every chip, NaN where the detector finds no face."""
    detector = FaceDetector()
    for position, chip in enumerate(chips):
        faces = detector.detect(np.repeat(chip[:, :, None], 3, axis=2))
        yaw = pose(faces[0])[0] if faces else None
        yield position, np.nan if yaw is None else abs(yaw)
