"""From the bytes of a photo to the chips of its faces: the one way, used everywhere."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from core.errors import ImageError
from core.faces.chip import SIDE, crop_chip
from core.faces.detector import Face, FaceDetector
from core.faces.search import Found, search
from core.text import later

MAX_BYTES = 64 * 1024**2
"""Largest file that is read."""

MAX_PIXELS = 50_000_000
"""Largest picture that is decoded; it takes 400 MB for a moment, in WebP twice that."""

MAX_SIDE = 32_000
"""Longest side in pixels; OpenCV's transformations count in 16 bits."""

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "JPEG2000", "PPM")
"""What is read. Pillow knows more, some of it by running other programs."""

BAND = 1 << 16
"""Pixels that are converted at once; so few stay in the processor's cache."""

SMALL = 8 * BAND
"""Pixels below which a picture in RGB is quicker taken as a whole."""

BACKGROUND = (128, 128, 128)
"""What shows through where a picture is transparent."""

HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}


@dataclass(frozen=True)
class PhotoFaces:
    """The faces of one photo, largest first.

    Attributes:
        faces: n faces, in pixels of the photo.
        chips: uint8 (n, 48, 48), the chip of each.
        found: how they were found.
    """

    faces: tuple[Face, ...]
    chips: np.ndarray
    found: Found


def photo_to_chips(rgb: np.ndarray, detector: FaceDetector, quick: bool = False) -> PhotoFaces:
    """Find the faces of a photo and cut their chips.

    Args:
        rgb: uint8 (H, W, 3), upright as `decode` returns it.
        detector: may be shared by threads.
        quick: see `search`.
    """
    result = search(rgb, detector, quick)
    chips = np.zeros((len(result.faces), SIDE, SIDE), dtype=np.uint8)
    for chip, face in zip(chips, result.faces, strict=True):
        chip[:] = crop_chip(rgb, face)
    return PhotoFaces(tuple(result.faces), chips, result.found)


def decode(source: bytes | Path) -> np.ndarray:
    """Decode a picture, set upright by its EXIF orientation, on grey where transparent.

    Of an animation the first frame is taken. 16-bit levels become 8-bit ones; levels of
    no fixed range (32-bit integers, floats) are stretched from black to white.

    Args:
        source: the file's content or its path.

    Returns:
        uint8 (H, W, 3), RGB.

    Raises:
        ImageError: with a sentence on why the picture cannot be used.
    """
    content = _read(source) if isinstance(source, Path) else source
    if not content:
        raise ImageError(later("The file is empty."))
    if len(content) > MAX_BYTES:
        raise ImageError(
            later("The file is too large. At most {limit} MB are read.", limit=MAX_BYTES / 1024**2)
        )
    if _is_heic(content):
        raise ImageError(
            later("HEIC pictures cannot be read. Save the photo as JPEG or PNG and try again.")
        )
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as image:
            _check_size(*image.size)
            image.load()
            return _rgb(image)
    except ImageError:
        raise
    except UnidentifiedImageError:
        raise ImageError(
            later("The picture cannot be read. Expected JPEG, PNG, WebP, GIF, BMP, TIFF or AVIF.")
        ) from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_large() from None
    except Exception as reason:  # damaged bytes raise whatever they reach
        raise ImageError(later("The picture is damaged or incomplete.")) from reason


def _read(path: Path) -> bytes:
    try:
        # Anything else, a pipe for one, could keep the reader waiting for ever.
        if not path.is_file():
            raise ImageError(later("{name} is missing or not a file.", name=path.name))
        with path.open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as reason:
        if isinstance(reason, ImageError):
            raise
        detail = getattr(reason, "strerror", None) or str(reason)
        raise ImageError(
            later("{name} cannot be read: {reason}.", name=path.name[:80], reason=detail)
        ) from reason


def _is_heic(content: bytes) -> bool:
    """Whether the ISO media header names HEIC and not AVIF, which shares its generic brand."""
    length = int.from_bytes(content[:4], "big")
    header = content[4 : min(length, 256)]
    return header[:4] == b"ftyp" and header[4:8] in HEIF_BRANDS and b"avif" not in header


def _check_size(width: int, height: int) -> None:
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
        raise _too_large()


def _too_large() -> ImageError:
    megapixels = MAX_PIXELS / 1e6
    return ImageError(
        later("The picture is too large. At most {limit} megapixels are read.", limit=megapixels)
    )


def _rgb(image: Image.Image) -> np.ndarray:
    """Converted band by band: each step on the whole picture would take as much again."""
    image = _upright(image)
    if image.mode == "RGB" and image.width * image.height < SMALL:
        return np.asarray(image)
    extremes = _extremes(image) if image.mode in ("I", "F") else (0.0, 0.0)
    rgb = np.empty((image.height, image.width, 3), dtype=np.uint8)
    for rows, band in _bands(image):
        if image.mode in ("I", "F"):
            rgb[rows] = _stretched(_levels(band), *extremes)[:, :, None]
        elif image.mode.startswith("I;16"):
            rgb[rows] = (np.asarray(band) >> 8)[:, :, None]
        else:
            rgb[rows] = np.asarray(_colours(band))
    return rgb


def _upright(image: Image.Image) -> Image.Image:
    # In place: else it copies the pictures that lie as they should too.
    with suppress(Exception):  # damaged EXIF data: the pixels are still good
        ImageOps.exif_transpose(image, in_place=True)
    return image


def _bands(image: Image.Image) -> Iterator[tuple[slice, Image.Image]]:
    """The picture cut into bands of rows, and which rows each of them is."""
    height = max(1, BAND // image.width)
    for top in range(0, image.height, height):
        bottom = min(top + height, image.height)
        yield slice(top, bottom), image.crop((0, top, image.width, bottom))


def _colours(image: Image.Image) -> Image.Image:
    """The picture in RGB, on grey where it is transparent."""
    if image.mode == "LAB":
        image = image.getchannel("L")
    if image.has_transparency_data:
        layer = image if image.mode == "RGBA" else image.convert("RGBA")
        image = Image.new("RGB", layer.size, BACKGROUND)
        image.paste(layer, mask=layer)
    return image if image.mode == "RGB" else image.convert("RGB")


def _levels(band: Image.Image) -> np.ndarray:
    """Levels as float64, which holds any 32-bit integer; finite."""
    return np.nan_to_num(np.asarray(band)).astype(np.float64)


def _extremes(image: Image.Image) -> tuple[float, float]:
    """The lowest and the highest level."""
    found = []
    for _rows, band in _bands(image):
        levels = _levels(band)
        found += [float(levels.min()), float(levels.max())]
    return min(found), max(found)


def _stretched(levels: np.ndarray, low: float, high: float) -> np.ndarray:
    """uint8 of the same shape, `low` black and `high` white."""
    if high <= low:
        return np.full(levels.shape, BACKGROUND[0], dtype=np.uint8)
    return np.round((levels - low) * (255 / (high - low))).astype(np.uint8)
