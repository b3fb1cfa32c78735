"""Somebody else's result as one more column: a file that stays for the viewer's session."""

from __future__ import annotations

import streamlit as st

from core.errors import FerLabError
from core.evaluation import upload
from core.evaluation.measured import Measured
from core.evaluation.results import NetworkResults
from core.labels import CLASSES
from core.roles import SPLITS
from core.schema import PredictionTable
from core.text import _
from core.ui import widgets

ID = "upload"
_FOUND, _PROBLEM, _WIDGET = "upload.found", "upload.problem", "upload.widget"


def current() -> Measured | None:
    """What the viewer uploaded, if it could be read."""
    found: Measured | None = st.session_state.get(_FOUND)
    return found


def hand_over(found: Measured) -> None:
    """Put another page's result in the place of an upload."""
    st.session_state[_FOUND], st.session_state[_PROBLEM] = found, None


def uploader(networks: list[NetworkResults]) -> None:
    """Draw the upload; what is wrong with a file stands below it."""
    st.markdown(
        _(
            "**A confusion matrix**: 7 rows of 7 counts, rows the true classes, in the order "
            "{classes}, or with class names above or beside.\n\n"
            "**Predictions**: the columns `image`, `label`, `p0` to `p6`, one line an image. "
            "Where the labels prove which images these are, they can be looked at, tested and "
            "compared image by image."
        ).format(classes=", ".join(CLASSES))
    )
    st.file_uploader(
        _("CSV file of a matrix or of predictions"),
        type=["csv", "tsv", "txt"],
        key=_WIDGET,
        max_upload_size=upload.LIMIT // 2**20,
        on_change=_read,
        args=(_known(networks),),
    )
    if problem := st.session_state.get(_PROBLEM):
        widgets.error_box(problem)
    elif found := current():
        _received(found)


def _received(found: Measured) -> None:
    if found.table is None:
        what = _("a matrix of counts; single images are not known")
    elif found.located:
        what = _("predictions, joined to the images of {split} by their labels").format(
            split=found.split
        )
    else:
        what = _("predictions; their labels are not those of the images of any split here")
    st.success(
        _("**{name}**: {what}. Choose it above as a network.").format(
            name=widgets.plain(found.title), what=what
        ),
        icon=":material/check:",
    )


def _known(networks: list[NetworkResults]) -> dict[str, PredictionTable]:
    """By split, the predictions of one network over all seven classes."""
    known: dict[str, PredictionTable] = {}
    for item in networks:
        if item.usable and tuple(item.classes) == CLASSES:
            known = {name: item.tables[name] for name in SPLITS if name in item.tables} | known
    return known


def _read(known: dict[str, PredictionTable]) -> None:
    st.session_state[_FOUND] = st.session_state[_PROBLEM] = None
    file = st.session_state[_WIDGET]
    if file is None:
        return
    try:
        st.session_state[_FOUND] = upload.read(file.getvalue(), file.name, known)
    except FerLabError as problem:
        st.session_state[_PROBLEM] = str(problem)
