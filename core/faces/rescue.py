"""A second reading of pictures that the first decoder gives up on or gets wrong.

Other programs show them: a PNG whose text is damaged or large, a JPEG without its last two
bytes, a BMP with unusual bit fields, a TIFF whose 16-bit planes lie apart. Only what is whole
is read so; a picture that ends too early stays a damaged one.
"""

from __future__ import annotations

import io
import struct
import warnings
import zlib

import numpy as np
from PIL import Image, TiffImagePlugin

from core.errors import ImageError
from core.text import later

_PNG = b"\x89PNG\r\n\x1a\n"
_NEEDED = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"}
_END = b"\xff\xd9"
_FILLER = bytes(range(1, 65))
"""Bytes behind a cut JPEG: decoded as picture where there is still some to come."""

_FLOAT = 3
_PLANAR = 2
_NONE, _DEFLATE = (1,), (8, 32946)
_TAGS = {
    "width": 256, "height": 257, "bits": 258, "compression": 259, "photometric": 262,
    "offsets": 273, "samples": 277, "counts": 279, "planar": 284, "predictor": 317, "format": 339,
}  # fmt: skip
"""Tags of TIFF 6.0 by what they hold."""


def mended(content: bytes) -> bytes | None:
    """The same picture in a form that the first decoder reads; None where there is none."""
    if content.startswith(_PNG):
        return _essential(content)
    if content.startswith(b"\xff\xd8") and _END not in content[-64:]:
        return _ended(content)
    return None


def _essential(content: bytes) -> bytes | None:
    """A PNG without texts, profiles and the like; None where it had none of them."""
    found, place = [_PNG], len(_PNG)
    left_out = 0
    while place + 12 <= len(content):
        length, kind = struct.unpack_from(">I4s", content, place)
        end = place + 12 + length
        if kind in _NEEDED:
            found.append(content[place:end])
        else:
            left_out += 1
        place = end
    return b"".join(found) if left_out else None


def _ended(content: bytes) -> bytes | None:
    """A JPEG with its end mark, if nothing else is missing."""
    one, other = (_small(content + filler + _END) for filler in (b"", _FILLER))
    if one is None or other is None or not np.array_equal(one, other):
        return None
    return content + _END


def _small(content: bytes) -> np.ndarray | None:
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG",)) as image:
            if not image.info.get("progressive"):  # whose last scans add fine detail only
                image.draft(image.mode, (image.width // 8, image.height // 8))
            return np.asarray(image)
    except Exception:  # noqa: BLE001  (damaged bytes raise whatever they reach)
        return None


def bitmap(content: bytes) -> np.ndarray | None:
    """A BMP whose colours are bit fields of any layout: uint8 (H, W, 3), or None.

    The header is that of Windows (BITMAPINFOHEADER and later), compression 3 or 6.
    """
    if not content.startswith(b"BM") or len(content) < 66:
        return None
    start, size, width, height, _planes, bits, compression = struct.unpack_from(
        "<10xIIiiHHI", content
    )
    if size < 40 or bits not in (16, 32) or compression not in (3, 6) or width <= 0 or not height:
        return None
    masks = struct.unpack_from("<3I", content, 54)
    stride = -(-width * bits // 32) * 4
    if not all(masks) or len(content) < start + stride * abs(height):
        return None
    lines = np.frombuffer(content, np.uint8, stride * abs(height), start).reshape(-1, stride)
    kind = "<u2" if bits == 16 else "<u4"
    levels = np.ascontiguousarray(lines[:, : width * bits // 8]).view(kind)
    rgb = np.empty((abs(height), width, 3), np.uint8)
    for channel, mask in enumerate(masks):
        low = (mask & -mask).bit_length() - 1
        most = mask >> low
        rgb[:, :, channel] = ((levels & mask) >> low).astype(np.float32) * (255 / most) + 0.5
    return rgb if height < 0 else rgb[::-1]


def deep_tiff(content: bytes) -> np.ndarray | None:
    """A TIFF of 16-bit colours whose planes lie apart, which decoders mix up.

    Returns:
        uint16 (H, W, 3); None for any other file.

    Raises:
        ImageError: where it is one, or holds floating-point colours, that cannot be read.
    """
    if content[:4] not in (b"II*\0", b"MM\0*"):
        return None
    tags = _tags(content)
    bits, samples = _largest(tags.get("bits", (1,))), _largest(tags.get("samples", (1,)))
    if _largest(tags.get("format", (1,))) == _FLOAT and (bits != 32 or samples > 1):
        raise ImageError(
            later(
                "This is a floating-point TIFF of {bits} bits, which cannot be read. Save it with "
                "8 or 16 bits.",
                bits=bits,
            )
        )
    if bits <= 8 or samples < 3 or _largest(tags.get("planar", (1,))) != _PLANAR:
        return None
    refusal = ImageError(
        later(
            "This is a TIFF with 16 bits and its colours apart (planar), which cannot be read. "
            "Save it with 8 bits."
        )
    )
    compression = _largest(tags.get("compression", (1,)))
    if bits != 16 or _largest(tags.get("predictor", (1,))) != 1 or "offsets" not in tags:
        raise refusal
    width, height = _largest(tags["width"]), _largest(tags["height"])
    try:
        parts = [
            content[start : start + count]
            for start, count in zip(tags["offsets"], tags["counts"], strict=True)
        ]
        if compression in _DEFLATE:
            parts = [zlib.decompressobj().decompress(part, width * height * 2) for part in parts]
        elif compression not in _NONE:
            raise refusal
        order = "<u2" if content.startswith(b"II") else ">u2"
        planes = np.frombuffer(b"".join(parts), order)[: 3 * width * height]
        return np.moveaxis(planes.reshape(3, height, width), 0, 2).astype(np.uint16)
    except (KeyError, ValueError, zlib.error):
        raise refusal from None


def _tags(content: bytes) -> dict[str, tuple[int, ...]]:
    """Those of the first picture in a TIFF file that hold whole numbers."""
    try:
        stream = io.BytesIO(content)
        folder = TiffImagePlugin.ImageFileDirectory_v2(stream.read(8))
        stream.seek(folder.next)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            folder.load(stream)
            found = {name: folder[tag] for name, tag in _TAGS.items() if tag in folder}
    except Exception:  # noqa: BLE001  (damaged bytes raise whatever they reach)
        return {}
    values = {n: v if isinstance(v, tuple) else (v,) for n, v in found.items()}
    return {n: v for n, v in values.items() if all(isinstance(one, int) for one in v)}


def _largest(values: tuple[int, ...]) -> int:
    return max(values, default=1)
