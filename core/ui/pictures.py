"""Small square pictures of faces, drawn the same way wherever they stand."""

from __future__ import annotations

import math

import numpy as np
import streamlit as st

from core.figures import overlay

SIDE = 240
"""Side in pixels to which they are enlarged."""


def draw(picture: np.ndarray, caption: str, alt: str | None = None) -> None:
    """Draw a picture as wide as its place, with a caption that also describes it."""
    st.image(picture, caption=caption, width="stretch", alt=alt or caption)


def enlarged(picture: np.ndarray) -> np.ndarray:
    """A small grey picture at `SIDE` or more, its pixels as squares."""
    return overlay.pixels(picture, len(picture) * max(1, math.ceil(SIDE / len(picture))))


def smooth(picture: np.ndarray) -> np.ndarray:
    """A square picture at `SIDE`, its pixels blended."""
    return overlay.smooth(picture, SIDE)
