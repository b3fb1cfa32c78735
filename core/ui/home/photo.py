"""A shipped photo with the answers that a network gave for it."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from functools import cache
from html import escape

import streamlit as st

from core import paths
from core.engine.showcase import NetworkAnswer, Showcase
from core.errors import ResultsError
from core.figures.labels import class_name
from core.files import sha256
from core.schema import Card
from core.text import _, percent
from core.ui import resources, widgets
from core.words.networks import title

_STYLE = (
    "<style>"
    ".fer-shown{position:relative;margin:0 auto;max-width:19rem;overflow:hidden;"
    "border-radius:.6rem}"
    ".fer-shown img{display:block;width:100%}"
    ".fer-shown .box{position:absolute;border:3px solid #ffb000;border-radius:4px;"
    "box-shadow:0 0 0 1px rgba(0,0,0,.6)}"
    ".fer-shown .name{position:absolute;left:-3px;bottom:100%;padding:1px 7px;border-radius:3px;"
    "background:#ffb000;color:#000;font-weight:600;font-size:14px;line-height:19px;white-space:nowrap}"
    "</style>"
)


def draw(cards: Sequence[Card]) -> None:
    """Draw the photo with the first of these networks whose answer is up to date.

    Nothing is drawn where there is none: an answer of other weights would be no answer.

    Args:
        cards: in the order of preference.
    """
    try:
        found = resources.showcase()
    except ResultsError:
        return
    if not _same_photo(found.photo, found.photo_sha256):
        return
    for card in cards:
        answer = found.networks.get(card.id)
        if answer is not None and answer.model_sha256 == card.model_sha256:
            st.html(_html(found, answer))
            st.caption(
                _("Read by {network}. Eileen Collins, photo: NASA, in the public domain.").format(
                    network=widgets.plain(title(card))
                )
            )
            return


def _html(found: Showcase, answer: NetworkAnswer) -> str:
    boxes, spoken = [], []
    for (left, top, width, height), row in zip(found.boxes, answer.probabilities, strict=True):
        share = max(row)
        text = f"{class_name(answer.classes[row.index(share)])} {percent(share, 0)}"
        spoken.append(text)
        boxes.append(
            f'<div class="box" style="left:{100 * left}%;top:{100 * top}%;width:{100 * width}%;'
            f'height:{100 * height}%"><span class="name">{escape(text)}</span></div>'
        )
    alt = _("A photo with a frame round the face: {answer}").format(answer=", ".join(spoken))
    return (
        f'{_STYLE}<div class="fer-shown"><img src="{_address(found.photo)}" alt="{escape(alt)}">'
        f"{''.join(boxes)}</div>"
    )


@cache
def _same_photo(name: str, digest: str) -> bool:
    path = paths.EXAMPLES / name
    return path.is_file() and sha256(path) == digest


@cache
def _address(name: str) -> str:
    content = (paths.EXAMPLES / name).read_bytes()
    return "data:image/jpeg;base64," + base64.b64encode(content).decode()
