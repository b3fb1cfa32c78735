"""One picture of every corruption: a row a kind, for each face as it is and at five strengths."""

from __future__ import annotations

import numpy as np

from core.data.corruptions import KINDS, LEVELS, SIDE, corrupt

GAP = 4
PAPER = 128


def sheet(faces: np.ndarray, index: np.ndarray) -> np.ndarray:
    """Draw faces under every kind and strength, in the order of `KINDS`.

    Args:
        faces: uint8 (n, 48, 48).
        index: int64 (n,), number of each, which its draws depend on.

    Returns:
        uint8 (H, W), one pixel a pixel of the chip.
    """
    steps = len(LEVELS) + 1
    pitch = SIDE + GAP
    width = len(faces) * (steps * pitch + GAP) - GAP
    picture = np.full((len(KINDS) * pitch - GAP, width), PAPER, np.uint8)
    for row, kind in enumerate(KINDS):
        series = [faces, *(corrupt(faces, kind, level, index) for level in LEVELS)]
        for step, chips in enumerate(series):
            for place, chip in enumerate(chips):
                left = place * (steps * pitch + GAP) + step * pitch
                picture[row * pitch : row * pitch + SIDE, left : left + SIDE] = chip
    return picture
