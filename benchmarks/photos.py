"""Photos to measure with: faces of the user's own FER-2013 on backgrounds made by chance.

Photo number k depends on the seed and on k alone, so that a folder of 1,000 begins with the
photos of a folder of 100.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

WIDTH, HEIGHT = 640, 480

MOST = 3
"""Faces in a photo; each has one to so many."""

SMALLEST, LARGEST = 90, 200
"""Sides of the faces' pictures in pixels."""

MARGIN = 12
"""Least distance of faces from each other and from the edge, in pixels."""

CONTRAST = 20.0
"""Least standard deviation of a face's grey levels: FER-2013 holds blank images too."""

QUALITY = 90
"""Of the JPEG files."""

Box = tuple[int, int, int]
"""Left, top and side in pixels."""


def write_photos(folder: Path, faces: np.ndarray, count: int, seed: int = 0) -> Iterator[int]:
    """Write `photo_00001.jpg` and so on; those that are there already are replaced.

    Args:
        folder: is made if need be.
        faces: uint8 (n, 48, 48), those of FER-2013.
        count: of photos.
        seed: of everything that is left to chance.

    Yields:
        How many faces stand in each photo, after it is written.

    Raises:
        OSError: if a file cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for place in range(1, count + 1):
        rgb, boxes = photo(faces, np.random.default_rng([seed, place]))
        bgr = cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR)
        content = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1].tobytes()
        (folder / f"photo_{place:05d}.jpg").write_bytes(content)
        yield len(boxes)


def photo(faces: np.ndarray, generator: np.random.Generator) -> tuple[np.ndarray, list[Box]]:
    """One photo, uint8 (480, 640, 3), and where its one to three faces stand."""
    rgb = _background(generator)
    boxes = _places(generator, int(generator.integers(1, MOST + 1)))
    for left, top, side in boxes:
        chip = faces[generator.integers(len(faces))]
        for _attempt in range(20):
            if chip.std() >= CONTRAST:
                break
            chip = faces[generator.integers(len(faces))]
        tint = generator.uniform([0.95, 0.8, 0.7], [1.0, 0.95, 0.9])
        large = cv2.resize(chip, (side, side), interpolation=cv2.INTER_CUBIC)
        face = large[:, :, None] * tint
        area = rgb[top : top + side, left : left + side]
        cover = _cover(side)
        area[:] = np.round(cover * face + (1 - cover) * area).astype(np.uint8)
    return rgb, boxes


def _background(generator: np.random.Generator) -> np.ndarray:
    """Colours that run into each other, patches, lines, and the grain of a camera."""
    coarse = generator.integers(30, 226, (3, 4, 3)).astype(np.float32)
    rgb = cv2.resize(coarse, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
    rgb = np.ascontiguousarray(np.clip(rgb, 0, 255).astype(np.uint8))
    for _shape in range(int(generator.integers(4, 13))):
        first, second = (
            (int(generator.integers(WIDTH)), int(generator.integers(HEIGHT))) for _end in range(2)
        )
        colour = tuple(int(value) for value in generator.integers(20, 236, 3))
        if generator.random() < 0.6:
            cv2.rectangle(rgb, first, second, colour, -1)
        else:
            cv2.line(rgb, first, second, colour, int(generator.integers(2, 12)))
    rgb = cv2.GaussianBlur(rgb, (0, 0), float(generator.uniform(0.8, 3.0)))
    grain = generator.normal(0, generator.uniform(1, 6), (HEIGHT, WIDTH, 1))
    return np.clip(rgb + grain, 0, 255).astype(np.uint8)


def _places(generator: np.random.Generator, count: int) -> list[Box]:
    """Squares that do not touch; fewer where chance leaves no room."""
    found: list[Box] = []
    for _attempt in range(200):
        if len(found) == count:
            break
        side = int(generator.integers(SMALLEST, LARGEST + 1))
        left = int(generator.integers(MARGIN, WIDTH - MARGIN - side))
        top = int(generator.integers(MARGIN, HEIGHT - MARGIN - side))
        if all(_apart((left, top, side), other) for other in found):
            found.append((left, top, side))
    return found


def _apart(one: Box, other: Box) -> bool:
    return any(
        one[axis] + one[2] + MARGIN <= other[axis] or other[axis] + other[2] + MARGIN <= one[axis]
        for axis in (0, 1)
    )


def _cover(side: int) -> np.ndarray:
    """float64 (side, side, 1): 1 where the face is, less towards its edge, 0 at the corners."""
    way = (np.arange(side) + 0.5) / side * 2 - 1
    distance = (np.abs(way[:, None]) ** 4 + np.abs(way[None, :]) ** 4) ** 0.25
    return np.clip((1 - distance) / 0.12, 0, 1)[:, :, None]
