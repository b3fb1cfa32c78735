"""Decoding whatever people call a photo, and the one way from it to chips."""

from __future__ import annotations

import io
import os
import struct
import tracemalloc
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from core.errors import ImageError
from core.faces import photo as module
from core.faces.detector import FaceDetector, overlap
from core.faces.photo import decode, photo_to_chips
from core.faces.search import Found
from tests.faces.test_detector import REFERENCE

_COARSE = np.random.default_rng(0).integers(0, 256, size=(6, 8, 3), dtype=np.uint8)
PICTURE = cv2.resize(_COARSE, (80, 60), interpolation=cv2.INTER_CUBIC)
GREY = cv2.cvtColor(PICTURE, cv2.COLOR_RGB2GRAY)
GREY_PICTURE = np.repeat(GREY[:, :, None], 3, axis=2)


def encode(image: Image.Image | np.ndarray, kind: str, **options: object) -> bytes:
    image = image if isinstance(image, Image.Image) else Image.fromarray(image)
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def converted(mode: str) -> Image.Image:
    return Image.fromarray(PICTURE).convert(mode)


def png(width: int, height: int, data: bytes) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        checked = kind + content
        return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def half_clear() -> Image.Image:
    image = converted("RGBA")
    alpha = np.full((60, 80), 255, dtype=np.uint8)
    alpha[:, :40] = 0
    image.putalpha(Image.fromarray(alpha))
    return image


def opencv(kind: str, levels: np.ndarray) -> bytes:
    return cv2.imencode(kind, levels)[1].tobytes()


WIDE = PICTURE.astype(np.uint16) * 257
FRAMES = {"save_all": True, "append_images": [Image.new("RGB", (80, 60))] * 2}

KINDS = [
    # file, what it shows, largest mean difference in grey levels (lossy formats)
    pytest.param(encode(PICTURE, "PNG"), PICTURE, 0, id="png"),
    pytest.param(encode(PICTURE, "BMP"), PICTURE, 0, id="bmp"),
    pytest.param(encode(PICTURE, "TIFF"), PICTURE, 0, id="tiff"),
    pytest.param(encode(PICTURE, "JPEG", quality=95), PICTURE, 3, id="jpeg"),
    pytest.param(encode(PICTURE, "MPO", quality=95), PICTURE, 3, id="jpeg-of-phone"),
    pytest.param(encode(PICTURE, "WEBP", quality=95), PICTURE, 4, id="webp"),
    pytest.param(encode(PICTURE, "AVIF", quality=95), PICTURE, 4, id="avif"),
    pytest.param(encode(PICTURE, "JPEG2000"), PICTURE, 0, id="jpeg2000"),
    pytest.param(encode(PICTURE, "PPM"), PICTURE, 0, id="ppm"),
    pytest.param(encode(PICTURE, "GIF"), PICTURE, 15, id="gif"),
    pytest.param(encode(PICTURE, "GIF", **FRAMES), PICTURE, 15, id="animated-gif"),
    pytest.param(encode(PICTURE, "WEBP", quality=95, **FRAMES), PICTURE, 4, id="animated-webp"),
    pytest.param(encode(converted("P"), "PNG"), PICTURE, 20, id="palette"),
    pytest.param(encode(converted("CMYK"), "JPEG", quality=95), PICTURE, 3, id="cmyk-jpeg"),
    pytest.param(encode(converted("CMYK"), "TIFF"), PICTURE, 0, id="cmyk-tiff"),
    pytest.param(encode(converted("L"), "PNG"), GREY_PICTURE, 1, id="grey"),
    pytest.param(encode(converted("LA"), "PNG"), GREY_PICTURE, 1, id="grey-alpha"),
    pytest.param(opencv(".png", WIDE[:, :, ::-1]), PICTURE, 0, id="16-bit-png"),
    pytest.param(opencv(".tiff", WIDE[:, :, ::-1]), PICTURE, 0, id="16-bit-tiff"),
    pytest.param(encode(GREY.astype(np.uint16) * 257, "PNG"), GREY_PICTURE, 0, id="16-bit-grey"),
    pytest.param(opencv(".pgm", GREY.astype(np.uint16) * 257), GREY_PICTURE, 20, id="16-bit-pgm"),
    pytest.param(encode(GREY.astype(np.float32) / 9, "TIFF"), GREY_PICTURE, 20, id="float-tiff"),
    pytest.param(encode(GREY.astype(np.int32) * 500, "TIFF"), GREY_PICTURE, 20, id="32-bit-tiff"),
]


@pytest.mark.parametrize(("content", "expected", "allowed"), KINDS)
def test_formats_and_modes(content: bytes, expected: np.ndarray, allowed: float) -> None:
    rgb = decode(content)
    assert rgb.dtype == np.uint8
    assert rgb.shape == expected.shape
    assert np.abs(rgb.astype(int) - expected).mean() <= allowed


@pytest.mark.parametrize(("content", "_expected", "_allowed"), KINDS)
def test_bands_show_no_seams(
    content: bytes, _expected: np.ndarray, _allowed: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = decode(content)
    monkeypatch.setattr(module, "BAND", 7 * 80)
    monkeypatch.setattr(module, "SMALL", 0)
    np.testing.assert_array_equal(decode(content), whole)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "CMYK", "L", "P", "I", "F"])
def test_converting_takes_little_more_than_the_result(mode: str) -> None:
    side = 2000
    image = Image.fromarray(np.tile(_COARSE[:5, :8], (side // 5, side // 8, 1)))
    image = image.convert("L").convert(mode) if mode in "IF" else image.convert(mode)
    content = encode(image, "TIFF", compression="tiff_adobe_deflate")
    tracemalloc.start()
    rgb = decode(content)
    taken = tracemalloc.get_traced_memory()[1]  # of Python and NumPy; Pillow's is not seen
    tracemalloc.stop()
    assert taken < 1.5 * rgb.nbytes


def test_no_level_of_32_bits_is_too_fine_or_too_far() -> None:
    levels = 2_000_000_000 + np.arange(256, dtype=np.int32).reshape(16, 16)
    np.testing.assert_array_equal(decode(encode(levels, "TIFF"))[:, :, 0], levels - 2_000_000_000)
    ends = np.array([[-(2**31), 0, 2**31 - 1]], dtype=np.int32)
    assert decode(encode(ends, "TIFF"))[0, :, 1].tolist() == [0, 128, 255]
    odd = np.array([[np.nan, np.inf, -np.inf, 1]], dtype=np.float32)
    assert decode(encode(odd, "TIFF"))[0, :, 2].tolist() == [128, 255, 0, 128]


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "AVIF", "TIFF"])
def test_transparent_parts_are_neutral_grey(kind: str) -> None:
    rgb = decode(encode(half_clear(), kind))
    assert np.abs(rgb[:, :36].astype(int) - 128).max() <= 12
    assert np.abs(rgb[:, 44:].astype(int) - PICTURE[:, 44:]).mean() <= 12


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "TIFF"])
@pytest.mark.parametrize(
    ("orientation", "stored"),
    [
        (1, PICTURE),
        (2, PICTURE[:, ::-1]),
        (3, np.rot90(PICTURE, 2)),
        (6, np.rot90(PICTURE, 1)),
        (8, np.rot90(PICTURE, 3)),
    ],
)
def test_exif_orientation_is_followed(kind: str, orientation: int, stored: np.ndarray) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    quality = {} if kind in ("PNG", "TIFF") else {"quality": 95}
    content = encode(np.ascontiguousarray(stored), kind, exif=exif, **quality)
    rgb = decode(content)
    assert rgb.shape == PICTURE.shape
    assert np.abs(rgb.astype(int) - PICTURE).mean() <= 4


def test_damaged_exif_does_not_hide_the_picture() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    content = encode(PICTURE, "JPEG", exif=exif)
    at = content.index(b"Exif\0\0") + 6
    damaged = content[:at] + b"\xff" * 8 + content[at + 8 :]
    assert decode(damaged).shape == PICTURE.shape


NO_PICTURE = "The picture cannot be read"
DAMAGED = "damaged or incomplete"
TOO_LARGE = "too large"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(b"", "empty", id="empty"),
        pytest.param(b"Dear reader, " * 99, NO_PICTURE, id="text"),
        pytest.param(b"%PDF-1.7 " * 99, NO_PICTURE, id="pdf"),
        pytest.param(b"%!PS-Adobe-3.0 EPSF-3.0\n", NO_PICTURE, id="postscript"),
        pytest.param(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"x" * 99, "HEIC", id="heic"),
        pytest.param(b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic" + b"x" * 99, "HEIC", id="heif"),
        pytest.param(encode(PICTURE, "JPEG")[:-300], DAMAGED, id="cut-jpeg"),
        pytest.param(encode(PICTURE, "PNG")[:-300], DAMAGED, id="cut-png"),
        pytest.param(encode(PICTURE, "WEBP")[:-100], DAMAGED, id="cut-webp"),
        pytest.param(png(900, 900, zlib.compress(b"\0" * 99)), DAMAGED, id="too-little-data"),
        pytest.param(png(30_000, 30_000, zlib.compress(b"\0" * 9**7)), TOO_LARGE, id="bomb"),
        pytest.param(png(8_000, 8_000, b""), TOO_LARGE, id="many-pixels"),
        pytest.param(png(32_001, 10, b""), TOO_LARGE, id="long-side"),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(content: bytes, message: str) -> None:
    with pytest.raises(ImageError, match=message) as refusal:
        decode(content)
    assert str(refusal.value).endswith(".")


def test_a_large_file_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(module, "MAX_BYTES", 1000)
    file = tmp_path / "large.png"
    file.write_bytes(encode(PICTURE, "PNG"))
    for source in (file, file.read_bytes()):
        with pytest.raises(ImageError, match=TOO_LARGE):
            decode(source)


def test_a_path_gives_the_same_as_its_bytes(tmp_path: Path) -> None:
    file = tmp_path / "写真 ñ.png"
    file.write_bytes(encode(PICTURE, "PNG"))
    np.testing.assert_array_equal(decode(file), PICTURE)


def test_paths_that_are_no_readable_file(tmp_path: Path) -> None:
    loop = tmp_path / "loop.jpg"
    loop.symlink_to(loop)
    pipe = tmp_path / "pipe.jpg"
    os.mkfifo(pipe)
    for path in (tmp_path, tmp_path / "none.jpg", loop, pipe, tmp_path / ("x" * 5000)):
        with pytest.raises(ImageError, match=r"missing or not a file|cannot be read"):
            decode(path)


SEEDS = [parameter.values[0] for parameter in KINDS]


@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    content=st.sampled_from(SEEDS),
    cut=st.floats(0, 1),
    cuts=st.booleans(),
    changes=st.lists(st.tuples(st.floats(0, 0.999), st.binary(max_size=6)), max_size=6),
)
def test_mutated_files_are_read_or_refused(
    content: bytes, cut: float, cuts: bool, changes: list[tuple[float, bytes]]
) -> None:
    for place, new in changes:
        start = int(place * len(content))
        content = content[:start] + new + content[start + len(new) :]
    if cuts:
        content = content[: int(cut * len(content))]
    try:
        rgb = decode(content)
    except ImageError:
        return
    assert rgb.dtype == np.uint8
    assert rgb.ndim == 3
    assert rgb.shape[2] == 3


def test_from_photo_to_chip(photo: np.ndarray, detector: FaceDetector) -> None:
    result = photo_to_chips(photo, detector)
    assert result.found is Found.DETECTED
    assert result.chips.shape == (1, 48, 48)
    assert result.chips.dtype == np.uint8
    assert overlap(result.faces[0], REFERENCE) > 0.7
    # The eyes lie where they do in FER-2013: some 38% below the upper edge.
    again = detector.detect(cv2.cvtColor(result.chips[0], cv2.COLOR_GRAY2RGB))
    assert again[0].landmarks is not None
    eyes = again[0].landmarks[:2] / 48
    assert eyes == pytest.approx(np.array([[0.31, 0.38], [0.68, 0.38]]), abs=0.08)


def test_a_photo_without_a_face_has_no_chip(scene: np.ndarray, detector: FaceDetector) -> None:
    result = photo_to_chips(scene, detector)
    assert result.found is Found.NONE
    assert result.faces == ()
    assert result.chips.shape == (0, 48, 48)


def test_a_chip_stays_itself(detector: FaceDetector) -> None:
    chip = np.random.default_rng(0).integers(0, 256, (48, 48), dtype=np.uint8)
    result = photo_to_chips(np.repeat(chip[:, :, None], 3, axis=2), detector)
    assert result.found in (Found.WHOLE, Found.NONE), "noise is no face"
    np.testing.assert_array_equal(result.chips[0], chip)
