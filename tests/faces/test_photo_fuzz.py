"""Damaged pictures of every format: decoded or refused with a sentence, never anything else."""

from __future__ import annotations

import io
import warnings

import numpy as np
import pytest
from PIL import Image

from core.errors import ImageError
from core.faces.photo import MAX_PIXELS, decode
from tests import mutations


@pytest.fixture(scope="module")
def corpus() -> list[bytes]:
    """A small picture in every format and mode that is read, and one that is not."""
    noise = np.random.default_rng(0).integers(0, 256, (20, 24, 4), dtype=np.uint8)
    rgba = Image.fromarray(noise)
    rgb, grey = rgba.convert("RGB"), rgba.convert("L")
    deep = Image.fromarray(noise[:, :, 0].astype(np.uint16) * 257)
    real = Image.fromarray(noise[:, :, 0].astype(np.float32))
    turned = Image.Exif()
    turned[0x0112] = 6
    found = [
        _saved(rgb, "JPEG", exif=turned),
        _saved(rgb, "JPEG", progressive=True),
        _saved(rgb.convert("CMYK"), "JPEG"),
        _saved(grey, "JPEG"),
        _saved(rgba, "PNG"),
        _saved(rgb.quantize(16), "PNG", transparency=3),
        _saved(deep, "PNG"),
        _saved(grey.convert("1"), "PNG"),
        _saved(rgb, "GIF", save_all=True, append_images=[rgb.rotate(90)], duration=40),
        _saved(rgba, "WEBP", lossless=True),
        _saved(rgb, "WEBP", save_all=True, append_images=[rgb.rotate(90)]),
        _saved(rgb, "BMP"),
        _saved(rgb.quantize(16), "BMP"),
        *(_saved(rgb, "TIFF", compression=name) for name in ("raw", "tiff_lzw", "jpeg")),
        _saved(rgb.convert("CMYK"), "TIFF", compression="tiff_adobe_deflate"),
        *(_saved(image, "TIFF") for image in (deep, real, rgb.convert("LAB"))),
        _saved(rgb, "AVIF"),
        _saved(rgb, "JPEG2000"),
        *(_saved(image, "PPM") for image in (rgb, grey, grey.convert("1"), deep)),
    ]
    for content in found:
        decode(content)
    return [*found, b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(100)]


def _saved(image: Image.Image, kind: str, **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def _decoded(content: bytes) -> None:
    rgb = decode(content)
    assert rgb.dtype == np.uint8
    assert rgb.ndim == 3
    assert rgb.shape[2] == 3
    assert 0 < rgb.shape[0] * rgb.shape[1] <= MAX_PIXELS


def test_damaged_pictures_are_decoded_or_refused(corpus: list[bytes]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        taken, refused = mutations.survives(
            mutations.mutated(corpus, mutations.count()), _decoded, ImageError
        )
    assert taken > 0
    assert refused > taken / 4
