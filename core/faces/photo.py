"""From the bytes of a photo to the chips of its faces: the one way, used everywhere."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from core.errors import ImageError
from core.faces import rescue
from core.faces.chip import SIDE, crop_chip
from core.faces.detector import Face, FaceDetector
from core.faces.search import Found, search
from core.text import _, later

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

MAX_JPEG = 210_000_000
"""Pixels of a JPEG up to which it is read smaller than it is; phones make 200 megapixels."""

MOST_BLANK = 64
"""Pictures of a file among which one is looked for that is not blank."""

KNOWN_STARTS = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"II*\0", b"MM\0*")
"""How files begin that are pictures, damaged ones where no decoder knows them."""

# Sizes are checked here, by header, before anything is decoded; Pillow's own check would warn
# on the terminal and refuse photos that can be read smaller.
Image.MAX_IMAGE_PIXELS = None

HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}


class Note(StrEnum):
    """Something that readers should know of a picture that was read."""

    MENDED = "mended"
    REDUCED = "reduced"
    MORE = "one of several"

    @property
    def word(self) -> str:
        """Its name for readers."""
        return {
            Note.MENDED: _("damaged file, picture whole"),
            Note.REDUCED: _("read at a smaller size"),
            Note.MORE: _("one picture of several in the file"),
        }[self]


@dataclass(frozen=True, eq=False)
class Picture:
    """A decoded picture.

    Attributes:
        rgb: uint8 (H, W, 3), upright.
        notes: what is to be known of it.
        scale: pixels of the file that make one of `rgb`, in each direction.
    """

    rgb: np.ndarray
    notes: tuple[Note, ...] = ()
    scale: float = 1.0


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


def photo_to_chips(
    rgb: np.ndarray, detector: FaceDetector, quick: bool = False, crops: bool = False
) -> PhotoFaces:
    """Find the faces of a photo and cut their chips.

    Args:
        rgb: uint8 (H, W, 3), upright as `decode` returns it.
        detector: may be shared by threads.
        quick: see `search`.
        crops: likewise.
    """
    result = search(rgb, detector, quick, crops)
    chips = np.zeros((len(result.faces), SIDE, SIDE), dtype=np.uint8)
    for chip, face in zip(chips, result.faces, strict=True):
        chip[:] = crop_chip(rgb, face)
    return PhotoFaces(tuple(result.faces), chips, result.found)


def decode(source: bytes | Path) -> np.ndarray:
    """The pixels of a picture, uint8 (H, W, 3); see `read_picture`."""
    return read_picture(source).rgb


def read_picture(source: bytes | Path) -> Picture:
    """Decode a picture, set upright by its EXIF orientation, on grey where transparent.

    Of several pictures in a file the first is taken that is not blank. Levels of more than 8
    bits become 8-bit ones by the bits that are used; those of no fixed range (32-bit integers,
    floats) are stretched from black to white. A JPEG of more than `MAX_PIXELS` is read at a half,
    a quarter or an eighth of its size.

    Args:
        source: the file's content or its path.

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
    _check_avif(content)
    try:
        return _decoded(content)
    except ImageError:
        raise
    except Exception as reason:  # damaged bytes raise whatever they reach
        if (again := _second_reading(content)) is not None:
            return again
        if isinstance(reason, UnidentifiedImageError) and not content.startswith(KNOWN_STARTS):
            raise ImageError(
                later(
                    "The picture cannot be read. Expected JPEG, PNG, WebP, GIF, BMP, TIFF or AVIF."
                )
            ) from None
        raise ImageError(later("The picture is damaged or incomplete.")) from reason


def _decoded(content: bytes) -> Picture:
    if (deep := rescue.deep_tiff(content)) is not None:
        return Picture(_upright_array(content, _eight_bits(deep)))
    with Image.open(io.BytesIO(content), formats=FORMATS) as image:
        scale = _reduced(image)
        _check_size(*image.size)
        notes = [Note.REDUCED] if scale > 1 else []
        if _first_picture(image):
            notes.append(Note.MORE)
        if image.format in ("PNG", "TIFF") and _is_deep(image):
            levels = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)
            if levels is not None and levels.dtype == np.uint16 and levels.ndim == 3:
                return Picture(_upright_array(content, _flattened(levels)), tuple(notes))
        image.load()
        return Picture(_rgb(image), tuple(notes), scale)


def _second_reading(content: bytes) -> Picture | None:
    """The picture where a way round the damage leads to all of it."""
    try:
        if (rgb := rescue.bitmap(content)) is not None:
            _check_size(rgb.shape[1], rgb.shape[0])
            return Picture(rgb)
        if (better := rescue.mended(content)) is not None:
            found = _decoded(better)
            return replace(found, notes=(Note.MENDED, *found.notes))
    except ImageError:
        raise
    except Exception:  # noqa: BLE001  (then it is damaged after all)
        return None
    return None


def _reduced(image: Image.Image) -> float:
    """Let a large JPEG be decoded smaller; how many of its pixels make one of the result."""
    if image.format not in ("JPEG", "MPO"):
        return 1.0
    width, height = image.size
    if width * height <= MAX_PIXELS and max(width, height) <= MAX_SIDE:
        return 1.0
    # A progressive one is held whole before it is made smaller.
    if width * height > (MAX_PIXELS if image.info.get("progressive") else MAX_JPEG):
        return 1.0
    for scale in (2, 4, 8):
        small = (-(-width // scale), -(-height // scale))
        if small[0] * small[1] <= MAX_PIXELS and max(small) <= MAX_SIDE:
            image.draft(image.mode, small)
            return width / image.width
    return 1.0


def _first_picture(image: Image.Image) -> bool:
    """Go to the first picture of a file that is not blank; whether the file has several."""
    if not getattr(image, "is_animated", False) or image.format == "MPO":
        return False
    for place in range(min(getattr(image, "n_frames", 1), MOST_BLANK)):
        image.seek(place)
        _check_size(*image.size)
        if not _is_blank(image):
            return True
    image.seek(0)
    return True


def _is_blank(image: Image.Image) -> bool:
    """Whether all pixels are the same."""
    low_high = image.copy().convert("RGB").getextrema()
    return all(low == high for low, high in low_high)  # type: ignore[misc]


def _is_deep(image: Image.Image) -> bool:
    """Whether a file has colours of 16 bits, of which Pillow keeps the upper eight."""
    if image.mode not in ("RGB", "RGBA"):
        return False
    raw = next((tile[3] for tile in getattr(image, "tile", ())), "")
    raw = raw if isinstance(raw, str) else raw[0] if raw else ""
    return "16" in str(raw)


def _eight_bits(levels: np.ndarray) -> np.ndarray:
    """uint8 of uint16 levels, by the bits that the brightest of them uses.

    Cameras and microscopes put 10, 12 or 14 bits into files of 16.
    """
    used = int(levels.max(initial=0)).bit_length()
    bits = next(bits for bits in (8, 10, 12, 14, 16) if bits >= used)
    return (levels >> (bits - 8)).astype(np.uint8)


def _flattened(levels: np.ndarray) -> np.ndarray:
    """uint8 (H, W, 3) RGB of uint16 (H, W, 3 or 4) in OpenCV's order, on grey."""
    small = _eight_bits(levels[:, :, :3])[:, :, ::-1]
    if levels.shape[2] < 4:
        return small
    alpha = levels[:, :, 3:].astype(np.float32) / max(1, int(levels[:, :, 3].max()))
    return np.rint(small * alpha + BACKGROUND[0] * (1 - alpha)).astype(np.uint8)


def _upright_array(content: bytes, rgb: np.ndarray) -> np.ndarray:
    """Pixels that no decoder turned, set upright by the file's EXIF orientation."""
    orientation = 1
    with suppress(Exception), Image.open(io.BytesIO(content), formats=FORMATS) as image:
        orientation = image.getexif().get(0x0112, 1)
    turned = Image.fromarray(np.ascontiguousarray(rgb))
    turned.getexif()[0x0112] = orientation
    return np.asarray(_upright(turned))


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


def _check_avif(content: bytes) -> None:
    """Refuse an AVIF by the size in its header: its decoder only says that it cannot."""
    if (
        content[4:8] == b"ftyp"
        and b"avif" in content[8:64]
        and (place := content.find(b"ispe")) > 0
    ):
        _check_size(
            *(int.from_bytes(content[at : at + 4], "big") for at in (place + 8, place + 12))
        )


def _check_size(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise ImageError(
            later(
                "The picture is too large: it has {megapixels} megapixels. At most {limit} are "
                "read. Save it smaller.",
                megapixels=round(width * height / 1e6),
                limit=MAX_PIXELS / 1e6,
            )
        )
    if max(width, height) > MAX_SIDE:
        raise ImageError(
            later(
                "The picture is too large: its long side has {side} pixels. At most {limit} are "
                "read. Save it smaller.",
                side=max(width, height),
                limit=MAX_SIDE,
            )
        )


def _rgb(image: Image.Image) -> np.ndarray:
    """Converted band by band: each step on the whole picture would take as much again."""
    image = _upright(image)
    if image.mode == "RGB" and image.width * image.height < SMALL:
        return np.asarray(image)
    extremes = _extremes(image) if image.mode in ("I", "F") else (0.0, 0.0)
    shift = _shift(image) if image.mode.startswith("I;16") else 0
    rgb = np.empty((image.height, image.width, 3), dtype=np.uint8)
    for rows, band in _bands(image):
        if image.mode in ("I", "F"):
            rgb[rows] = _stretched(_levels(band), *extremes)[:, :, None]
        elif image.mode.startswith("I;16"):
            rgb[rows] = (np.asarray(band) >> shift)[:, :, None]
        else:
            rgb[rows] = np.asarray(_colours(band))
    return rgb


def _shift(image: Image.Image) -> int:
    """By how many bits the levels of a grey picture of 16 exceed 8; see `_eight_bits`."""
    used = max(int(np.asarray(band).max()) for _rows, band in _bands(image)).bit_length()
    return next(bits for bits in (8, 10, 12, 14, 16) if bits >= used) - 8


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
