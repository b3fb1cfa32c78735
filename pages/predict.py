"""Predict: one photo, every face in it, the networks' answers and where they looked."""

import streamlit as st

from core.text import _
from core.ui import networks, photos, resources, widgets
from core.ui.photos import Photo
from core.ui.predict import agreement, attention, occlusion, options, readings, table


def no_networks(photo: Photo) -> None:
    agreement.chip(photo, photos.choose_face(photo, "predict.photo"))
    st.caption(photos.describe(photo))
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
    left, right = st.columns([6, 5], gap="medium")
    with right:
        place, verdict, looked = st.container(), st.container(), st.container()
        quiet = st.container()
        with place:
            chosen = options.choose(cards, quiet)
    with left, st.spinner(_("Asking the networks …")):
        found = readings.read(chosen.cards, photo, chosen.averaging)
    answers = [
        [reading.answer(face, chosen.calibrated) for reading in found]
        for face in range(len(photo.faces))
    ]
    with left:
        marks = agreement.marks(photo, answers, chosen.threshold)
        face = photos.choose_face(photo, "predict.photo", marks)
        if found:
            agreement.rows(photo, face, answers, chosen.threshold)
        st.caption(photos.describe(photo))
        agreement.warnings(photo, face, chosen.cards)
    if not chosen.cards:
        right.info(_("Choose at least one network."), icon=":material/touch_app:")
    if not found:
        return
    with verdict, st.container(key="predict_verdict"):
        st.markdown(agreement.sentence(photo, face, answers[face], chosen.threshold))
    with looked:
        attention.maps(photo, face, found, chosen)
    st.header(_("Every expression"), anchor=False)
    agreement.bars(answers[face], chosen.threshold)
    networks.explain(chosen.cards)
    attention.channel_gates(face, found)
    occlusion.show(photo, face, found, chosen)
    table.show(photo, found)


widgets.page_header(
    _("Predict"), _("Every face in a photo, what each network reads in it, and where it looked.")
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
        "expression is not an emotion: do not judge people by it. Photos stay in this session "
        "and are not stored."
    )
)
