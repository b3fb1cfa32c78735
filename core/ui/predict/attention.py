"""What a network looked at (Grad-CAM) and which of its channels opened."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from core.figures import gates, overlay
from core.figures.labels import class_label
from core.figures.probabilities import Answer, all_classes
from core.text import _, number, percent
from core.ui import pictures, state, viewer, widgets
from core.ui.photos import Photo
from core.ui.predict.options import Options
from core.ui.predict.readings import Reading
from core.words.networks import title

OWN = "own"
"""The class selector's first entry: every network's own answer."""


@st.fragment
def maps(photo: Photo, face: int, found: Sequence[Reading], chosen: Options) -> None:
    """Where each network saw a chosen expression in a face (Grad-CAM)."""
    answers = [reading.answer(face, chosen.calibrated) for reading in found]
    place = st.grid(2, min_column_width=130)
    with st.container(horizontal=True, gap="small"):
        with st.popover(_("Another expression"), type="tertiary", icon=":material/mood:"):
            expression = state.choice(
                "explain",
                [OWN, *all_classes(answers)],
                OWN,
                _("Show what speaks for"),
                text=lambda name: _("each network's answer") if name == OWN else class_label(name),
                kind="pills",
            )
            shared = state.toggle(
                "shared_scale",
                False,
                _("One scale for all expressions"),
                help=_("Off: each map is brightest at its own peak. On: weak maps stay dim."),
            )
        widgets.help_popover(
            _("How to read the colours"),
            _(
                "**Grad-CAM** marks the regions whose features raise the network's score for the "
                "chosen expression: light yellow most, uncoloured not at all. It says where a "
                "network looked, not whether it was right to. The map is coarse, a few cells "
                "across the face, and drawn smoothly."
            ),
        )
    with place:
        pictures.draw(pictures.smooth(photo.cutouts[face]), _("In the photo"))
        pictures.draw(
            pictures.enlarged(photo.chips[face]), _("What the networks see: 48 × 48 grey pixels")
        )
        for reading, answer in zip(found, answers, strict=True):
            _map(photo, face, reading, answer, expression, shared)


def _map(
    photo: Photo, face: int, reading: Reading, answer: Answer, expression: str, shared: bool
) -> None:
    name = answer.label if expression == OWN else expression
    share = answer.of(name)
    if share is None:
        with st.container():
            st.markdown(f"**{widgets.plain(answer.title)}**")
            st.caption(_("does not know this expression."))
        return
    found = np.asarray(reading.prediction.activation_maps)[face]
    heat = overlay.relative(found, list(answer.classes).index(name), shared)
    caption = f"{answer.title}: {class_label(name)} {percent(share, 0)}"
    if not heat.any():
        caption += ". " + _("Nothing in this face speaks for it.")
    pictures.draw(overlay.overlay(pictures.smooth(photo.cutouts[face]), heat), caption)


def channel_gates(face: int, found: Sequence[Reading]) -> None:
    """Which channels each network's squeeze-and-excitation gates opened for a face."""
    gated = [reading for reading in found if reading.prediction.se_gates is not None]
    if not gated:
        return
    with st.expander(_("Which channels opened (squeeze-and-excitation)")):
        for reading in gated:
            values = np.asarray(reading.prediction.se_gates)[face]
            blocks = reading.card.gate_blocks
            if len(gated) > 1:
                st.markdown(f"**{widgets.plain(title(reading.card))}**")
            for row in gates.summary(values, blocks).itertuples():
                st.markdown(
                    _(
                        "**{block}**: {open} of {channels} channels more than half open, "
                        "{mean} on average; the most open are {list}."
                    ).format(
                        block=widgets.plain(row.block),
                        open=number(row.open),
                        channels=number(row.channels),
                        mean=number(row.mean, 2),
                        list=", ".join(str(channel) for channel in row.most_open),
                    )
                )
            widgets.figure_frame(
                gates.raster(values, blocks, title(reading.card), viewer.mode()),
                f"gates_{reading.card.id}",
                caption=_(
                    "Each cell is a channel. A gate near 1 lets the channel through, near 0 "
                    "shuts it. The number of a channel has no meaning outside this network."
                ),
            )
