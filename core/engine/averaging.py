"""Test-time averaging: several views of a chip, whose probabilities are averaged."""

from __future__ import annotations

import cv2
import numpy as np

from core.faces.chip import SIDE
from core.roles import Averaging

CROP = 44
"""Side in pixels of the crops of `ten_crop`."""


def views(chips: np.ndarray, averaging: Averaging) -> np.ndarray:
    """The views of chips whose probabilities are to be averaged.

    `flip` is the chip and its mirror image. `ten_crop` is what Krizhevsky, Sutskever and
    Hinton (2012, section 4.1) average over: the four corners and the centre of the
    picture and the mirror images of these. Here the crops have 44 of the 48 pixels and
    are enlarged to a chip again, because that is what networks take.

    Args:
        chips: uint8 (n, 48, 48).
        averaging: which views.

    Returns:
        uint8 (v, n, 48, 48) with v = 1, 2 or 10.
    """
    match averaging:
        case "none":
            return chips[None]
        case "flip":
            return np.stack([chips, chips[:, :, ::-1]])
        case "ten_crop":
            last = SIDE - CROP
            corners = [(0, 0), (0, last), (last, 0), (last, last), (last // 2, last // 2)]
            crops = np.stack([_crop(chips, top, left) for top, left in corners])
            return np.concatenate([crops, crops[:, :, :, ::-1]])
        case _:
            raise ValueError(f"Expected none, flip or ten_crop. Received: {averaging}.")


def _crop(chips: np.ndarray, top: int, left: int) -> np.ndarray:
    parts = chips[:, top : top + CROP, left : left + CROP]
    enlarged = np.empty_like(chips)
    for target, part in zip(enlarged, parts, strict=True):
        target[:] = cv2.resize(np.ascontiguousarray(part), (SIDE, SIDE))
    return enlarged
