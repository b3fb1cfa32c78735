"""How many small faces of large photos are found, and how many that are none.

Photos whose faces were counted are laid into large pictures at several sizes. What the first
look alone finds stands beside what both looks find, with the time that each takes from the
file's bytes to the chips.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from core.faces.detector import Face, FaceDetector, overlap
from core.faces.photo import decode, photo_to_chips

WIDTH, HEIGHT = 4500, 3000
"""Size of the large pictures in pixels."""

SHARES = (1.0, 0.7, 0.5, 0.35, 0.25)
"""Part of a large picture's width or height that a laid-in photo fills."""

MATCH = 0.3
"""Intersection over union from which a found face is one of those that were counted."""


class OneLook(FaceDetector):
    """The detector without its second look at large photos."""

    def small_faces(self, rgb: np.ndarray) -> list[Face]:
        """None."""
        return []


@dataclass
class Count:
    """What was found in pictures.

    Attributes:
        faces: that are there.
        found: of these.
        false: found that are none.
        seconds: from bytes to chips, all pictures together.
    """

    faces: int = 0
    found: int = 0
    false: int = 0
    seconds: float = 0.0


def laid_in(photo: np.ndarray, share: float) -> tuple[np.ndarray, tuple[float, float, float]]:
    """A photo in a large picture, and by what its points are multiplied and shifted.

    Args:
        photo: uint8 (H, W, 3).
        share: of the large picture's width or height, whichever is filled first.
    """
    height, width = photo.shape[:2]
    scale = share * min(WIDTH / width, HEIGHT / height)
    size = (round(width * scale), round(height * scale))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    small = cv2.resize(photo, size, interpolation=method)
    left, top = (WIDTH - size[0]) // 3, (HEIGHT - size[1]) // 3
    rows = np.linspace(90, 150, HEIGHT, dtype=np.float32)[:, None, None]
    picture = np.broadcast_to(rows, (HEIGHT, WIDTH, 3)).astype(np.uint8)
    picture[top : top + size[1], left : left + size[0]] = small
    return picture, (scale, left, top)


def count(
    photos: Sequence[tuple[np.ndarray, list[Face]]],
    detector: FaceDetector,
    share: float,
    clock: Callable[[], float] = time.perf_counter,
) -> Count:
    """Look for the faces of photos laid into large pictures.

    Args:
        photos: uint8 (H, W, 3), and their faces, perhaps none.
        detector: that looks.
        share: see `laid_in`.
        clock: seconds.
    """
    total = Count()
    for photo, faces in photos:
        picture, (scale, left, top) = laid_in(photo, share)
        content = cv2.imencode(".jpg", picture[:, :, ::-1])[1].tobytes()
        start = clock()
        found = list(photo_to_chips(decode(content), detector).faces)
        total.seconds += clock() - start
        expected = [face.scaled(scale, scale).shifted(left, top) for face in faces]
        total.faces += len(expected)
        for face in expected:
            match = max(found, key=lambda other: overlap(face, other), default=None)
            if match is not None and overlap(face, match) >= MATCH:
                found.remove(match)
                total.found += 1
        total.false += len(found)
    return total
