"""One face, made worse: an example or the viewer's own photo, with live answers."""

from __future__ import annotations

import numpy as np
import streamlit as st

from core.data.corruptions import KINDS, apply
from core.engine.engine import Prediction
from core.errors import FerLabError
from core.figures import probabilities
from core.figures.labels import class_label
from core.figures.probabilities import Answer
from core.text import _, percent
from core.ui import face_tiles, photos, resources, state, viewer, widgets
from core.ui.face_tiles import Tile
from core.ui.predict import readings
from core.ui.robustness import kinds
from core.ui.robustness.view import View
from core.words.corruptions import kind_text, strength_text

STEPS = 100
"""Places of the slider between unchanged and the strongest."""

SEED = 0
"""Of the draws, so that the same slider gives the same picture."""


def draw(view: View) -> None:
    """A face under one kind at the five strengths, then at any strength."""
    photo = photos.choose()
    if photo is None:
        return
    if not photo.faces:
        photos.show(photo, "robustness.photo")
        st.warning(photos.how_found(photo), icon=":material/face_retouching_off:")
        return
    left, right = st.columns([2, 3], gap="medium")
    with left:
        chosen = photos.choose_face(photo, "robustness.photo")
    with right:
        kind = kinds.choose(view)
        st.caption(kind_text(kind))
        if kind in KINDS:
            _five_strengths(view, photo.chips[chosen], kind)
    if kind in KINDS:
        _any_strength(view, photo.chips[chosen], kind)


def _changed(chip: np.ndarray, kind: str, strength: float) -> np.ndarray:
    return apply(chip, kind, strength, np.random.default_rng(SEED))


def _ask(view: View, chips: list[np.ndarray]) -> list[Answer]:
    """The chosen network's answers; none, with the reason shown, where it cannot run."""
    card = next((card for card in resources.cards() if card.id == view.chosen), None)
    if card is None:
        st.info(
            _("{network} is not in the models folder, so it cannot be asked.").format(
                network=view.title
            )
        )
        return []
    try:
        found: Prediction = readings.ask(card, "none", np.stack(chips))
    except FerLabError as problem:
        widgets.error_box(str(problem), view.title)
        return []
    return [Answer(card.id, view.title, card.classes, row) for row in found.calibrated]


def _five_strengths(view: View, chip: np.ndarray, kind: str) -> None:
    strengths = KINDS[kind].strengths
    series = [chip, *(_changed(chip, kind, strength) for strength in strengths)]
    names = [_("as it is"), *(strength_text(kind, strength) for strength in strengths)]
    tiles = []
    for face, name, answer in zip(series, names, _ask(view, series), strict=False):
        line = f"{class_label(answer.label)} {percent(answer.confidence, 0)}"
        tiles.append(Tile(face, [line, name], f"{name}: {line}"))
    if tiles:
        face_tiles.draw(tiles)


@st.fragment
def _any_strength(view: View, chip: np.ndarray, kind: str) -> None:
    entry = KINDS[kind]
    st.header(_("Any strength"), anchor=False)
    place = state.slider(
        "strength", 0, STEPS, 50, _("From as it is to the strongest"), format="%d%%"
    )
    strength = round(entry.unchanged + (entry.strengths[-1] - entry.unchanged) * place / STEPS, 3)
    changed = _changed(chip, kind, strength)
    answers = _ask(view, [chip, changed])
    if not answers:
        return
    before, after = answers
    change = strength_text(kind, strength)
    left, right = st.columns([1, 2], gap="medium")
    with left:
        face_tiles.draw([Tile(changed, [change], change)])
    with right:
        shown = [
            Answer("as_it_is", _("as it is"), before.classes, before.probabilities),
            Answer("changed", change, after.classes, after.probabilities),
        ]
        widgets.figure_frame(
            probabilities.bars(shown, mode=viewer.mode()),
            "changed_face",
            caption=_("Probabilities of {network}, after temperature scaling.").format(
                network=view.title
            ),
        )
