"""Preprocessing: from a photo to what a network receives, and how training changes it."""

import numpy as np
import streamlit as st

from core.text import _
from core.ui import photos, resources, widgets
from core.ui.photos import Photo
from core.ui.preprocessing import by_hand, by_recipe, chip


def steps(photo: Photo) -> None:
    st.header(_("Find the face, cut the chip"), anchor=False)
    left, right = st.columns([5, 6], gap="medium")
    with left:
        face = photos.choose_face(photo, "preprocessing.photo")
        st.caption(photos.describe(photo))
    with right:
        chip.cutting(photo, face)
    st.header(_("What each network receives"), anchor=False)
    chip.inputs(photo.chips[face], resources.cards())
    with st.expander(_("The usual path at 224 pixels")):
        chip.thesis_path(photo.chips[face])
    changes(photo.chips[face])


@st.fragment
def changes(face: np.ndarray) -> None:
    st.header(_("Change it by hand"), anchor=False)
    by_hand.show(face)
    st.header(_("Change it as training does"), anchor=False)
    st.markdown(
        _(
            "Every time a network meets a training image, it is changed anew at random, so that "
            "there is less to learn by heart. Test images are never changed."
        )
    )
    by_recipe.show(face)


widgets.page_header(_("Preprocessing"), _("From a photo to what a network receives, step by step."))
photo = photos.choose()
if photo is not None and photo.faces:
    steps(photo)
elif photo is not None:
    photos.show(photo, "preprocessing.photo")
    st.warning(photos.how_found(photo), icon=":material/face_retouching_off:")
