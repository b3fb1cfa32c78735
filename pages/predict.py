"""Predict: one photo, every face in it, what the networks say and where they looked."""

import streamlit as st

from core.text import _
from core.ui import photos, resources, widgets
from core.ui.photos import Photo
from core.ui.predict import agreement, attention, occlusion, options, readings, table


def faces(photo: Photo, answers: list[str]) -> int:
    face = photos.choose_face(photo, "predict.photo", answers)
    st.caption(photos.describe(photo))
    return face


def no_networks(photo: Photo) -> None:
    agreement.chip(photo, faces(photo, []))
    widgets.empty_state(
        _("No networks yet"),
        _("The faces were found, but there is no network to name their expressions."),
        "python -m core train cnn_48",
        ("preprocessing", _("See what a network would receive")),
    )


def answer(photo: Photo) -> None:
    cards = resources.cards()
    if not cards:
        no_networks(photo)
        return
    left, right = st.columns([5, 6], gap="medium")
    with right:
        chosen = options.choose(cards)
        with st.spinner(_("Asking the networks …")):
            found = readings.read(chosen.cards, photo, chosen.averaging)
    said = [
        [reading.answer(face, chosen.calibrated) for reading in found]
        for face in range(len(photo.faces))
    ]
    with left:
        face = faces(photo, [readings.in_short(answers) for answers in said])
        agreement.warnings(photo, face)
        agreement.chip(photo, face)
    if not chosen.cards:
        right.info(_("Choose at least one network."), icon=":material/touch_app:")
    if not found:
        return
    with right:
        agreement.show(said[face], chosen.threshold)
    st.subheader(_("Where the networks looked"), anchor=False)
    attention.maps(photo, face, found, chosen)
    attention.channel_gates(face, found)
    occlusion.show(photo, face, found, chosen)
    table.show(photo, found)


widgets.page_header(
    _("Predict"), _("One photo: every face in it, what the networks say, and where they looked.")
)
photo = photos.choose()
if photo is not None and not photo.faces:
    photos.show(photo, "predict.photo")
    st.warning(photos.how_found(photo), icon=":material/face_retouching_off:")
elif photo is not None:
    answer(photo)
st.caption(
    _(
        "The networks guess which label a crowd worker would have given the picture. An "
        "expression is not an emotion: this is nothing to judge people by. Photos stay in this "
        "session and are not stored."
    )
)
