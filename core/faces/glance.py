"""What a glance leaves in doubt, looked at closely.

A glance at a small copy of a picture costs a fifth of looking at the picture. It finds most
faces and leaves a trace of nearly every other one. So only what it doubts needs a closer look,
in windows of the picture that are as large as the copy.
"""

from __future__ import annotations

import numpy as np

from core.faces.detector import CLOSE_UP_SIDE, Face, FaceDetector, distinct, overlap
from core.faces.yunet import OVERLAP, SIZES

SURE = 0.85
"""A best score of this or more ends the search for faces. One upright face of FER-2013 in twelve
scores less; of those lying on their side and found nevertheless, nine in ten do."""

PLACED = 24.0
"""Least size of a face that a glance places well enough, the square root of its box's area, in
pixels of the glance: 60 where the picture is 640 px long."""

WINDOW = (CLOSE_UP_SIDE, SIZES[CLOSE_UP_SIDE][0])
"""Width and height of a window in pixels."""

MOST = 2
"""Windows of a picture. Where more is in doubt, other faces may have left no trace."""

ROOM = 16
"""Least distance in pixels of a doubtful face from the edge of its window, unless the picture
ends there."""


def settled(rgb: np.ndarray, detector: FaceDetector, seen: list[Face]) -> list[Face] | None:
    """The faces of a picture, by a glance at it and close looks.

    Args:
        rgb: uint8 (H, W, 3), its long side at most the detector's.
        detector: may be shared by threads.
        seen: what may be a face at a glance; see `FaceDetector.glance`.

    Returns:
        Faces, largest first, one of them sure; None where none is, and where small or many
        doubtful ones make it likely that others left no trace.
    """
    longest = max(rgb.shape[:2])
    least = (PLACED * longest / CLOSE_UP_SIDE) ** 2
    if any(face.area < least for face in seen):
        return None
    enough = detector.score if best(seen) >= SURE else SURE
    clear = [face for face in seen if face.score >= enough]
    doubtful = [face for face in seen if face.score < enough]
    windows = _windows(doubtful, rgb.shape[1], rgb.shape[0])
    if windows is None or (windows and longest < detector.side):
        return None
    close = [
        face
        for left, top in windows
        for face in detector.within(rgb, left, top, *WINDOW)
        if any(overlap(face, other) > OVERLAP for other in doubtful)
    ]
    faces = sorted(distinct(clear + close), key=lambda face: -face.area)
    return faces if best(faces) >= SURE else None


def best(faces: list[Face]) -> float:
    """The best score, 0 without a face."""
    return max((face.score for face in faces), default=0.0)


def _windows(faces: list[Face], width: int, height: int) -> list[tuple[int, int]] | None:
    """Left and top of windows that hold all faces; None where one is too large, or too many."""
    found: list[tuple[int, int]] = []
    for face in faces:
        if any(_holds(window, face, width, height) for window in found):
            continue
        left, top = (
            int(np.clip(middle - length / 2, 0, max(0, end - length)))
            for middle, length, end in zip(face.centre, WINDOW, (width, height), strict=True)
        )
        window = (left, top)
        if len(found) == MOST or not _holds(window, face, width, height):
            return None
        found.append(window)
    return found


def _holds(window: tuple[int, int], face: Face, width: int, height: int) -> bool:
    for start, length, end, first, size in zip(
        window, WINDOW, (width, height), face.box[:2], face.box[2:], strict=True
    ):
        if start > 0 and first < start + ROOM:
            return False
        if start + length < end and first + size > start + length - ROOM:
            return False
    return True
