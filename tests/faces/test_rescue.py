"""Pictures that other programs show: read here too, with the right pixels, or refused rightly."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
import pytest
from PIL import Image

from core.errors import ImageError
from core.faces import photo as module
from core.faces.photo import Note, decode, read_picture

_COARSE = np.random.default_rng(0).integers(0, 256, size=(6, 8, 3), dtype=np.uint8)
PICTURE = cv2.resize(_COARSE, (80, 60), interpolation=cv2.INTER_CUBIC)


def encode(image: Image.Image | np.ndarray, kind: str, **options: object) -> bytes:
    image = image if isinstance(image, Image.Image) else Image.fromarray(image)
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def chunk(kind: bytes, content: bytes, good: bool = True) -> bytes:
    checked = kind + content
    return (
        struct.pack(">I", len(content))
        + checked
        + struct.pack(">I", zlib.crc32(checked) + good - 1)
    )


def with_chunk(added: bytes) -> bytes:
    """A PNG with a chunk behind its header."""
    content = encode(PICTURE, "PNG")
    return content[:33] + added + content[33:]


@pytest.mark.parametrize(
    "added",
    [
        chunk(b"tEXt", b"Comment\0by hand", good=False),
        chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"a" * 3_000_000)),
        chunk(b"iCCP", b"profile\0\0" + zlib.compress(b"a" * 3_000_000)),
        chunk(b"iCCP", b"profile\0\0no zlib stream"),
        chunk(b"eXIf", b"no exif", good=False),
    ],
    ids=["wrong checksum", "long text", "long profile", "broken profile", "broken EXIF"],
)
def test_a_png_is_read_whatever_stands_beside_its_pixels(added: bytes) -> None:
    np.testing.assert_array_equal(decode(with_chunk(added)), PICTURE)


def test_a_png_with_wrong_pixels_stays_damaged() -> None:
    content = bytearray(encode(PICTURE, "PNG"))
    content[content.index(b"IDAT") + 40] ^= 0xFF
    with pytest.raises(ImageError, match="damaged"):
        decode(bytes(content))


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"optimize": True}])
@pytest.mark.parametrize("cut", [1, 2])
def test_a_jpeg_without_its_end_is_read_with_a_note(options: dict[str, object], cut: int) -> None:
    content = encode(PICTURE, "JPEG", quality=95, **options)
    found = read_picture(content[:-cut])
    assert found.notes == (Note.MENDED,)
    np.testing.assert_array_equal(found.rgb, decode(content))


@pytest.mark.parametrize("options", [{}, {"progressive": True}])
@pytest.mark.parametrize("cut", [40, 400])
def test_a_jpeg_that_lacks_pixels_is_not(options: dict[str, object], cut: int) -> None:
    content = encode(PICTURE, "JPEG", quality=95, **options)
    with pytest.raises(ImageError, match="damaged or incomplete"):
        decode(content[:-cut])


def bitmap(bits: int, masks: tuple[int, int, int], top_down: bool) -> bytes:
    """`PICTURE` as a BMP with bit fields."""
    height, width = PICTURE.shape[:2]
    levels = np.zeros((height, width), np.uint32)
    for channel, mask in enumerate(masks):
        low = (mask & -mask).bit_length() - 1
        value = np.rint(PICTURE[:, :, channel] / 255 * (mask >> low)).astype(np.uint32)
        levels |= value << low
    lines = levels.astype(f"<u{bits // 8}")[:: 1 if top_down else -1].tobytes()
    size = 14 + 40 + 12
    header = struct.pack("<2sIHHI", b"BM", size + len(lines), 0, 0, size)
    header += struct.pack("<IiiHHIIiiII", 40, width, -height if top_down else height, 1, bits, 3,
                          len(lines), 0, 0, 0, 0)  # fmt: skip
    return header + struct.pack("<3I", *masks) + lines


@pytest.mark.parametrize("top_down", [False, True])
@pytest.mark.parametrize(
    ("bits", "masks", "allowed"),
    [
        (16, (0x0F00, 0x00F0, 0x000F), 5),  # 4-4-4
        (16, (0x7C00, 0x03E0, 0x001F), 3),  # 5-5-5
        (16, (0xF800, 0x07E0, 0x001F), 3),  # 5-6-5
        (32, (0x3FF00000, 0x000FFC00, 0x000003FF), 1),  # 10-10-10
        (32, (0x000000FF, 0x0000FF00, 0x00FF0000), 1),
    ],
)
def test_bitmaps_with_bit_fields(
    bits: int, masks: tuple[int, int, int], allowed: float, top_down: bool
) -> None:
    rgb = decode(bitmap(bits, masks, top_down))
    assert np.abs(rgb.astype(int) - PICTURE).mean() <= allowed


def tiff(
    levels: np.ndarray, order: Literal["<", ">"] = "<", packed: bool = False, form: int = 1
) -> bytes:
    """A planar TIFF of colours, (H, W, 3), written by the book (TIFF 6.0)."""
    height, width, planes = levels.shape
    kind = levels.dtype.newbyteorder(order)
    parts = [levels[:, :, plane].astype(kind).tobytes() for plane in range(planes)]
    parts = [zlib.compress(part) if packed else part for part in parts]
    places, start = [], 8
    for part in parts:
        places.append(start)
        start += len(part)
    bits = levels.dtype.itemsize * 8
    extra = start + 2 + 12 * 12 + 4
    data = struct.pack(f"{order}3H", *[bits] * 3) + struct.pack(f"{order}3I", *places)
    data += struct.pack(f"{order}3I", *[len(part) for part in parts])
    entries = [
        (256, 3, 1, width), (257, 3, 1, height), (258, 3, 3, extra),
        (259, 3, 1, 8 if packed else 1), (262, 3, 1, 2),
        (273, 4, 3, extra + 6), (277, 3, 1, 3), (278, 3, 1, height),
        (279, 4, 3, extra + 18), (284, 3, 1, 2), (317, 3, 1, 1), (339, 3, 1, form),
    ]  # fmt: skip
    folder = struct.pack(f"{order}H", len(entries))
    for tag, field, count, value in entries:
        short = field == 3 and count == 1
        folder += struct.pack(f"{order}HHI", tag, field, count)
        folder += struct.pack(f"{order}H2x" if short else f"{order}I", value)
    mark = b"II" if order == "<" else b"MM"
    header = mark + struct.pack(f"{order}HI", 42, start)
    return header + b"".join(parts) + folder + bytes(4) + data


WIDE = PICTURE.astype(np.uint16) * 257


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("packed", [False, True])
def test_planes_that_lie_apart_make_one_picture(order: Literal["<", ">"], packed: bool) -> None:
    np.testing.assert_array_equal(decode(tiff(WIDE, order, packed)), PICTURE)


def test_floating_point_colours_are_refused_by_name() -> None:
    with pytest.raises(ImageError, match="floating-point TIFF of 16 bits"):
        decode(tiff(PICTURE.astype(np.float16), form=3))


@pytest.mark.parametrize("bits", [10, 12, 14, 16])
@pytest.mark.parametrize("kind", [".png", ".tiff"])
@pytest.mark.parametrize("grey", [False, True])
def test_levels_of_cameras_in_files_of_16_bits(bits: int, kind: str, grey: bool) -> None:
    picture = PICTURE.copy()
    picture[0, 0] = 255  # the brightest level says how many bits are used
    levels = picture.astype(np.uint16) << (bits - 8) | (1 << (bits - 8)) - 1
    expected = picture[:, :, 1] if grey else picture
    stored = levels[:, :, 1] if grey else levels[:, :, ::-1]
    rgb = decode(cv2.imencode(kind, stored)[1].tobytes())
    np.testing.assert_array_equal(rgb[:, :, 1] if grey else rgb, expected)


def test_a_deep_picture_is_set_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    stored = cv2.imencode(".png", np.rot90(WIDE, 1)[:, :, ::-1])[1].tobytes()
    added = chunk(b"eXIf", exif.tobytes().removeprefix(b"Exif\0\0"))
    np.testing.assert_array_equal(decode(stored[:33] + added + stored[33:]), PICTURE)


@pytest.mark.parametrize(("kind", "allowed"), [("GIF", 15), ("WEBP", 5), ("TIFF", 0), ("PNG", 0)])
def test_the_first_picture_that_is_not_blank(kind: str, allowed: float) -> None:
    blank = Image.new("RGB", (80, 60), "white")
    picture = Image.fromarray(PICTURE)
    more = [blank.copy(), picture, picture.rotate(180)]
    found = read_picture(encode(blank, kind, save_all=True, append_images=more))
    assert found.notes == (Note.MORE,)
    assert np.abs(found.rgb.astype(int) - PICTURE).mean() <= allowed


def test_only_blank_pictures_give_the_first() -> None:
    blank = [Image.new("RGB", (80, 60), colour) for colour in ("white", "black")]
    found = read_picture(encode(blank[0], "GIF", save_all=True, append_images=blank[1:]))
    assert found.rgb.min() == 255


@pytest.mark.parametrize(
    ("limits", "scale"),
    [
        ({"MAX_PIXELS": 1200}, 2.0),
        ({"MAX_PIXELS": 400}, 4.0),
        ({"MAX_SIDE": 45}, 2.0),
        ({"MAX_SIDE": 80}, 1.0),
    ],
)
def test_large_jpegs_are_read_smaller(
    limits: dict[str, int], scale: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in limits.items():
        monkeypatch.setattr(module, name, value)
    found = read_picture(encode(PICTURE, "JPEG", quality=95))
    assert found.scale == scale
    assert found.rgb.shape[:2] == (60 / scale, 80 / scale)
    assert found.notes == ((Note.REDUCED,) if scale > 1 else ())


def test_a_large_jpeg_is_set_upright_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_PIXELS", 1200)
    exif = Image.Exif()
    exif[0x0112] = 6
    found = read_picture(encode(PICTURE, "JPEG", exif=exif))
    assert found.rgb.shape[:2] == (40, 30)


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "AVIF"])
def test_other_large_pictures_are_refused_with_their_size(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = encode(PICTURE, kind)
    monkeypatch.setattr(module, "MAX_SIDE", 70)
    with pytest.raises(ImageError, match=r"long side has 80 pixels\. At most 70 are read"):
        decode(content)
    monkeypatch.setattr(module, "MAX_PIXELS", 1000)
    with pytest.raises(ImageError, match="too large: it has 0 megapixels"):
        decode(content)


CASES = Path(__file__).parents[3] / "shared" / "cases" / "pictures"


@pytest.mark.skipif(not CASES.is_dir(), reason="the collected cases are not here")
@pytest.mark.parametrize(
    ("name", "notes"),
    [
        ("bad_crc_text.png", (Note.MENDED,)),
        ("ztxt_3mb.png", (Note.MENDED,)),
        ("no_eoi.jpg", (Note.MENDED,)),
        ("bmp_444.bmp", ()),
        ("rgb16_planar.tif", ()),
        ("stereo.mpo", ()),
        ("panorama_33000x1000.jpg", (Note.REDUCED,)),
        ("grey_float16.tif", None),
    ],
)
def test_collected_pictures(name: str, notes: tuple[Note, ...] | None) -> None:
    content = (CASES / name).read_bytes()
    if notes is None:
        with pytest.raises(ImageError, match="floating-point TIFF"):
            decode(content)
        return
    found = read_picture(content)
    assert found.notes == notes
    if name.startswith("rgb16"):
        # The same face as the BMP shows: neither stripes nor planes side by side.
        other = decode((CASES / "bmp_444.bmp").read_bytes()).astype(int)
        assert np.abs(found.rgb - other).mean() < 12
