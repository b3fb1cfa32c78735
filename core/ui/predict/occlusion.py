"""What would change the answer: cover parts of the face and ask again."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from core.engine.occlusion import STEP, Occlusion, occlusion
from core.errors import FerLabError
from core.faces.chip import SIDE
from core.faces.cutout import on_chip
from core.figures import overlay
from core.figures.labels import class_label, class_name
from core.figures.probabilities import Answer
from core.schema import Card
from core.text import _, number, percent
from core.ui import pictures, resources, state, widgets
from core.ui.photos import Photo
from core.ui.predict.attention import OWN
from core.ui.predict.options import Options
from core.ui.predict.readings import Reading
from core.words.networks import title

KEPT = 12
"""Measurements kept for a viewer; a new one pushes out the oldest."""

NEAR = 7
"""Pixels of the chip within which a place counts as a landmark's."""

_MEASURED = "predict.occlusions"
_WANTED = "predict.occlusion.wanted"


def show(photo: Photo, face: int, found: Sequence[Reading], chosen: Options) -> None:
    """Cover one part of the face after the other and see what becomes of the answer."""
    with st.expander(_("What would change the answer")):
        _what_changes(photo, face, found, chosen)


@st.fragment
def _what_changes(photo: Photo, face: int, found: Sequence[Reading], chosen: Options) -> None:
    st.markdown(
        _(
            "A grey square covers one part of the face after the other, and the network is asked "
            "again each time. Where the answer falls, it hangs on what was covered."
        )
    )
    by_id = {reading.card.id: reading for reading in found}
    name = next(iter(by_id))
    if len(by_id) > 1:
        name = state.choice(
            "occluded", list(by_id), name, _("Network"), text=lambda key: title(by_id[key].card)
        )
    card = by_id[name].card
    kept: dict[tuple[str, ...], Occlusion] = st.session_state.setdefault(_MEASURED, {})
    key = (
        *(photo.digest, str(face), name, card.model_sha256),
        *(str(card.temperature), chosen.averaging, str(chosen.calibrated)),
    )
    place = st.empty()
    if st.session_state.pop(_WANTED, None) == key:
        try:
            with place:
                kept[key] = _measure(card, photo.chips[face], chosen)
        except FerLabError as problem:
            widgets.error_box(str(problem), title(card))
        for old in list(kept)[:-KEPT]:
            del kept[old]
    if key not in kept:
        place.button(
            _("Measure now"),
            key="predict.measure",
            on_click=st.session_state.__setitem__,
            args=(_WANTED, key),
            icon=":material/grid_view:",
        )
    else:
        _explain(kept[key], by_id[name].answer(face, chosen.calibrated), photo, face)


def _measure(card: Card, chip: np.ndarray, chosen: Options) -> Occlusion:
    bar = st.progress(0.0, _("Covering parts of the face …"))

    def predict(chips: np.ndarray) -> np.ndarray:
        prediction = resources.engine().predict(card.id, chips, chosen.averaging, maps=False)
        return prediction.calibrated if chosen.calibrated else prediction.probabilities

    def progress(share: float) -> None:
        bar.progress(share, _("Covering parts of the face …"))

    result = occlusion(predict, chip, progress=progress)
    bar.empty()
    return result


def _explain(result: Occlusion, answer: Answer, photo: Photo, face: int) -> None:
    expression = state.choice(
        "occluded_class",
        [OWN, *answer.classes],
        OWN,
        _("Probability of"),
        text=lambda name: _("the answer") if name == OWN else class_label(name),
        kind="pills",
    )
    label = answer.label if expression == OWN else expression
    position = list(answer.classes).index(label)
    heat = overlay.soften(result.heat(position), STEP)
    highest = float(np.abs(heat).max())
    x, y, there = result.strongest(position)
    left, right = st.columns([1, 2])
    with left:
        pictures.draw(
            overlay.overlay(
                pictures.smooth(photo.cutouts[face]), heat / highest if highest else heat
            ),
            _("Yellow: covering it lowers {expression}. Blue: covering it raises it.").format(
                expression=class_name(label)
            ),
        )
    with right:
        st.markdown(
            _("Covering {region} lowers **{expression}** most: from {before} to {after}.").format(
                region=_region(photo, face, x, y),
                expression=class_label(label),
                before=percent(float(result.whole[position])),
                after=percent(float(there[position])),
            )
        )
        other = answer.classes[int(there.argmax())]
        if other != answer.label:
            st.markdown(_("The answer is then **{other}**.").format(other=class_label(other)))
        changed = result.changed()
        st.markdown(
            _("At {share} of all places the answer becomes another one.").format(
                share=percent(changed, 0)
            )
            if changed
            else _("Nowhere does covering a single part change the answer.")
        )


def _region(photo: Photo, face: int, x: float, y: float) -> str:
    """The part of the face at a place of the chip."""
    marks = on_chip(photo.faces[face])
    if marks is None:
        return _("the place at {x}% from the left and {y}% from the top").format(
            x=number(100 * x / SIDE), y=number(100 * y / SIDE)
        )
    eyes, mouth = marks[:2].mean(axis=0), marks[3:].mean(axis=0)
    names = [
        *(_("an eye"), _("an eye"), _("the nose"), _("a corner of the mouth")),
        *(_("a corner of the mouth"), _("the mouth"), _("the root of the nose")),
    ]
    points = np.vstack([marks, mouth, eyes])
    gaps = np.linalg.norm(points - [x, y], axis=1)
    if gaps.min() <= NEAR:
        return names[int(gaps.argmin())]
    if y < eyes[1]:
        return _("the forehead")
    if y > mouth[1]:
        return _("the chin")
    return _("a cheek")
