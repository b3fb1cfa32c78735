"""Heat over a face: Grad-CAM and occlusion maps as pictures.

Where a map is low the face stays as it is; only what stands out is coloured, from dark
red over orange to light yellow, which is monotonous in lightness and so readable without
colour vision.
"""

from __future__ import annotations

import cv2
import numpy as np

STRENGTH = 0.75
"""Opacity of the highest heat."""

AGAINST = np.array([86, 180, 233], dtype=np.float32)
"""Blue of regions that speak against a class; heat speaks for it."""


def relative(maps: np.ndarray, position: int, shared: bool = False) -> np.ndarray:
    """One class's map brought to the range 0 to 1.

    Args:
        maps: float (C, h, w), not negative.
        position: the class.
        shared: divide by the highest value of all classes, so that their maps can be
            compared, instead of by the class's own.

    Returns:
        float32 (h, w); all zero where nothing speaks for the class.
    """
    chosen = np.nan_to_num(maps[position].astype(np.float32)).clip(0)
    highest = float(np.nan_to_num(maps).max() if shared else chosen.max())
    return chosen / highest if highest > 0 else np.zeros_like(chosen)


def enlarge(values: np.ndarray, side: int) -> np.ndarray:
    """float32 (side, side) from a coarse map (h, w), smooth, within the map's own range."""
    smooth = cv2.resize(values.astype(np.float32), (side, side), interpolation=cv2.INTER_CUBIC)
    return smooth.clip(float(values.min()), float(values.max()))


def heat_colors() -> np.ndarray:
    """uint8 (256, 3), the colours of heat 0 to 1 as RGB."""
    ramp = np.arange(256, dtype=np.uint8)[:, None]
    return cv2.cvtColor(cv2.applyColorMap(ramp, cv2.COLORMAP_INFERNO), cv2.COLOR_BGR2RGB)[:, 0]


def overlay(face: np.ndarray, heat: np.ndarray, strength: float = STRENGTH) -> np.ndarray:
    """Colour a face by heat.

    Args:
        face: uint8 (s, s, 3) or grey (s, s); shown in grey under the colours.
        heat: float (h, w) in [0, 1], or in [-1, 1] where negative values speak against;
            any size.
        strength: opacity at heat 1, 0 to 1.

    Returns:
        uint8 (s, s, 3).
    """
    grey = cv2.cvtColor(face, cv2.COLOR_RGB2GRAY) if face.ndim == 3 else face
    base = np.repeat(grey[:, :, None], 3, axis=2).astype(np.float32)
    values = enlarge(np.asarray(heat, dtype=np.float32).clip(-1, 1), face.shape[0])
    warm = heat_colors()[np.round(255 * values.clip(0, 1)).astype(int)].astype(np.float32)
    color = np.where(values[:, :, None] < 0, AGAINST, warm)
    opacity = strength * np.abs(values)[:, :, None]
    return np.round((1 - opacity) * base + opacity * color).astype(np.uint8)


def soften(values: np.ndarray, pixels: float) -> np.ndarray:
    """A map without the raster it was measured on: blurred by a Gaussian of so many pixels."""
    return cv2.GaussianBlur(values.astype(np.float32), (0, 0), pixels)


def pixels(chip: np.ndarray, side: int) -> np.ndarray:
    """A chip enlarged so that its single pixels can be seen: uint8 (side, side)."""
    return cv2.resize(chip, (side, side), interpolation=cv2.INTER_NEAREST)


def smooth(picture: np.ndarray, side: int) -> np.ndarray:
    """A square picture, grey or RGB, brought to `side` px without visible pixels."""
    method = cv2.INTER_CUBIC if side > len(picture) else cv2.INTER_AREA
    return cv2.resize(picture, (side, side), interpolation=method)
