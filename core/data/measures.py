"""Measures of a face chip's picture: noise, sharpness, light.

Live, Batch and the robustness benchmark measure chips alike, so that what a camera gives
can be looked up among pictures on which networks were measured.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

SIDE: Final = 48

CENTRE: Final = slice(SIDE // 6, SIDE - SIDE // 6)
"""Rows and columns of a chip that a face fills whatever stands behind it."""

CLIPPED: Final = 250
"""Grey level from which a pixel counts as white, its detail lost."""

LAPLACIAN_DIFFERENCE: Final = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
"""Blind to grey levels that change evenly; noise of deviation d comes out with 6 d."""

MEDIAN_OF_NORMAL: Final = 0.6745
"""Median absolute value of a standard normal variable."""


def noise(chip: np.ndarray) -> float:
    """Standard deviation of a chip's noise in grey levels.

    The mask of Immerkær 1996 ("Fast Noise Variance Estimation"), with the median in place
    of the mean so that a face's edges count little: 2.5 for half of FER-2013's images,
    below 5 for 95% of them, and 10.9 with added noise of 10.

    Args:
        chip: uint8 (48, 48).
    """
    response = cv2.filter2D(chip.astype(np.float32), -1, LAPLACIAN_DIFFERENCE)[1:-1, 1:-1]
    return float(np.median(np.abs(response)) / MEDIAN_OF_NORMAL / 6)


def sharpness(chip: np.ndarray) -> float:
    """How much fine detail a chip holds, whatever its contrast; 0.4 to 1.5 in FER-2013."""
    edges = cv2.Laplacian(chip.astype(np.float32), cv2.CV_32F)
    return _deviation(edges) / max(_deviation(chip), 1.0)


def _deviation(image: np.ndarray) -> float:
    """Standard deviation, by OpenCV: NumPy takes ten times as long for so few numbers."""
    return float(cv2.meanStdDev(image)[1][0, 0])


def brightness(chip: np.ndarray) -> float:
    """Mean grey level in the middle of a chip, 0 to 255."""
    return float(chip[CENTRE, CENTRE].mean())


def clipped(chip: np.ndarray) -> float:
    """Share of a chip's pixels that are white, 0 to 1; below 0.11 for 95% of FER-2013."""
    return float((chip >= CLIPPED).mean())


MEASURES: Final = {
    "noise": noise,
    "sharpness": sharpness,
    "brightness": brightness,
    "clipped": clipped,
}
