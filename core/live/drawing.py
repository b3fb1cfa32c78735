"""Drawings in the video: boxes, words, bars, heat; and hiding the rest."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Literal, NamedTuple

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from core.labels import BY_NAME

Show = Literal["video", "pixels", "nothing"]
"""Part of the camera's picture that is shown."""

SHOWS: tuple[Show, ...] = ("video", "pixels", "nothing")

BLOCKS = 24
"""Blocks along the long side of a pixelated picture: a face in front of a webcam has some six."""

PAPER = (16, 22, 28)
INK = (236, 242, 246)
OTHER = (150, 160, 168)

_HEAT = 0.55
_VEIL = 0.65


class Bar(NamedTuple):
    """A row of bars: its name, its colour, and a share in [0, 1] for each network."""

    name: str
    color: tuple[int, int, int]
    shares: tuple[float, ...]


Box = tuple[float, float, float, float]


def class_rgb(name: str) -> tuple[int, int, int]:
    """Colour of a class; grey for an unknown one."""
    known = BY_NAME.get(name)
    if known is None:
        return OTHER
    text = known.color.lstrip("#")
    return int(text[:2], 16), int(text[2:4], 16), int(text[4:6], 16)


def canvas(rgb: np.ndarray, show: Show, mirror: bool) -> np.ndarray:
    """The picture to draw on, a copy: uint8 (H, W, 3)."""
    if show == "nothing":
        return np.full(rgb.shape, PAPER, dtype=np.uint8)
    if show == "pixels":
        height, width = rgb.shape[:2]
        scale = BLOCKS / max(height, width)
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        coarse = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)
        rgb = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_NEAREST)
    return cv2.flip(rgb, 1) if mirror else rgb.copy()


def mirrored(box: Box, width: int) -> Box:
    """The box in a picture of `width` pixels that was mirrored."""
    return width - box[0] - box[2], box[1], box[2], box[3]


def text_size(height: int) -> int:
    """Size of letters for a picture of so many pixels in height."""
    return max(13, round(height / 28))


def heat(picture: np.ndarray, box: Box, values: np.ndarray) -> None:
    """Lay a map over a part of a picture, in place.

    Args:
        picture: uint8 (H, W, 3).
        box: where the map belongs; may reach beyond the picture.
        values: float (h, w), not negative.
    """
    highest = float(values.max(initial=0))
    left, top, right, bottom = _corners(box)
    sizes = (right - left, bottom - top)
    # What is much larger than the picture is a glitch, and would take the memory to match.
    if highest <= 0 or min(sizes) < 2 or max(sizes) > 4 * max(picture.shape):
        return
    whole = cv2.resize((values / highest).astype(np.float32), sizes, interpolation=cv2.INTER_LINEAR)
    inside = _inside(picture, left, top, right, bottom)
    if inside is None:
        return
    rows, columns = inside
    part = whole[
        rows.start - top : rows.stop - top, columns.start - left : columns.stop - left
    ].clip(0, 1)
    colors = cv2.applyColorMap(np.round(255 * part).astype(np.uint8), cv2.COLORMAP_INFERNO)
    opacity = (_HEAT * part)[:, :, None]
    below = picture[rows, columns].astype(np.float32)
    picture[rows, columns] = (below + opacity * (colors[:, :, ::-1] - below)).astype(np.uint8)


def frame(picture: np.ndarray, box: Box, color: tuple[int, int, int]) -> None:
    """Draw a box with a dark rim, in place."""
    left, top, right, bottom = _corners(box)
    width = max(2, round(picture.shape[0] / 240))
    cv2.rectangle(picture, (left, top), (right, bottom), PAPER, width + 2, cv2.LINE_AA)
    cv2.rectangle(picture, (left, top), (right, bottom), color, width, cv2.LINE_AA)


def lines(picture: np.ndarray, box: Box, texts: Sequence[str], color: tuple[int, int, int]) -> None:
    """Write lines above a box, or into its top where there is no room, in place."""
    size = text_size(picture.shape[0])
    masks = [letters(text, size) for text in texts if text]
    if not masks:
        return
    high = sum(mask.shape[0] for mask in masks) + 4
    wide = max(mask.shape[1] for mask in masks) + 12
    left = int(min(max(box[0], 0), max(0, picture.shape[1] - wide)))
    top = int(box[1] - high - 2)
    if top < 0:
        top = int(max(0, box[1] + 2))
    _veil(picture, left, top, wide, high)
    cv2.rectangle(picture, (left, top), (left + 3, top + high - 1), color, -1)
    place = top + 2
    for mask in masks:
        _write(picture, mask, left + 8, place, INK)
        place += mask.shape[0]


def bars(picture: np.ndarray, box: Box, rows: Sequence[Bar]) -> None:
    """Draw a panel of bars beside a box, on the side with more room, in place."""
    size = max(11, round(0.75 * text_size(picture.shape[0])))
    masks = [letters(row.name, size) for row in rows]
    if not masks:
        return
    names = max(mask.shape[1] for mask in masks)
    step = max(mask.shape[0] for mask in masks) + 1
    length = round(3.4 * size)
    wide, high = names + length + 16, step * len(rows) + 6
    room = picture.shape[1] - (box[0] + box[2])
    left = box[0] + box[2] + 4 if room >= min(wide + 6, box[0]) else box[0] - wide - 4
    left = int(min(max(left, 0), max(0, picture.shape[1] - wide)))
    top = int(min(max(box[1], 0), max(0, picture.shape[0] - high)))
    _veil(picture, left, top, wide, high)
    for place, (row, mask) in enumerate(zip(rows, masks, strict=True)):
        y = top + 3 + place * step
        _write(picture, mask, left + 5, y, INK)
        start = left + names + 10
        thick = max(2, (step - 4) // max(1, len(row.shares)))
        for line, share in enumerate(row.shares):
            upper = y + 2 + line * thick
            end = start + round(length * min(max(share, 0.0), 1.0))
            color = tuple(int(value * (1 - 0.35 * line)) for value in row.color)
            cv2.rectangle(picture, (start, upper), (max(end, start), upper + thick - 2), color, -1)


def notice(picture: np.ndarray, text: str) -> None:
    """Write a sentence along the bottom, in place, in as many lines as it takes."""
    size = text_size(picture.shape[0])
    room = picture.shape[1] - 20
    rows: list[str] = []
    for word in text.split():
        longer = f"{rows[-1]} {word}" if rows else word
        if rows and letters(longer, size).shape[1] <= room:
            rows[-1] = longer
        else:
            rows.append(word)
    masks = [letters(row, size) for row in rows]
    high = sum(mask.shape[0] for mask in masks) + 8
    top = max(0, picture.shape[0] - high)
    _veil(picture, 0, top, picture.shape[1], high)
    place = top + 4
    for mask in masks:
        _write(picture, mask, 10, place, INK)
        place += mask.shape[0]


@cache
def _font(size: int) -> ImageFont.ImageFont | ImageFont.FreeTypeFont:
    return ImageFont.load_default(size)


@lru_cache(maxsize=1024)
def letters(text: str, size: int) -> np.ndarray:
    """A line of text as opacity: float32 (h, w, 1) in [0, 1]; of the same height for all."""
    font = _font(size)
    canvas = Image.new("L", (max(1, round(font.getlength(text)) + 1), round(1.35 * size)))
    ImageDraw.Draw(canvas).text((0, round(0.08 * size)), text, fill=255, font=font)
    mask = np.asarray(canvas, dtype=np.float32)[:, :, None] / 255
    mask.flags.writeable = False
    return mask


def _write(
    picture: np.ndarray, mask: np.ndarray, left: int, top: int, color: tuple[int, int, int]
) -> None:
    inside = _inside(picture, left, top, left + mask.shape[1], top + mask.shape[0])
    if inside is None:
        return
    rows, columns = inside
    part = mask[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left]
    below = picture[rows, columns].astype(np.float32)
    ink = np.array(color, dtype=np.float32)
    picture[rows, columns] = (below + part * (ink - below)).astype(np.uint8)


def _veil(picture: np.ndarray, left: int, top: int, wide: int, high: int) -> None:
    inside = _inside(picture, left, top, left + wide, top + high)
    if inside is None:
        return
    below = picture[inside].astype(np.float32)
    paper = np.array(PAPER, dtype=np.float32)
    picture[inside] = (below + _VEIL * (paper - below)).astype(np.uint8)


def _corners(box: Box) -> tuple[int, int, int, int]:
    # A box that a glitch made enormous must not overflow OpenCV's integers.
    left, top, wide, high = (int(min(max(value, -20_000), 20_000)) for value in box)
    return left, top, left + wide, top + high


def _inside(
    picture: np.ndarray, left: int, top: int, right: int, bottom: int
) -> tuple[slice, slice] | None:
    """The part of a rectangle that lies in the picture; None where there is none."""
    height, width = picture.shape[:2]
    rows = slice(min(max(top, 0), height), min(max(bottom, 0), height))
    columns = slice(min(max(left, 0), width), min(max(right, 0), width))
    if rows.start >= rows.stop or columns.start >= columns.stop:
        return None
    return rows, columns
