"""From a photo to the chip, and from the chip to what each network receives."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import streamlit as st

from core.schema import Card
from core.text import _, number
from core.ui import photos, pictures, widgets
from core.ui.photos import Photo
from core.words.networks import title


def cutting(photo: Photo, face: int) -> None:
    """From the colour cutout to the grey chip, and the chip as a file."""
    chip, square = photo.chips[face], photo.cutouts[face]
    grey = cv2.cvtColor(square, cv2.COLOR_RGB2GRAY)
    with st.grid(3, min_column_width=110):
        pictures.draw(pictures.smooth(square), _("1. Cut out as a square"))
        pictures.draw(pictures.smooth(grey), _("2. Made grey"))
        pictures.draw(pictures.enlarged(chip), _("3. The chip: 48 × 48 pixels"))
    quality = photo.qualities[face]
    st.caption(
        _(
            "The square is {side} pixels wide in the photo. It lies round the detected box as the "
            "training images lie round theirs, so that a face fills the chip as networks know it."
        ).format(side=number(quality.side))
    )
    for weakness in quality.weaknesses:
        st.warning(quality.sentence(weakness), icon=":material/warning:")
    widgets.download(
        _("Chip (PNG)"),
        cv2.imencode(".png", chip)[1].tobytes(),
        f"{photos.file_stem(photo)}_face{face + 1}.png",
        "preprocessing.chip",
    )


THESIS_SIDE = 224
"""Pixels of a side that VGG16 was trained with on ImageNet."""

THESIS_TURN = 15
"""Degrees of the turn that is shown."""


def inputs(chip: np.ndarray, cards: Sequence[Card]) -> None:
    """What each kind of network makes of the chip before its first layer."""
    if not cards:
        widgets.empty_state(
            _("No networks yet"),
            _("Once a network is trained, the picture that it receives is shown here."),
            "python -m core train cnn_48",
        )
        return
    kinds: dict[tuple[int, int], list[str]] = {}
    for card in cards:
        kinds.setdefault((card.input_size, card.input_channels), []).append(title(card))
    with st.grid(max(3, min(5, len(kinds))), min_column_width=150):
        for (size, channels), titles in sorted(kinds.items()):
            shape = f"{size} × {size} × {channels}"
            pictures.draw(
                pictures.enlarged(received(chip, size)),
                f"**{shape}** ({_channels(channels)}): {'; '.join(map(widgets.plain, titles))}",
                alt=_("The chip as {shape}").format(shape=shape),
            )
    st.caption(
        _(
            "Enlarging adds no detail; it gives convolutions that were trained on large photos "
            "structures of the size they know. It happens inside the network's file."
        )
    )


def thesis_path(chip: np.ndarray) -> None:
    """The steps of transfer learning at VGG16's own size, beside those of this project."""
    large = received(chip, THESIS_SIDE)
    turn = cv2.getRotationMatrix2D((THESIS_SIDE / 2, THESIS_SIDE / 2), THESIS_TURN, 1.0)
    turned = cv2.warpAffine(
        large, turn, (THESIS_SIDE, THESIS_SIDE), borderMode=cv2.BORDER_REPLICATE
    )
    shape = f"{THESIS_SIDE} × {THESIS_SIDE} × 3"
    with st.grid(4, min_column_width=150):
        pictures.draw(pictures.enlarged(chip), _("1. Grey, 48 × 48 pixels"))
        pictures.draw(large, _("2. As RGB, {shape}").format(shape=shape))
        pictures.draw(turned, _("3. Turned by {angle} degrees").format(angle=number(THESIS_TURN)))
        pictures.draw(np.ascontiguousarray(large[:, ::-1]), _("4. Mirrored"))
    st.caption(
        _(
            "The usual path of transfer learning with VGG16: the size that it was trained with on "
            "ImageNet, and images turned and mirrored for training only. The networks here "
            "receive smaller pictures: enlarging to 224 pixels takes time and adds no detail."
        )
    )


def _channels(channels: int) -> str:
    return _("grey") if channels == 1 else _("grey, three times as RGB")


def received(chip: np.ndarray, size: int) -> np.ndarray:
    """The chip enlarged as networks do it, bilinear: uint8 (size, size)."""
    return cv2.resize(chip, (size, size), interpolation=cv2.INTER_LINEAR)
