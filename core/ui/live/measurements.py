"""What is read while the video runs: faces, bars, timeline, figures of the processing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from core.figures import live as figures
from core.figures import probabilities
from core.figures.labels import class_label
from core.figures.probabilities import Answer
from core.live.meter import Readouts
from core.live.processor import Live
from core.schema import Card
from core.text import _, number, percent
from core.ui import certainty, viewer, widgets
from core.ui.trust import costs
from core.words.networks import title

SILENT = 3.0
"""Seconds without a frame after which the viewer is told so."""


def chosen_face(live: Live) -> int | None:
    """Let the viewer choose among the faces of the last minutes; the largest by default."""
    present = [face.id for face in live.faces]
    past = {moment.face for moment in live.moments} - set(present)
    options = present + sorted(past, reverse=True)
    if len(options) < 2:
        return options[0] if options else None
    return st.selectbox(
        _("Face"),
        options,
        format_func=lambda face: _("Face {number}").format(number=face),
        help=_("The number stands in the picture, in front of the expression."),
        key="live.face",
    )


def now(live: Live, face: int | None, cards: Mapping[str, Card]) -> None:
    """Draw the expression of a face at this moment: a card and bars for each network."""
    current = next((item for item in live.faces if item.id == face), None)
    if current is None:
        st.info(_("No face in the picture."), icon=":material/face_retouching_off:")
        return
    answers = [
        Answer(name, title(cards[name]), live.classes[name], values)
        for name, values in current.answers.items()
        if name in cards and name in live.classes
    ]
    with widgets.card_grid(columns=max(1, len(answers)), min_width=170):
        for answer in answers:
            label = current.labels[answer.id]
            share = answer.of(label) or 0.0
            certain = share >= certainty.chosen_threshold()
            widgets.metric_card(
                answer.title,
                class_label(label) if certain else _("Uncertain"),
                delta=percent(share, 0) if certain else f"{class_label(label)} {percent(share, 0)}",
            )
    widgets.plot(probabilities.bars(answers, mode=viewer.mode()), "live.bars")
    # Below, so that nothing jumps where it comes and goes.
    doubt(current.picture, [cards[answer.id] for answer in answers])


def doubt(picture: Mapping[str, float], cards: Sequence[Card]) -> None:
    """Say where a picture is such that networks are known to fail, and what it costs each."""
    if sentences := costs(picture, cards):
        st.warning("  \n".join(map(widgets.plain, sentences)), icon=":material/blur_on:")


def timeline(live: Live, face: int | None, cards: Mapping[str, Card]) -> None:
    """Draw the last minutes of a face, a figure for each network."""
    mine = [moment for moment in live.moments if moment.face == face]
    if not mine:
        return
    end = live.moments[-1].seconds
    st.markdown(f"**{_('Face {number}').format(number=face)}: {_('the last two minutes')}**")
    for name, classes in live.classes.items():
        seen = [moment for moment in mine if name in moment.answers]
        if name not in cards or not seen:
            continue
        if len(live.classes) > 1:
            st.caption(title(cards[name]))
        values = [moment.answers[name] for moment in seen]
        seconds = [moment.seconds - end for moment in seen]
        widgets.plot(
            figures.timeline(seconds, values, classes, viewer.mode()), f"live.timeline.{name}"
        )


def readouts(found: Readouts, playing: bool) -> None:
    """Draw the figures of the processing, and warn of what keeps the video from running."""
    if found.last_error:
        st.warning(
            _("{count} frames could not be processed. The last reason: {reason}").format(
                count=number(found.errors), reason=widgets.plain(found.last_error)
            ),
            icon=":material/broken_image:",
        )
    if playing and found.silent is not None and found.silent > SILENT:
        st.warning(
            _(
                "No picture has come for {seconds} s. Is the camera unplugged, or the connection "
                "lost? Stop and start again."
            ).format(seconds=number(found.silent)),
            icon=":material/videocam_off:",
        )
    with widgets.card_grid(columns=4, min_width=130):
        widgets.metric_card(
            _("Frames a second"),
            number(found.rate, 1),
            _("Frames that were read in the last five seconds, a second."),
            _("{width} × {height} pixels").format(width=found.size[0], height=found.size[1]),
        )
        widgets.metric_card(
            _("Latency, median"),
            _ms(found.latency_median),
            _(
                "From a frame's arrival at the server to its finished picture. The way through the "
                "network comes on top."
            ),
            _("95% below {value}").format(value=_ms(found.latency_p95)),
        )
        widgets.metric_card(
            _("Frames dropped"),
            number(found.dropped),
            _(
                "Frames that came while another was worked on are passed over: the video stays "
                "in time on a slow machine."
            ),
            _("{count} processed").format(count=number(found.processed)),
        )
        widgets.metric_card(
            _("Networks"),
            _ms(found.classify),
            _(
                "Median times of a frame's steps. Where time is short, faces are looked for anew "
                "only every so many frames and followed between."
            ),
            _steps(found),
        )


def _steps(found: Readouts) -> str:
    """Times of the steps beside the networks, and how often faces are looked for anew."""
    text = _("detection {detect}, every frame; drawing {draw}")
    if found.detect_every > 1:
        text = _("detection {detect}, every {every} frames; drawing {draw}")
    return text.format(
        detect=_ms(found.detect), every=number(found.detect_every), draw=_ms(found.draw)
    )


def _ms(seconds: float | None) -> str:
    return "–" if seconds is None else f"{number(1000 * seconds)} ms"
