"""What one can do with one's own face: set its neutral look, and play against the network."""

from __future__ import annotations

import time
from collections.abc import Mapping

import numpy as np
import streamlit as st

from core.figures.labels import class_label
from core.live import neutral
from core.live.game import Game
from core.live.processor import Live
from core.schema import Card
from core.text import _, number, percent
from core.ui import widgets
from core.ui.live.stream import Session

RESTING = 4.0
"""Seconds for which the neutral face is measured."""

LEAST = 6
"""Moments of which a measurement consists at least."""


def resting(viewer: Session, live: Live, cards: Mapping[str, Card]) -> None:
    """Draw the calibration to the viewer's neutral face, and take it."""
    st.markdown(
        _(
            "Faces at rest differ, and networks take some for sad or angry. Look into the camera "
            "without any expression for four seconds: from then on that look counts as neutral."
        )
    )
    able = [name for name, card in cards.items() if neutral.NEUTRAL in card.classes]
    if not able:
        st.caption(_("These networks do not know the class neutral."))
        return
    if viewer.resting is not None:
        _measure(viewer, live, able)
    with st.container(horizontal=True):
        st.button(
            _("Measure my neutral face"),
            key="live.rest",
            on_click=_begin,
            args=(viewer,),
            disabled=not live.faces or viewer.resting is not None,
            icon=":material/sentiment_neutral:",
        )
        if viewer.rest:
            st.button(_("Forget it"), key="live.rest.clear", on_click=_forget, args=(viewer,))
    if viewer.rest:
        widgets.verdict(_("Your neutral face is set."), True)


def _begin(viewer: Session) -> None:
    _forget(viewer)
    viewer.resting = time.monotonic()


def _forget(viewer: Session) -> None:
    viewer.rest.clear()
    viewer.resting = None


def _measure(viewer: Session, live: Live, able: list[str]) -> None:
    began = viewer.resting or 0.0
    spent = time.monotonic() - began
    st.progress(min(1.0, spent / RESTING), _("Measuring: no expression, please."))
    if spent < RESTING:
        return
    viewer.resting = None
    # The first half second still holds what was before.
    mine = [m for m in live.moments if m.seconds > began + 0.5]
    faces = [moment.face for moment in mine]
    face = max(set(faces), key=faces.count) if faces else None
    for name in able:
        seen = [m.answers[name] for m in mine if m.face == face and name in m.answers]
        if len(seen) < LEAST:
            st.warning(_("Too little of the face was seen. Try again."))
            return
        classes = live.classes[name]
        viewer.rest[name] = neutral.factors(np.array(seen), classes)


def game(viewer: Session, live: Live, cards: Mapping[str, Card]) -> None:
    """Draw the game: five expressions to show, scored by the first network."""
    st.markdown(
        _(
            "Show what is asked for. The score is the highest probability that the network gives "
            "it within five seconds. Low scores say as much about the network as about you."
        )
    )
    card = next(iter(cards.values()))
    now = time.monotonic()
    playing = viewer.game is not None and not viewer.game.over(now)
    if not playing:
        st.button(
            _("Play") if viewer.game is None else _("Play again"),
            key="live.game",
            on_click=_start,
            args=(viewer, card),
            disabled=not live.faces,
            icon=":material/sports_esports:",
        )
    if viewer.game is None:
        return
    _watch(viewer.game, live, card)
    if playing:
        _round(viewer.game, now)
    _scores(viewer.game, now)


def _start(viewer: Session, card: Card) -> None:
    viewer.game = Game.of(card.classes, time.monotonic())


def _watch(played: Game, live: Live, card: Card) -> None:
    """Moments come more often than this page is drawn: none is missed."""
    for moment in live.moments:
        if card.id in moment.answers and moment.seconds >= played.started:
            named = dict(zip(card.classes, map(float, moment.answers[card.id]), strict=True))
            played.see(moment.seconds, named)


def _round(played: Game, now: float) -> None:
    place, spent = played.position(now)
    wanted = class_label(played.rounds[place])
    count = _("Round {number} of {count}").format(number=place + 1, count=len(played.rounds))
    if spent < 0:
        st.info(
            _("{round}: get ready to show {expression} in {seconds} s").format(
                round=count, expression=wanted, seconds=number(max(1, -spent))
            )
        )
    else:
        st.success(_("{round}: show {expression} now!").format(round=count, expression=wanted))


def _scores(played: Game, now: float) -> None:
    done = played.scores(now)
    if not done:
        return
    with widgets.card_grid(columns=5, min_width=110):
        for score in done:
            widgets.metric_card(class_label(score.wanted), percent(score.best, 0))
    if played.over(now):
        total = sum(score.best for score in done)
        st.markdown(
            _("**{points} of {most} points**").format(
                points=number(100 * total), most=number(100 * len(done))
            )
        )
