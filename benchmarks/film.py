"""A film for a browser's false camera: real faces that move, each picture with its number.

The number stands in the picture as a row of black and white blocks along the bottom, so
that one and the same picture is known again wherever it comes out.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np

from core.batch.kinds import IMAGES, suffix
from core.data import store
from core.errors import DataError, FerLabError
from core.faces.detector import FaceDetector
from core.faces.photo import decode
from core.roles import SELECTION

SIZE = (640, 480)
"""Width and height."""

BITS = 8
PICTURES = 2**BITS
"""Pictures until the film begins again: 8.5 seconds at 30 a second."""

BLOCKS = BITS + 2
"""A white and a black block lead the number's bits, the highest first."""

STRIP = 24
"""Height of the blocks."""

SCENES = 8
"""Different faces or photos."""

_FACE = 250
_SWAY = 40
_QUALITY = 90


class Film(NamedTuple):
    """A film that was written: its file, and in words what it shows."""

    file: Path
    shows: str


def write(file: Path, photos: Path | None = None) -> Film:
    """Write the film as MJPEG.

    Args:
        file: to write.
        photos: a folder of photos with faces; without it the faces of the imported dataset,
            and where there is none, NASA's portrait of Eileen Collins.

    Raises:
        DataError: if no face is found in what there is.
    """
    if photos is not None:
        found, shows = _photos(photos), "photos of a folder"
    elif store.is_available():
        found, shows = _dataset(), "faces of the dataset, enlarged"
    else:
        found, shows = _portrait(), "NASA's portrait of Eileen Collins"
    scenes = list(islice(found, SCENES))
    if not scenes:
        raise DataError(f"Expected photos with faces. Received: none in {photos}.")
    each = PICTURES // SCENES
    with file.open("wb") as stream:
        for number in range(PICTURES):
            scene = scenes[number // each % len(scenes)]
            picture = _swayed(scene, 2 * np.pi * number / each)
            _mark(picture, number)
            good, jpeg = cv2.imencode(
                ".jpg", picture[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, _QUALITY]
            )
            if not good:
                raise FerLabError("OpenCV could not encode a picture as JPEG.")
            stream.write(jpeg.tobytes())
    return Film(file, shows)


def number_of(picture: np.ndarray) -> int | None:
    """The number of a picture, uint8 (H, W) or (H, W, 3); None where it cannot be read."""
    grey = picture if picture.ndim == 2 else picture.mean(axis=2)
    height, width = grey.shape
    row = grey[round(height * (1 - STRIP / SIZE[1] / 2))]
    values = [float(row[round((place + 0.5) * width / BLOCKS)]) for place in range(BLOCKS)]
    white, black = values[:2]
    if white - black < 100:
        return None
    bits = ["1" if value > (white + black) / 2 else "0" for value in values[2:]]
    return int("".join(bits), 2)


def _mark(picture: np.ndarray, number: int) -> None:
    bits = f"10{number:0{BITS}b}"
    wide = SIZE[0] // BLOCKS
    for place, bit in enumerate(bits):
        picture[-STRIP:, place * wide : (place + 1) * wide] = 235 if bit == "1" else 20


def _swayed(scene: np.ndarray, angle: float) -> np.ndarray:
    """The part of a scene that the camera sees as it sways from side to side."""
    left = round(_SWAY * (1 + np.sin(angle)))
    picture = np.zeros((SIZE[1], SIZE[0], 3), dtype=np.uint8)
    picture[:-STRIP] = scene[:, left : left + SIZE[0]]
    return picture


def _scene(rgb: np.ndarray) -> np.ndarray:
    """A photo that fills a scene, with what is too much cut off evenly."""
    high, wide = SIZE[1] - STRIP, SIZE[0] + 2 * _SWAY
    scale = max(high / rgb.shape[0], wide / rgb.shape[1])
    # Round up: a scene that lacks a row could not be cut.
    size = (int(np.ceil(rgb.shape[1] * scale)), int(np.ceil(rgb.shape[0] * scale)))
    whole = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    top, left = (whole.shape[0] - high) // 4, (whole.shape[1] - wide) // 2
    return np.ascontiguousarray(whole[top : top + high, left : left + wide])


def _with_a_face(scenes: Iterator[np.ndarray]) -> Iterator[np.ndarray]:
    detector = FaceDetector(side=320)
    return (scene for scene in scenes if detector.detect(scene))


def _photos(folder: Path) -> Iterator[np.ndarray]:
    files = sorted(file for file in folder.rglob("*") if suffix(file.name) in IMAGES)
    return _with_a_face(_scene(decode(file)) for file in files)


def _dataset() -> Iterator[np.ndarray]:
    split = store.load().split(SELECTION)
    return _with_a_face(map(_enlarged, split.faces))


def _enlarged(chip: np.ndarray) -> np.ndarray:
    scene = np.full((SIZE[1] - STRIP, SIZE[0] + 2 * _SWAY, 3), 110, dtype=np.uint8)
    face = cv2.resize(chip, (_FACE, _FACE), interpolation=cv2.INTER_CUBIC)
    top, left = (scene.shape[0] - _FACE) // 2, (scene.shape[1] - _FACE) // 2
    scene[top : top + _FACE, left : left + _FACE] = face[:, :, None]
    return scene


def _portrait() -> Iterator[np.ndarray]:
    try:
        from skimage.data import astronaut
    except ModuleNotFoundError:
        raise DataError(
            "There is no face to film: give a folder with --photos, import the dataset, or "
            "install scikit-image, which carries a portrait."
        ) from None
    return _with_a_face(iter([_scene(astronaut())]))
