"""What the chip was cut from, in colour and finer than 48 px, for people to look at."""

from __future__ import annotations

import cv2
import numpy as np

from core.faces.chip import SIDE, chip_corners
from core.faces.detector import Face

LANDMARKS = 5
"""Right eye, left eye, nose tip, right and left corner of the mouth (the person's)."""


def square_side(face: Face) -> float:
    """Side in pixels of the photo of the square that becomes the chip."""
    corners = chip_corners(face)
    return float(np.linalg.norm(corners[1] - corners[0]))


def cutout(rgb: np.ndarray, face: Face, largest: int = 240) -> np.ndarray:
    """The square of the photo that became the chip, upright and in colour.

    Args:
        rgb: uint8 (H, W, 3).
        face: in pixels of `rgb`.
        largest: side in pixels beyond which the cutout is made smaller; it is never finer
            than the photo, and never coarser than the chip.

    Returns:
        uint8 (s, s, 3) with 48 <= s <= largest. Beyond the photo its edge continues.
    """
    corners = chip_corners(face)
    natural = square_side(face)
    side = int(np.clip(round(natural), SIDE, max(largest, SIDE)))
    finer = max(1, round(natural / side))
    pixels = side * finer
    # Corners are edges of pixels, while OpenCV counts from their middles.
    source = (corners[[0, 1, 3]] - 0.5).astype(np.float32)
    target = np.array([[0, 0], [pixels, 0], [0, pixels]], dtype=np.float32) - np.float32(0.5)
    square = cv2.warpAffine(
        rgb,
        cv2.getAffineTransform(source, target),
        (pixels, pixels),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return cv2.resize(square, (side, side), interpolation=cv2.INTER_AREA) if finer > 1 else square


def on_chip(face: Face) -> np.ndarray | None:
    """Where the landmarks lie in the chip.

    Returns:
        float64 (5, 2), x and y in pixels of the chip, 0 to 48 inside it; None for a face
        that was not detected but assumed.
    """
    if face.landmarks is None:
        return None
    corners = chip_corners(face)
    axes = (corners[[1, 3]] - corners[0]) / SIDE
    return np.linalg.solve(axes.T, (face.landmarks - corners[0]).T).T


def outside(face: Face, width: int, height: int) -> float:
    """Share of the chip's square that lies beyond a photo of `width` x `height` pixels."""
    corners = chip_corners(face)
    low, high = corners.min(axis=0), corners.max(axis=0)
    inside = np.clip(np.minimum(high, [width, height]) - np.maximum(low, 0), 0, None)
    return float(1 - inside.prod() / (high - low).prod())
