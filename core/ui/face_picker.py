"""Two small pieces of the browser: faces that can be clicked in a photo, and the clipboard."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import streamlit as st

from core.faces.detector import Face
from core.text import _

ASSETS = Path(__file__).parent / "assets"
JPEG_QUALITY = 85


@cache
def _component(name: str) -> Callable[..., Any]:
    """Register `assets/<name>.js` and `.css` once a process."""
    return st.components.v2.component(
        f"fer_lab_{name}",
        html=f'<div class="fer-{name.replace("_", "-")}"></div>',
        css=(ASSETS / f"{name}.css").read_text(encoding="utf-8"),
        js=(ASSETS / f"{name}.js").read_text(encoding="utf-8"),
    )


def jpeg_url(rgb: np.ndarray) -> str:
    """A picture, uint8 (h, w, 3), as an address that holds the picture itself."""
    bgr = cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR)
    encoded = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])[1]
    return "data:image/jpeg;base64," + base64.b64encode(encoded.tobytes()).decode()


def pick_face(
    picture: str,
    size: tuple[int, int],
    faces: Sequence[Face],
    chosen: int,
    labels: Sequence[str],
    on_pick: Callable[[int], None],
    key: str,
) -> None:
    """Draw a photo with a button on every face.

    Args:
        picture: `jpeg_url` of the photo.
        size: width and height of the photo in the pixels that the faces are given in.
        faces: as detected.
        chosen: position of the face that is marked.
        labels: what a screen reader says for each.
        on_pick: called with the position of a clicked face, before the page runs again.
        key: unique on the page.
    """
    width, height = size

    def picked() -> None:
        position = st.session_state[key].picked
        if isinstance(position, int | float) and 0 <= int(position) < len(faces):
            on_pick(int(position))

    _component("face_picker")(
        key=key,
        data={
            "picture": picture,
            "size": [width, height],
            "boxes": [
                [
                    face.box[0] / width,
                    face.box[1] / height,
                    face.box[2] / width,
                    face.box[3] / height,
                ]
                for face in faces
            ],
            "chosen": chosen,
            "labels": list(labels),
            "alt": _("The photo with a frame round every face"),
        },
        on_picked_change=picked,
    )


def paste_picture(key: str, largest: int) -> bytes | None:
    """A button that takes a picture from the clipboard; Ctrl+V anywhere on the page does too.

    Args:
        key: unique on the page.
        largest: bytes above which the browser refuses the picture.

    Returns:
        The content of what was pasted just now, else None.
    """
    result = _component("paste_box")(
        key=key,
        data={
            "label": _("Paste"),
            "hint": _("or press Ctrl+V"),
            "none": _("There is no picture in the clipboard."),
            "large": _("This picture is too large to paste."),
            "refused": _(
                "The browser does not allow this button to read the clipboard. Press Ctrl+V."
            ),
            "largest": largest,
        },
        on_pasted_change=lambda: None,
    )
    pasted = result.get("pasted") if result else None
    if not isinstance(pasted, str) or "," not in pasted:
        return None
    try:
        return base64.b64decode(pasted.split(",", 1)[1], validate=True)
    except ValueError:
        return b""
