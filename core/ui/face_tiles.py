"""Small faces in a grid, each with lines of text below it."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import cv2
import numpy as np
import streamlit as st

SIDE = 144
"""Pixels of a face as sent; a chip is enlarged smoothly, as the networks enlarge it."""

_STYLE = (
    "<style>"
    ".fer-tiles{display:grid;grid-template-columns:repeat(auto-fill,minmax(118px,1fr));gap:.75rem}"
    ".fer-tiles figure{margin:0}"
    ".fer-tiles img{width:100%;aspect-ratio:1;border-radius:.4rem;display:block}"
    ".fer-tiles figcaption{font-size:.84rem;line-height:1.35;padding-top:.3rem}"
    ".fer-tiles .quiet{opacity:.72}"
    "</style>"
)


@dataclass(frozen=True)
class Tile:
    """One face.

    Attributes:
        face: uint8 (48, 48).
        lines: plain text below it, the first one stressed.
        alt: what it shows, for those who cannot see it.
    """

    face: np.ndarray
    lines: Sequence[str]
    alt: str


def png_url(face: np.ndarray, side: int = SIDE) -> str:
    """A grey face, uint8 (h, w), as an address that holds the picture itself."""
    large = cv2.resize(face, (side, side), interpolation=cv2.INTER_CUBIC)
    encoded = cv2.imencode(".png", large)[1]
    return "data:image/png;base64," + base64.b64encode(encoded.tobytes()).decode()


def draw(tiles: Sequence[Tile]) -> None:
    """Draw the faces as one element; the grid wraps on a narrow screen."""
    st.html(_STYLE + '<div class="fer-tiles">' + "".join(map(_figure, tiles)) + "</div>")


def _figure(tile: Tile) -> str:
    first, *rest = tile.lines
    caption = f"<strong>{escape(first)}</strong>"
    caption += "".join(f'<br><span class="quiet">{escape(line)}</span>' for line in rest)
    return (
        f'<figure><img src="{png_url(tile.face)}" alt="{escape(tile.alt)}" loading="lazy">'
        f"<figcaption>{caption}</figcaption></figure>"
    )
