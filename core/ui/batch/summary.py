"""What a batch amounts to: numbers, expressions, confidence, agreement, and over time."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pandas as pd
import streamlit as st

from core.evaluation.metrics import wilson
from core.figures import batch as figures
from core.figures.batch import Answers
from core.text import _, number, percent
from core.ui import state, viewer, widgets
from core.ui.batch.batches import Batch
from core.ui.batch.faces import Found
from core.words.networks import title


def draw(batch: Batch, found: Sequence[Found]) -> None:
    """Draw the section."""
    faces = [item for item in found if item.kind == "face"]
    _cards(batch, found, faces)
    if not faces:
        return
    answers = [_answers(batch, faces, card.id, title(card)) for card in batch.cards]
    answers = [item for item in answers if item.labels]
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown(f"### {_('Expressions')}")
        widgets.figure_frame(
            figures.counts(answers, batch.classes, viewer.mode()),
            "batch_expressions",
        )
    with right:
        st.markdown(f"### {_('How sure the networks are')}")
        widgets.figure_frame(
            figures.confidence(answers, viewer.mode()),
            "batch_confidence",
            caption=_("Calibrated probabilities of the answers."),
        )
    if len(answers) > 1:
        _agreement(faces, answers)
    _over_time(batch, faces)


def _cards(batch: Batch, found: Sequence[Found], faces: Sequence[Found]) -> None:
    pictures = {item.outcome.key for item in found}
    with_face = {item.outcome.key for item in faces}
    errors = {item.outcome.key for item in found if any(row.error for row in item.rows)}
    faceless = {item.outcome.key for item in found if item.kind == "no face"}
    with widgets.card_grid(4):
        widgets.metric_card(_("Pictures"), number(len(pictures)))
        widgets.metric_card(
            _("Faces"),
            number(len(faces)),
            delta=_("in {count} pictures").format(count=number(len(with_face))),
        )
        widgets.metric_card(_("Without a face"), number(len(faceless)))
        widgets.metric_card(_("Errors"), number(len(errors)))


def _answers(batch: Batch, faces: Sequence[Found], network: str, title: str) -> Answers:
    rows = [row for item in faces if (row := item.by(network))]
    return Answers(
        network, title, [row.label for row in rows], np.array([row.probability for row in rows])
    )


def _agreement(faces: Sequence[Found], answers: Sequence[Answers]) -> None:
    st.markdown(f"### {_('How often the networks agree')}")
    lines = []
    numbers = []
    for first, second in combinations(answers, 2):
        pairs = [
            (one.label, other.label)
            for item in faces
            if (one := item.by(first.id)) and (other := item.by(second.id))
        ]
        if not pairs:
            continue
        same = sum(one == other for one, other in pairs)
        low, high = wilson(same, len(pairs))
        lines.append(
            {
                _("Networks"): f"{widgets.plain(first.title)} · {widgets.plain(second.title)}",
                _("Same answer"): percent(same / len(pairs)),
                _("95% interval"): _("{low} to {high}").format(
                    low=percent(low), high=percent(high)
                ),
                _("Faces"): number(len(pairs)),
            }
        )
        numbers.append({"first": first.id, "second": second.id, "same": same, "faces": len(pairs)})
    frame = pd.DataFrame(lines)
    widgets.table(
        frame.set_index(frame.columns[0]),
        "batch_agreement",
        _("How often two networks give a face the same expression"),
        download=pd.DataFrame(numbers),
    )


def _over_time(batch: Batch, faces: Sequence[Found]) -> None:
    """The largest face of every frame of a video, by the network that the viewer chooses."""
    filmed = [item for item in faces if item.outcome.key[1] is not None and item.face == 1]
    videos = list(dict.fromkeys(item.name for item in filmed))
    if not videos:
        return
    st.markdown(f"### {_('Over time')}")
    by_id = {card.id: card for card in batch.cards}
    with st.container(horizontal=True):
        name = videos[0]
        if len(videos) > 1:
            name = state.choice("video", videos, videos[0], _("Video"))
        network = next(iter(by_id))
        if len(by_id) > 1:
            network = state.choice(
                "by", list(by_id), network, _("Network"), text=lambda item: title(by_id[item])
            )
    rows = [row for item in filmed if item.name == name and (row := item.by(network))]
    if not rows:
        return
    seconds = [row.seconds or 0.0 for row in rows]
    shares = {label: [row.probabilities[label] for row in rows] for label in by_id[network].classes}
    widgets.figure_frame(
        figures.over_time(seconds, shares, name, viewer.mode()),
        "batch_time",
        caption=_("The largest face of each frame that was looked at; others are in the table."),
    )
