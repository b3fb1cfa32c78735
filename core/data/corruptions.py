"""Corruptions of a face chip: what noise, blur, compression, light, framing and covers do to it.

The robustness benchmark measures with these functions and training augments with them.
Every one works on the 48x48 chip in grey levels of 0 to 255, takes a strength in a unit of
its own and draws what is random from the generator that it is given: the same generator
state gives the same picture. Results are rounded and clipped to 0 to 255; what comes in
from outside the chip repeats its border.

The kinds and five steps a kind follow Hendrycks and Dietterich 2019, "Benchmarking Neural
Network Robustness to Common Corruptions and Perturbations" (arXiv:1903.12261), the
strengths are for faces of 48 pixels.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal
from zlib import crc32

import cv2
import numpy as np

SIDE: Final = 48
WHITE: Final = 255.0

GAMMA: Final = 2.2
"""Exponent between light and grey level, as in sRGB roughly: one stop is a factor of
2 ** (1 / 2.2) = 1.37 in grey levels."""

INVISIBLE: Final = 0.01
"""Deviations in grey levels or pixels below this are lost in rounding to whole grey levels."""

EYES: Final = 18.5
"""Row of the eyes: median over 386 images of Training in which the detector found them
(a twentieth lies above 11, another below 22)."""

MOUTH: Final = 36.5
"""Row of the mouth's corners, likewise (30 to 40)."""

Family = Literal["noise", "blur", "compression", "light", "framing", "cover"]
FAMILIES: Final[tuple[Family, ...]] = (
    "noise",
    "blur",
    "compression",
    "light",
    "framing",
    "cover",
)

Change = Callable[[np.ndarray, float, np.random.Generator], np.ndarray]
"""(uint8 (48, 48), strength, generator) -> uint8 (48, 48)."""

LEVELS: Final = (1, 2, 3, 4, 5)
"""Names of the benchmark's five strengths of a kind."""


def _grey(values: np.ndarray) -> np.ndarray:
    return np.clip(np.rint(values), 0, WHITE).astype(np.uint8)


def gaussian_noise(chip: np.ndarray, deviation: float, rng: np.random.Generator) -> np.ndarray:
    """Noise of the same strength everywhere: x + N(0, deviation), `deviation` in grey levels."""
    return _grey(chip + rng.normal(0.0, deviation, chip.shape))


def shot_noise(chip: np.ndarray, deviation: float, rng: np.random.Generator) -> np.ndarray:
    """Noise of too few photons: 255 Poisson(n x / 255) / n with n = (255 / deviation)^2.

    `deviation` is the standard deviation at white in grey levels; at grey level x it is
    deviation sqrt(x / 255).
    """
    if deviation < INVISIBLE:
        return chip.copy()
    photons = (WHITE / deviation) ** 2
    return _grey(rng.poisson(chip * (photons / WHITE)) * (WHITE / photons))


def salt_and_pepper(chip: np.ndarray, share: float, rng: np.random.Generator) -> np.ndarray:
    """Dead pixels: each turns black or white, equally likely, with probability `share`."""
    drawn = rng.random(chip.shape)
    return np.where(drawn < share, np.where(drawn < share / 2, 0, 255), chip).astype(np.uint8)


def gaussian_blur(chip: np.ndarray, sigma: float, rng: np.random.Generator) -> np.ndarray:
    """Convolution with a Gaussian whose standard deviation is `sigma` pixels."""
    if sigma < INVISIBLE:
        return chip.copy()
    return cv2.GaussianBlur(chip, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)


def motion_blur(chip: np.ndarray, length: float, rng: np.random.Generator) -> np.ndarray:
    """Mean over the chip's places on a straight way of `length` pixels, in a random direction."""
    return _filtered(chip, _line(length, rng.uniform(0, np.pi)))


def _line(length: float, angle: float) -> np.ndarray:
    """Kernel of a line through the middle: points on it, shared among their four pixels."""
    half = int(np.ceil(length / 2)) + 1
    kernel = np.zeros((2 * half + 1, 2 * half + 1))
    way = np.linspace(-length / 2, length / 2, max(int(8 * length), 1) | 1)
    x, y = half + way * np.cos(angle), half - way * np.sin(angle)
    left, top = np.floor(x).astype(int), np.floor(y).astype(int)
    right, down = x - left, y - top
    for row, column, weight in (
        (top, left, (1 - down) * (1 - right)),
        (top, left + 1, (1 - down) * right),
        (top + 1, left, down * (1 - right)),
        (top + 1, left + 1, down * right),
    ):
        np.add.at(kernel, (row, column), weight)
    return kernel / kernel.sum()


def defocus_blur(chip: np.ndarray, radius: float, rng: np.random.Generator) -> np.ndarray:
    """Convolution with a disc of `radius` pixels, what a lens out of focus makes of a point."""
    return _filtered(chip, _disc(radius))


@lru_cache(maxsize=64)
def _disc(radius: float, finer: int = 9) -> np.ndarray:
    half = int(np.ceil(radius))
    side = (2 * half + 1) * finer
    place = (np.arange(side) - (side - 1) / 2) / finer
    inside = place[:, None] ** 2 + place[None] ** 2 <= max(radius, 1 / finer) ** 2
    kernel = inside.reshape(2 * half + 1, finer, 2 * half + 1, finer).mean(axis=(1, 3))
    return kernel / kernel.sum()


def _filtered(chip: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    smooth = cv2.filter2D(chip.astype(np.float32), -1, kernel, borderType=cv2.BORDER_REPLICATE)
    return _grey(smooth)


def jpeg(chip: np.ndarray, quality: float, rng: np.random.Generator) -> np.ndarray:
    """JPEG at `quality` 1 to 100, rounded; the quantisation is libjpeg's of that number."""
    setting = int(np.clip(round(quality), 1, 100))
    _, stream = cv2.imencode(".jpg", chip, [cv2.IMWRITE_JPEG_QUALITY, setting])
    return np.asarray(cv2.imdecode(stream, cv2.IMREAD_GRAYSCALE), np.uint8)


def darkness(chip: np.ndarray, stops: float, rng: np.random.Generator) -> np.ndarray:
    """Too little light by `stops`, each half of it: x 2^(-stops / 2.2)."""
    return _grey(chip * 2.0 ** (-stops / GAMMA))


def brightness(chip: np.ndarray, stops: float, rng: np.random.Generator) -> np.ndarray:
    """Too much light by `stops`, each twice as much: min(255, x 2^(stops / 2.2))."""
    return _grey(chip * 2.0 ** (stops / GAMMA))


def low_contrast(chip: np.ndarray, lost: float, rng: np.random.Generator) -> np.ndarray:
    """Grey levels drawn to their mean m: m + (1 - lost) (x - m); -1 doubles the contrast."""
    mean = chip.mean()
    return _grey(mean + (1 - lost) * (chip - mean))


def low_resolution(chip: np.ndarray, side: float, rng: np.random.Generator) -> np.ndarray:
    """A face `side` pixels wide, rounded: means over areas, enlarged again by cubic splines."""
    small = int(np.clip(round(side), 1, SIDE))
    if small == SIDE:
        return chip.copy()
    shrunk = cv2.resize(chip, (small, small), interpolation=cv2.INTER_AREA)
    return cv2.resize(shrunk, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)


def rotation(chip: np.ndarray, degrees: float, rng: np.random.Generator) -> np.ndarray:
    """A turn by `degrees` about the middle, clockwise or counter-clockwise by chance."""
    return _moved(chip, degrees * rng.choice((-1.0, 1.0)))


def loose_crop(chip: np.ndarray, share: float, rng: np.random.Generator) -> np.ndarray:
    """A badly placed frame: `share` of the side off in a random direction, and off in size.

    The face moves by `share` times 48 pixels and becomes 1 + `share` times as large or as
    small, by chance.
    """
    angle, larger = rng.uniform(0, 2 * np.pi), rng.random() < 0.5
    zoom = 1 + share if larger else 1 / (1 + share)
    return _moved(chip, 0.0, share * SIDE * np.cos(angle), share * SIDE * np.sin(angle), zoom)


def _moved(
    chip: np.ndarray, degrees: float, right: float = 0.0, down: float = 0.0, zoom: float = 1.0
) -> np.ndarray:
    matrix = cv2.getRotationMatrix2D(((SIDE - 1) / 2, (SIDE - 1) / 2), degrees, zoom)
    matrix[:, 2] += right, down
    return cv2.warpAffine(chip, matrix, (SIDE, SIDE), borderMode=cv2.BORDER_REPLICATE)


def cover_eyes(chip: np.ndarray, height: float, rng: np.random.Generator) -> np.ndarray:
    """A bar over the eyes across the chip, of `height` times its side, in its mean grey."""
    return _barred(chip, EYES, height)


def cover_mouth(chip: np.ndarray, height: float, rng: np.random.Generator) -> np.ndarray:
    """A bar over the mouth, as `cover_eyes`."""
    return _barred(chip, MOUTH, height)


def _barred(chip: np.ndarray, middle: float, height: float) -> np.ndarray:
    top = max(round(middle + 0.5 - height * SIDE / 2), 0)
    return _covered(chip, top, 0, round(height * SIDE), SIDE)


def cover_anywhere(chip: np.ndarray, share: float, rng: np.random.Generator) -> np.ndarray:
    """A rectangle of `share` of the chip's area anywhere on it, in its mean grey.

    Its width is half to twice its height (uniform in the logarithm), its place uniform.
    """
    ratio = np.exp(rng.uniform(-np.log(2), np.log(2)))
    height = min(round(SIDE * np.sqrt(share / ratio)), SIDE)
    width = min(round(SIDE * np.sqrt(share * ratio)), SIDE)
    top, left = (int(rng.integers(0, SIDE - size + 1)) for size in (height, width))
    return _covered(chip, top, left, height, width)


def _covered(chip: np.ndarray, top: int, left: int, height: int, width: int) -> np.ndarray:
    result = chip.copy()
    result[top : top + height, left : left + width] = round(float(chip.mean()))
    return result


@dataclass(frozen=True)
class Kind:
    """One kind of corruption.

    Attributes:
        family: what it belongs to.
        change: does it.
        unit: of its strength, in words.
        strengths: the benchmark's five, mildest first.
        unchanged: strength that leaves a chip as it is; for `jpeg` the one that does so
            best. Strengths on the way from it to the strongest are all valid, for sliders
            and for augmentation.
    """

    family: Family
    change: Change
    unit: str
    strengths: tuple[float, float, float, float, float]
    unchanged: float = 0.0


KINDS: Final[dict[str, Kind]] = {
    "gaussian_noise": Kind(
        "noise", gaussian_noise, "grey levels (standard deviation)", (5, 10, 15, 25, 40)
    ),
    "shot_noise": Kind(
        "noise", shot_noise, "grey levels at white (standard deviation)", (8, 15, 25, 40, 60)
    ),
    "salt_and_pepper": Kind(
        "noise", salt_and_pepper, "share of the pixels", (0.01, 0.02, 0.05, 0.1, 0.2)
    ),
    "gaussian_blur": Kind("blur", gaussian_blur, "pixels (sigma)", (0.5, 1, 1.5, 2, 3)),
    "motion_blur": Kind("blur", motion_blur, "pixels of way", (2, 4, 6, 9, 12)),
    "defocus_blur": Kind("blur", defocus_blur, "pixels of radius", (1, 1.5, 2, 3, 4)),
    "jpeg": Kind("compression", jpeg, "JPEG quality", (70, 50, 30, 15, 8), 100),
    "low_resolution": Kind(
        "compression", low_resolution, "pixels of the face's side", (36, 28, 22, 16, 12), SIDE
    ),
    "darkness": Kind("light", darkness, "stops of light", (1, 2, 3, 4.5, 6)),
    "brightness": Kind("light", brightness, "stops of light", (0.5, 1, 1.5, 2, 2.5)),
    "low_contrast": Kind(
        "light", low_contrast, "share of contrast lost", (0.3, 0.5, 0.7, 0.8, 0.9)
    ),
    "rotation": Kind("framing", rotation, "degrees", (5, 10, 20, 30, 45)),
    "loose_crop": Kind("framing", loose_crop, "share of the side", (0.04, 0.08, 0.12, 0.18, 0.25)),
    "cover_eyes": Kind(
        "cover", cover_eyes, "share of the chip's height", (0.06, 0.12, 0.18, 0.25, 0.35)
    ),
    "cover_mouth": Kind(
        "cover", cover_mouth, "share of the chip's height", (0.06, 0.12, 0.18, 0.25, 0.35)
    ),
    "cover_anywhere": Kind(
        "cover", cover_anywhere, "share of the chip's area", (0.04, 0.08, 0.15, 0.25, 0.33)
    ),
}
"""Every kind with its benchmark strengths. Steps 1 and 2 were chosen so that the expression
stays plain to see; judged by eye on sheets of faces (`python -m core data corruptions`
draws one), no study with people was made."""


def apply(chip: np.ndarray, kind: str, strength: float, rng: np.random.Generator) -> np.ndarray:
    """Corrupt one chip.

    Args:
        chip: uint8 (48, 48); stays as it is.
        kind: a key of `KINDS`.
        strength: in the kind's unit, anything between `unchanged` and beyond the strongest.
        rng: where the random part comes from. Kinds without one draw nothing.

    Returns:
        uint8 (48, 48), a new array.

    Raises:
        ValueError: for another kind, shape or type.
    """
    if kind not in KINDS:
        raise ValueError(f"Expected a kind among {', '.join(KINDS)}. Received: {kind}.")
    if chip.shape != (SIDE, SIDE) or chip.dtype != np.uint8:
        raise ValueError(f"Expected uint8 (48, 48). Received: {chip.dtype} {chip.shape}.")
    return KINDS[kind].change(chip, strength, rng)


def corrupt(
    chips: np.ndarray, kind: str, level: int, index: Sequence[int] | np.ndarray, seed: int = 0
) -> np.ndarray:
    """Corrupt a batch by one of the benchmark's strengths, each chip by a draw of its own.

    The draw depends on kind, level, the image's number and the seed alone, so that every
    network meets the same pictures, whichever part of them it is asked about.

    Args:
        chips: uint8 (n, 48, 48).
        kind: a key of `KINDS`.
        level: 1 to 5.
        index: (n,), number of each image in FER-2013.
        seed: of all draws.

    Returns:
        uint8 (n, 48, 48).
    """
    if level not in LEVELS:
        raise ValueError(f"Expected a level of 1 to 5. Received: {level}.")
    strength = KINDS[kind].strengths[level - 1]
    start = (seed, crc32(kind.encode()), level)
    result = np.empty_like(chips)
    for position, (chip, number) in enumerate(zip(chips, index, strict=True)):
        rng = np.random.default_rng((*start, int(number)))
        result[position] = apply(chip, kind, strength, rng)
    return result
