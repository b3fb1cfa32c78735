"""What the networks say of one face, how sure they are, and why one might doubt it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.figures import probabilities
from core.figures.labels import class_label
from core.figures.probabilities import Answer
from core.text import _
from core.ui import pictures, viewer, widgets
from core.ui.photos import Photo
from core.ui.predict import readings


def show(answers: Sequence[Answer], threshold: float) -> None:
    """What the networks say of one face, and how sure they are."""
    st.markdown(f"### {readings.agreement(answers, threshold)}")
    with widgets.card_grid(2, min_width=190):
        for answer in answers:
            certain = answer.confidence >= threshold
            widgets.metric_card(
                answer.title,
                class_label(answer.label) if certain else _("Uncertain"),
                delta=readings.runner_up(answer),
            )
    widgets.figure_frame(
        probabilities.bars(answers, threshold, viewer.mode()),
        "probabilities",
    )


def warnings(photo: Photo, face: int) -> None:
    """Reasons to doubt what is said of a face."""
    quality = photo.qualities[face]
    found = [quality.sentence(weakness) for weakness in quality.weaknesses]
    if found:
        st.warning(
            _("There is reason to doubt this answer:")
            + "\n"
            + "".join(f"\n- {text}" for text in found),
            icon=":material/warning:",
        )


def chip(photo: Photo, face: int) -> None:
    """A face as it stands in the photo, and what of it reaches the networks."""
    with st.grid(2, min_column_width=110):
        pictures.draw(pictures.smooth(photo.cutouts[face]), _("In the photo"))
        pictures.draw(
            pictures.enlarged(photo.chips[face]), _("What the networks see: 48 × 48 grey pixels")
        )
