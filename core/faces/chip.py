"""From a face in a picture to the chip that networks take: grey, 48x48, framed as FER-2013.

The frame is measured, not guessed: `python -m benchmarks framing` looks where the
detector's box lies in FER-2013's own training images and writes `geometry.json`, from
which `measured_margin` reads how a face must be cropped to sit in its chip as there.
"""

from __future__ import annotations

import cmath
import math
from functools import cache, lru_cache
from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
from pydantic import Field

from core.faces.detector import Face
from core.records import Document, Record

SIDE = 48
"""Side of a chip in pixels."""

FINER = 3
"""A pixel of the chip is the mean over the middle of its part of the picture, a third of it
each way. FER-2013's images were shrunk without smoothing: means over whole pixels are
softer than they (relative Laplacian 0.60 against 0.85 for faces in photos), these are not
(0.78)."""

LEVEL = 6.0
"""Tilt in degrees that a face may keep; the crop turns back the rest. Half of FER-2013's
faces are tilted by less than 4 degrees. Of its PublicTest images turned by 30 degrees,
CNN 48 is so right on 63% instead of 57%; of images as they are, on as many as before."""

GEOMETRY = Path(__file__).with_name("geometry.json")

Real = Annotated[float, Field(allow_inf_nan=False)]


class Margin(Record):
    """How a chip's square follows from a face's box, in units of the box's size.

    The size of a box is the square root of its area: steadier over poses than its width
    and, where a picture's edge cuts the face, than its height.

    Attributes:
        scale: side of the square.
        right: way from the middle of the box to that of the square, to the right as one
            looks at the upright face.
        down: likewise, downwards.
    """

    scale: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    right: Real
    down: Real


class Spread(Record):
    """Percentiles over the measured images."""

    p5: Real
    p25: Real
    p50: Real
    p75: Real
    p95: Real


class Geometry(Document):
    """`geometry.json`: the margin and what it was measured on.

    Attributes:
        margin: the medians below.
        images: training images looked at.
        found: those in which a face was detected.
        scale: side of the image in units of the box's size.
        right: way from the middle of the box to that of the image, in the same unit.
        down: likewise.
        overlap: intersection over union of the image and the square that `margin` makes
            of the box.
        tilt: of the faces in degrees, clockwise.
        landmarks: median places of the five landmarks, x and y in parts of the image's side.
        command: how to measure again.
    """

    margin: Margin
    images: int
    found: int
    scale: Spread
    right: Spread
    down: Spread
    overlap: Spread
    tilt: Spread
    landmarks: Annotated[list[tuple[Real, Real]], Field(min_length=5, max_length=5)]
    command: str


@cache
def _geometry() -> Geometry:
    return Geometry.read(GEOMETRY)


@cache
def _layout() -> np.ndarray:
    return np.array(_geometry().landmarks)


def measured_margin() -> Margin:
    """The margin in `geometry.json`."""
    return _geometry().margin


def tilt_of(landmarks: np.ndarray, layout: np.ndarray) -> float:
    """By how many degrees landmarks are turned clockwise against a layout of them.

    All five count, by least squares over turns, shifts and sizes (Umeyama 1991, for two
    dimensions), since the line through the eyes alone says little in a face seen from
    the side.

    Args:
        landmarks: (5, 2), x and y.
        layout: (5, 2), where they lie in an upright face.
    """
    # As complex numbers: the angle of the sum of products with the layout's conjugates.
    found, expected = (points[:, 0] + 1j * points[:, 1] for points in (landmarks, layout))
    return math.degrees(cmath.phase(np.vdot(expected - expected.mean(), found)))


def chip_corners(face: Face, margin: Margin | None = None) -> np.ndarray:
    """The square of the picture that becomes the chip.

    It stands upright with the picture, or as `face.turns` says, and leans with a face
    that is tilted by more than `LEVEL`, so that the face in the chip is not.

    Args:
        face: as detected.
        margin: `measured_margin()` by default.

    Returns:
        float64 (4, 2), x and y in pixels of the corners that become the chip's upper left,
        upper right, lower right and lower left; may lie outside the picture. Read-only.
    """
    return _corners(face, margin or measured_margin())


# A face is asked for its corners by the crop and by every measure of its quality.
@lru_cache(maxsize=256)
def _corners(face: Face, margin: Margin) -> np.ndarray:
    size = math.sqrt(face.area)
    right, down = _axes(face)
    centre = np.array(face.centre) + size * (margin.right * right + margin.down * down)
    half = size * margin.scale / 2
    signs = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    corners = centre + half * (signs[:, :1] * right + signs[:, 1:] * down)
    corners.flags.writeable = False
    return corners


def _axes(face: Face) -> tuple[np.ndarray, np.ndarray]:
    """Where right and down of the chip point in the picture."""
    angle = 90.0 * face.turns
    if face.landmarks is not None:
        tilt = tilt_of(face.landmarks, _layout()) - angle
        tilt = (tilt + 180) % 360 - 180
        angle += math.copysign(max(0.0, abs(tilt) - LEVEL), tilt)
    right = np.array([math.cos(math.radians(angle)), math.sin(math.radians(angle))])
    return right, np.array([-right[1], right[0]])


def square_face(width: int, height: int, margin: Margin | None = None) -> Face:
    """The face whose chip is a whole picture of `width` x `height` pixels.

    A picture that is not square is taken with its long side, its edges continued.
    """
    margin = margin or measured_margin()
    size = max(width, height) / margin.scale
    left = width / 2 - size * (margin.right + 0.5)
    top = height / 2 - size * (margin.down + 0.5)
    return Face(box=(left, top, size, size), score=0.0)


def crop_chip(rgb: np.ndarray, face: Face, margin: Margin | None = None) -> np.ndarray:
    """Cut a face out of a picture as FER-2013 shows faces.

    Grey is the luma of ITU-R BT.601, as image libraries make it. See `FINER` on how the
    chip is shrunk; a small face is enlarged linearly. Beyond the picture its edge goes on.

    Args:
        rgb: uint8 (H, W, 3).
        face: in pixels of `rgb`.
        margin: `measured_margin()` by default.

    Returns:
        uint8 (48, 48).
    """
    corners = chip_corners(face, margin)
    height, width = rgb.shape[:2]
    # Only the part around the square is made grey; 2 px more for the interpolation.
    left, top = np.clip(np.floor(corners.min(axis=0)) - 2, 0, [width - 1, height - 1]).astype(int)
    right, bottom = np.clip(np.ceil(corners.max(axis=0)) + 3, [1, 1], [width, height]).astype(int)
    part = cv2.cvtColor(
        np.ascontiguousarray(rgb[top : max(bottom, top + 1), left : max(right, left + 1)]),
        cv2.COLOR_RGB2GRAY,
    )
    across, down = corners[1] - corners[0], corners[3] - corners[0]
    # Only the middle of each pixel of the chip is looked at, in as many places as that takes.
    samples = max(1, math.ceil(float(np.linalg.norm(across)) / (SIDE * FINER)))
    places = (FINER // 2 + (np.arange(samples) + 0.5) / samples) / FINER
    places = (np.arange(SIDE)[:, None] + places).ravel() / SIDE
    # Corners are edges of pixels, while OpenCV counts from their middles.
    start = corners[0] - [left, top] - 0.5
    x = start[0] + places * across[0] + places[:, None] * down[0]
    y = start[1] + places * across[1] + places[:, None] * down[1]
    taken = cv2.remap(
        part,
        x.astype(np.float32),
        y.astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return cv2.resize(taken, (SIDE, SIDE), interpolation=cv2.INTER_AREA) if samples > 1 else taken
