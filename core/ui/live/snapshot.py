"""A single picture of the camera, for networks through which no video passes."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from core.errors import FerLabError
from core.faces.photo import decode
from core.figures import probabilities
from core.figures.labels import class_label
from core.figures.probabilities import Answer
from core.live.processor import Settings, VideoProcessor
from core.schema import Card
from core.text import _, percent
from core.ui import certainty, photos, resources, viewer, widgets
from core.ui.live.measurements import doubt
from core.words.networks import title


def draw(cards: list[Card], settings: Settings) -> None:
    """Draw the camera's button, and the last picture with its faces read."""
    shot = st.camera_input(
        _("Take a picture"),
        key="live.snapshot",
        help=_("Browsers open the camera only on this computer itself or over https."),
    )
    if shot is None:
        return
    try:
        rgb = decode(shot.getvalue())
    except FerLabError as problem:
        widgets.error_box(str(problem), _("This photo cannot be used"))
        return
    # The thorough detector: a single picture may take its time.
    processor = VideoProcessor(
        resources.engine(),
        replace(settings, half_life=0.0, mirror=False),
        detector=photos.detector(),
    )
    shown = processor.process(rgb)
    live = processor.live()
    if live.readouts.last_error:
        widgets.error_box(live.readouts.last_error)
    st.image(shown, width="stretch", alt=_("The picture with its faces read"))
    if not live.faces:
        st.warning(_("No face was found."), icon=":material/face_retouching_off:")
        return
    titles = {card.id: title(card) for card in cards}
    largest = live.faces[0]
    answers = [
        Answer(name, titles[name], live.classes[name], values)
        for name, values in largest.answers.items()
    ]
    with widgets.card_grid(columns=max(1, len(answers)), min_width=170):
        for answer in answers:
            certain = answer.confidence >= certainty.chosen_threshold()
            share = percent(answer.confidence, 0)
            widgets.metric_card(
                answer.title,
                class_label(answer.label) if certain else _("Uncertain"),
                delta=share if certain else f"{class_label(answer.label)} {share}",
            )
    if answers:
        widgets.plot(probabilities.bars(answers, mode=viewer.mode()), "live.snapshot.bars")
        doubt(largest.picture, cards)
