"""Measure how FER-2013 frames its faces, in units of the face detector's box."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np

from core.errors import DataError
from core.faces.chip import Geometry, Margin, Spread, chip_corners, tilt_of
from core.faces.detector import Face, FaceDetector

ENLARGED = 192
"""Side in pixels to which an image is brought before detection."""

BORDER = 48
"""Grey pixels round the enlarged image. Without them YuNet's boxes end at the picture's
edge: 7% lower than round the same faces in photos, where chin and forehead go on. With
them the proportion of box and landmarks is that of photos."""


def measure(faces: np.ndarray, command: str, progress: Callable[[int], None]) -> Geometry:
    """Where detected boxes lie in FER-2013's images, and the crop that follows.

    The crop is the median one. The spread round it is FER-2013's own: its images frame
    faces now closer, now wider.

    Args:
        faces: uint8 (N, 48, 48), training images.
        command: written into the result.
        progress: told the number of images done, after each.

    Raises:
        DataError: if no face is found in them.
    """
    detector = FaceDetector(side=ENLARGED + 2 * BORDER)
    found: list[Face] = []
    for done, chip in enumerate(faces, start=1):
        candidates = detector.detect(_framed(chip))
        if candidates:
            found.append(candidates[0].shifted(-BORDER, -BORDER))
        progress(done)
    if not found:
        raise DataError(f"No face was found in {len(faces)} images. Expected some of FER-2013.")
    size = np.array([math.sqrt(face.area) for face in found])
    way = (ENLARGED / 2 - np.array([face.centre for face in found])) / size[:, None]
    marks = np.array([face.landmarks for face in found])
    layout = np.median(marks, axis=0)
    margin = Margin(
        scale=_rounded(np.median(ENLARGED / size)),
        right=_rounded(np.median(way[:, 0])),
        down=_rounded(np.median(way[:, 1])),
    )
    return Geometry(
        margin=margin,
        images=len(faces),
        found=len(found),
        scale=_spread(ENLARGED / size),
        right=_spread(way[:, 0]),
        down=_spread(way[:, 1]),
        overlap=_spread(np.array([_overlap(face, margin) for face in found])),
        tilt=_spread(np.array([tilt_of(each, layout) for each in marks])),
        landmarks=[(_rounded(x), _rounded(y)) for x, y in layout / ENLARGED],
        command=command,
    )


def _framed(chip: np.ndarray) -> np.ndarray:
    large = cv2.resize(chip, (ENLARGED, ENLARGED), interpolation=cv2.INTER_CUBIC)
    large = cv2.copyMakeBorder(
        large, BORDER, BORDER, BORDER, BORDER, cv2.BORDER_CONSTANT, value=(128,)
    )
    return cv2.cvtColor(large, cv2.COLOR_GRAY2RGB)


def _overlap(face: Face, margin: Margin) -> float:
    corners = chip_corners(replace(face, landmarks=None), margin)
    low, high = corners[0], corners[2]
    shared = np.clip(np.minimum(high, ENLARGED) - np.maximum(low, 0), 0, None).prod()
    return float(shared / (ENLARGED**2 + (high - low).prod() - shared))


def _spread(values: np.ndarray) -> Spread:
    p5, p25, p50, p75, p95 = (
        _rounded(value) for value in np.percentile(values, [5, 25, 50, 75, 95])
    )
    return Spread(p5=p5, p25=p25, p50=p50, p75=p75, p95=p95)


def _rounded(value: float) -> float:
    return round(float(value), 4)
