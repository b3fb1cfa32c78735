"""Small pieces of the browser: faces to click in a photo or a list, and the clipboard."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
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

ROW = 68
"""Side in pixels of a face's picture in a row, drawn at half of that."""


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


@dataclass(frozen=True)
class Mark:
    """The words at a face's box.

    Attributes:
        word: beside its number; empty where nothing is known.
        label: what a screen reader and a tooltip say.
        quiet: whether it is drawn grey, as an answer that is uncertain.
    """

    word: str
    label: str
    quiet: bool = False


def pick_face(
    picture: str,
    size: tuple[int, int],
    faces: Sequence[Face],
    chosen: int,
    marks: Sequence[Mark],
    on_pick: Callable[[int], None],
    key: str,
    tallest: float = 26,
) -> None:
    """Draw a photo with a numbered button on every face.

    Args:
        picture: `jpeg_url` of the photo.
        size: width and height of the photo in the pixels that the faces are given in.
        faces: as detected.
        chosen: position of the face that is marked.
        marks: the words at each face.
        on_pick: called with the position of a clicked face, before the page runs again.
        key: unique on the page.
        tallest: height in rem that the photo does not exceed.
    """
    width, height = size
    _component("face_picker")(
        key=key,
        data={
            "picture": picture,
            "size": [width, height],
            "tallest": tallest,
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
            "words": [mark.word for mark in marks],
            "labels": [mark.label for mark in marks],
            "quiet": [mark.quiet for mark in marks],
            "alt": _("The photo with a frame round every face"),
        },
        on_picked_change=_picked(key, len(faces), on_pick),
    )


@dataclass(frozen=True)
class FaceAnswer:
    """One network's answer for a face, in words.

    Attributes:
        word: the expression, or that it is uncertain.
        share: its probability in words.
        probability: in [0, 1], the length of the bar.
        color: of the bar, as hex.
        certain: whether it is no uncertain answer.
    """

    word: str
    share: str
    probability: float
    color: str
    certain: bool


def face_rows(
    pictures: Sequence[np.ndarray],
    networks: Sequence[str],
    answers: Sequence[Sequence[FaceAnswer]],
    chosen: int,
    labels: Sequence[str],
    on_pick: Callable[[int], None],
    key: str,
) -> None:
    """Draw one row a face, to be clicked, with every network's answer beside its picture.

    Args:
        pictures: uint8 (s, s, 3) of each face.
        networks: their names.
        answers: of each face those of the networks, in their order.
        chosen: position of the face that is marked.
        labels: what a screen reader says for each.
        on_pick: called with the position of a clicked row, before the page runs again.
        key: unique on the page.
    """
    rows = [
        {
            "picture": jpeg_url(cv2.resize(picture, (ROW, ROW), interpolation=cv2.INTER_AREA)),
            "label": label,
            "answers": [
                {
                    "word": answer.word,
                    "share": answer.share,
                    "width": round(100 * answer.probability),
                    "color": answer.color,
                    "certain": answer.certain,
                }
                for answer in said
            ],
        }
        for picture, label, said in zip(pictures, labels, answers, strict=True)
    ]
    _component("face_rows")(
        key=key,
        data={
            "networks": list(networks),
            "rows": rows,
            "chosen": chosen,
            "face": _("Face"),
            "label": _("Faces, the largest first"),
        },
        on_picked_change=_picked(key, len(rows), on_pick),
    )


def pick_thumb(
    pictures: Sequence[tuple[str, str]],
    chosen: int | None,
    on_pick: Callable[[int], None],
    key: str,
    label: str,
) -> None:
    """Draw small pictures to click.

    Args:
        pictures: address and title of each; without an address the title is drawn.
        chosen: position of the one that is marked.
        on_pick: called with the position of a clicked one, before the page runs again.
        key: unique on the page.
        label: of them all, for those who cannot see them.
    """
    _component("thumbs")(
        key=key,
        data={"pictures": [list(entry) for entry in pictures], "chosen": chosen, "label": label},
        on_picked_change=_picked(key, len(pictures), on_pick),
    )


def gallery(tiles: str, count: int, on_pick: Callable[[int], None], key: str) -> None:
    """Draw tiles, some of which are buttons.

    Args:
        tiles: HTML whose texts are escaped; a button in it names its place by `data-place`.
        count: of the places.
        on_pick: called with the place of a clicked one, before the page runs again.
        key: unique on the page.
    """
    _component("gallery")(
        key=key, data={"tiles": tiles}, on_picked_change=_picked(key, count, on_pick)
    )


def _picked(key: str, count: int, on_pick: Callable[[int], None]) -> Callable[[], None]:
    def picked() -> None:
        position = st.session_state[key].picked
        if isinstance(position, int | float) and 0 <= int(position) < count:
            on_pick(int(position))

    return picked


def paste_picture(key: str, largest: int, on_paste: Callable[[bytes], None]) -> None:
    """A button that takes a picture from the clipboard; Ctrl+V anywhere on the page does too.

    Args:
        key: unique on the page.
        largest: bytes above which the browser refuses the picture.
        on_paste: called with the content of what was pasted, before the page runs again.
    """

    def pasted() -> None:
        content = st.session_state[key].pasted
        if not isinstance(content, str) or "," not in content:
            return
        try:
            on_paste(base64.b64decode(content.split(",", 1)[1], validate=True))
        except ValueError:
            on_paste(b"")

    _component("paste_box")(
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
        on_pasted_change=pasted,
    )
