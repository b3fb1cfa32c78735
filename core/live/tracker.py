"""Which face of this frame is which of the last one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from core.faces.detector import Face, overlap

PATIENCE = 1.5
"""Seconds for which a face that is not found keeps its number."""

LEAST_OVERLAP = 0.15
"""Intersection over union from which two boxes are taken for one face."""

REACH = 0.9
"""Largest move of a face between two detections, in sizes of its box."""

GROWTH = 2.0
"""Largest factor by which it may have grown or shrunk."""

SIDE = 320
"""Long side of the grey picture in which faces are followed between detections."""

POINTS = 5
"""Points followed are a grid of as many rows and columns inside the box."""

LOST = 6
"""A face of which fewer points are found again stays where it was."""


@dataclass(frozen=True)
class Track:
    """A face over time.

    Attributes:
        id: its number, from 1; never given again.
        face: where it is now.
        seen: when it was last detected, in seconds.
        visible: whether the last detection found it.
    """

    id: int
    face: Face
    seen: float
    visible: bool = True


class Tracker:
    """Gives the faces of a video numbers that stay.

    After a detection `update` joins faces with tracks, the best fitting pairs first:
    those whose boxes overlap most, then those that are nearest. Between detections
    `follow` moves the boxes with the picture (Lucas and Kanade's optical flow in
    pyramids; Bouguet, 2001): by the median way of a grid of points, and larger or smaller
    by the median change of their distances.
    """

    def __init__(self) -> None:
        self._tracks: list[Track] = []
        self._next = 1
        self._grey: np.ndarray | None = None

    @property
    def known(self) -> list[int]:
        """Numbers of all faces that may come back."""
        return [track.id for track in self._tracks]

    def visible(self) -> list[Track]:
        """The faces in the picture, the largest first."""
        found = [track for track in self._tracks if track.visible]
        return sorted(found, key=lambda track: -track.face.area)

    def update(self, faces: Sequence[Face], seconds: float) -> list[Track]:
        """Take in the faces that a detection found, and return the visible tracks."""
        self._grey = None
        left = list(range(len(faces)))
        kept: list[Track] = []
        waiting = {track.id: track for track in self._tracks}
        pairs = [
            (fit(track.face, face), track.id, place)
            for track in self._tracks
            for place, face in enumerate(faces)
        ]
        for likeness, number, place in sorted(pairs, key=lambda pair: -pair[0]):
            if likeness > 0 and number in waiting and place in left:
                del waiting[number]
                left.remove(place)
                kept.append(Track(number, faces[place], seconds))
        for place in left:
            kept.append(Track(self._next, faces[place], seconds))
            self._next += 1
        kept += [
            replace(track, visible=False)
            for track in waiting.values()
            if seconds - track.seen <= PATIENCE
        ]
        self._tracks = kept
        return self.visible()

    def look(self, rgb: np.ndarray) -> None:
        """Remember the picture, uint8 (H, W, 3), in which the faces now stand."""
        self._grey = _small(rgb)

    def follow(self, rgb: np.ndarray) -> list[Track]:
        """Move the faces with the picture since `look` or `follow` last saw it."""
        before, now = self._grey, _small(rgb)
        self._grey = now
        if before is not None and before.shape == now.shape:
            scale = now.shape[1] / rgb.shape[1]
            self._tracks = [
                replace(track, face=_moved(track.face, before, now, scale))
                if track.visible
                else track
                for track in self._tracks
            ]
        return self.visible()


def fit(one: Face, other: Face) -> float:
    """Fit of two boxes for one face: over 1 where they overlap, 0 where they cannot be."""
    shared = overlap(one, other)
    if shared >= LEAST_OVERLAP:
        return 1 + shared
    growth = (other.area / one.area) ** 0.5
    way = np.hypot(*np.subtract(one.centre, other.centre)) / max(one.area, other.area) ** 0.5
    if way > REACH or not 1 / GROWTH <= growth <= GROWTH:
        return 0.0
    return float(1 - way / (REACH + 1e-6))


def _small(rgb: np.ndarray) -> np.ndarray:
    height, width = rgb.shape[:2]
    scale = min(1.0, SIDE / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return cv2.cvtColor(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)


def _moved(face: Face, before: np.ndarray, now: np.ndarray, scale: float) -> Face:
    x, y, width, height = (value * scale for value in face.box)
    steps = np.linspace(0.15, 0.85, POINTS)
    grid = np.array([(x + a * width, y + b * height) for b in steps for a in steps], np.float32)
    after, found, _ = cv2.calcOpticalFlowPyrLK(before, now, grid[:, None], None)
    good = found.ravel() == 1
    if good.sum() < LOST:
        return face
    old, new = grid[good], after[good, 0]
    way = np.median(new - old, axis=0) / scale
    spread_old = np.linalg.norm(old - np.median(old, axis=0), axis=1)
    spread_new = np.linalg.norm(new - np.median(new, axis=0), axis=1)
    growth = float(np.median(spread_new[spread_old > 1] / spread_old[spread_old > 1]))
    if not (np.isfinite(way).all() and 0.8 < growth < 1.25):
        return face
    left, top, full_width, full_height = face.box
    middle = (left + full_width / 2 + float(way[0]), top + full_height / 2 + float(way[1]))
    size = (full_width * growth, full_height * growth)
    return replace(
        face, box=(middle[0] - size[0] / 2, middle[1] - size[1] / 2, *size), landmarks=None
    )
