"""Augmentation of face chips: the same code draws the Preprocessing page and feeds training.

Each random draw is a `Change` with explicit numbers, so that a page can show what a
network sees for chosen values, and training can draw them from a seeded generator.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from pydantic import BaseModel, ConfigDict, Field


class Augmentation(BaseModel):
    """How far a training image may be changed; all zero means not at all.

    Attributes:
        flip: share of images mirrored left to right, 0 to 1.
        rotation: largest turn either way, in degrees.
        shift: largest move along each axis, as a share of the side.
        zoom_out, zoom_in: largest shrinking and enlarging, as a share of the size.
        contrast, brightness: largest change of the grey values' spread (share) and
            level (share of 255).
        erasing: share of images that lose a rectangle (Zhong et al. 2020, "Random
            Erasing Data Augmentation", arXiv:1708.04896).
        erasing_area: largest erased share of the image; the smallest is 2%.
        median: share of images smoothed by a 3x3 median filter.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    flip: float = Field(0.0, ge=0, le=1)
    rotation: float = Field(0.0, ge=0, le=180)
    shift: float = Field(0.0, ge=0, lt=1)
    zoom_out: float = Field(0.0, ge=0, lt=1)
    zoom_in: float = Field(0.0, ge=0, lt=1)
    contrast: float = Field(0.0, ge=0, lt=1)
    brightness: float = Field(0.0, ge=0, lt=1)
    erasing: float = Field(0.0, ge=0, le=1)
    erasing_area: float = Field(0.25, gt=0.02, lt=1)
    median: float = Field(0.0, ge=0, le=1)


@dataclass(frozen=True)
class Change:
    """What is done to one chip.

    Attributes:
        flip: mirror left to right.
        rotation: degrees, positive turns counter-clockwise.
        shift_x, shift_y: move to the right and down, as a share of the side.
        zoom: factor of enlargement, 1 leaves the size.
        gain, bias: grey values become `gain * (value - mean) + mean + 255 * bias`.
        erased: rectangle (left, top, width, height) as shares of the side, or None.
        median: smooth by a 3x3 median filter first.
    """

    flip: bool = False
    rotation: float = 0.0
    shift_x: float = 0.0
    shift_y: float = 0.0
    zoom: float = 1.0
    gain: float = 1.0
    bias: float = 0.0
    erased: tuple[float, float, float, float] | None = None
    median: bool = False


def draw(settings: Augmentation, rng: np.random.Generator) -> Change:
    """Draw one random change within `settings`."""
    zoom = rng.uniform(1 - settings.zoom_out, 1 + settings.zoom_in)
    shift_x, shift_y = rng.uniform(-settings.shift, settings.shift, size=2)
    return Change(
        flip=bool(rng.random() < settings.flip),
        rotation=float(rng.uniform(-settings.rotation, settings.rotation)),
        shift_x=float(shift_x),
        shift_y=float(shift_y),
        zoom=float(zoom),
        gain=float(rng.uniform(1 - settings.contrast, 1 + settings.contrast)),
        bias=float(rng.uniform(-settings.brightness, settings.brightness)),
        erased=_draw_rectangle(settings.erasing_area, rng)
        if rng.random() < settings.erasing
        else None,
        median=bool(rng.random() < settings.median),
    )


def _draw_rectangle(largest: float, rng: np.random.Generator) -> tuple[float, float, float, float]:
    area = rng.uniform(0.02, largest)
    ratio = np.exp(rng.uniform(np.log(0.3), np.log(1 / 0.3)))
    width, height = min(1.0, np.sqrt(area * ratio)), min(1.0, np.sqrt(area / ratio))
    left, top = rng.uniform(0, 1 - width), rng.uniform(0, 1 - height)
    return float(left), float(top), float(width), float(height)


def apply(face: np.ndarray, change: Change) -> np.ndarray:
    """Apply `change` to one chip, uint8 (h, w), and return a new one of the same shape.

    Pixels that come in from outside repeat the border. The erased rectangle takes the
    chip's mean grey.
    """
    height, width = face.shape
    result = cv2.medianBlur(face, 3) if change.median else face
    moved = change.rotation or change.shift_x or change.shift_y or change.zoom != 1
    if change.flip or moved:
        centre = ((width - 1) / 2, (height - 1) / 2)
        matrix = cv2.getRotationMatrix2D(centre, change.rotation, change.zoom)
        matrix[:, 2] += change.shift_x * width, change.shift_y * height
        if change.flip:
            matrix = matrix @ np.array([[-1, 0, width - 1], [0, 1, 0], [0, 0, 1]], float)
        result = cv2.warpAffine(
            result,
            matrix,
            (width, height),
            flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )
    if change.gain != 1 or change.bias:
        mean = float(result.mean())
        result = cv2.convertScaleAbs(
            np.maximum(
                change.gain * (result.astype(np.float32) - mean) + mean + 255 * change.bias, 0
            )
        )
    result = result.copy() if result is face else result
    if change.erased:
        left, top, wide, high = change.erased
        rows = slice(round(top * height), max(round((top + high) * height), 1))
        columns = slice(round(left * width), max(round((left + wide) * width), 1))
        result[rows, columns] = round(float(result.mean()))
    return result


def augment(faces: np.ndarray, settings: Augmentation, rng: np.random.Generator) -> np.ndarray:
    """Change every chip of uint8 (n, 48, 48) by its own random draw."""
    return np.stack([apply(face, draw(settings, rng)) for face in faces])
