"""Somebody else's result as one more column: a file that stays for the viewer's session."""

from __future__ import annotations

import streamlit as st

from core.data import tables
from core.data.vocabularies import ORDERS
from core.errors import FerLabError
from core.evaluation import upload
from core.evaluation.measured import Measured
from core.evaluation.results import NetworkResults
from core.labels import CLASSES
from core.roles import SPLITS
from core.schema import PredictionTable
from core.text import _
from core.ui import uploads, widgets

ID = "upload"
_FOUND, _PROBLEM, _WIDGET = "upload.found", "upload.problem", "upload.widget"
_LIKELY, _ORDER = "upload.likely", "upload.order"


def current() -> Measured | None:
    """What the viewer uploaded, if it could be read."""
    found: Measured | None = st.session_state.get(_FOUND)
    return found


def hand_over(found: Measured) -> None:
    """Put another page's result in the place of an upload."""
    st.session_state[_FOUND], st.session_state[_PROBLEM] = found, None


def uploader(networks: list[NetworkResults]) -> None:
    """Draw the upload; what is wrong with a file stands below it."""
    known = _known(networks)
    st.markdown(
        _(
            "**A confusion matrix** of counts, rows the true classes, as scikit-learn, pandas or a "
            "spreadsheet writes it. With class names above or beside it the order does not "
            "matter; without, {classes} is expected.\n\n"
            "**Predictions**, one line an image: true and predicted class (`y_true`, `y_pred`), or "
            "the true class and a probability for every class (`p_angry`, …). The table of a batch "
            "will do. Where the labels prove which images these are, they can be looked at, tested "
            "and compared image by image."
        ).format(classes=", ".join(CLASSES))
    )
    st.file_uploader(
        _("CSV file of a matrix or of predictions"),
        type=["csv", "tsv", "txt"],
        key=_WIDGET,
        max_upload_size=uploads.largest(tables.LIMIT),
        on_change=_read,
        args=(known,),
    )
    if problem := st.session_state.get(_PROBLEM):
        widgets.error_box(problem)
        if likely := st.session_state.get(_LIKELY):
            _choose_order(known, likely)
    elif found := current():
        _received(found)
        if found.order and st.session_state.get(_WIDGET) is not None:
            _choose_order(known, found.order)


def _choose_order(known: dict[str, PredictionTable], order: str) -> None:
    """Let the viewer say what the file's class numbers mean."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            _("The file's numbers mean"),
            list(ORDERS),
            index=list(ORDERS).index(order),
            format_func=lambda name: ORDERS[name].described,
            key=_ORDER,
        )
        st.button(
            _("Read it so"), key="upload.again", on_click=_read, args=(known,), kwargs={"so": True}
        )


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
    for note in found.notes:
        st.info(widgets.plain(note), icon=":material/info:")


def _known(networks: list[NetworkResults]) -> dict[str, PredictionTable]:
    """By split, the predictions of one network over all seven classes."""
    known: dict[str, PredictionTable] = {}
    for item in networks:
        if item.usable and tuple(item.classes) == CLASSES:
            known = {name: item.tables[name] for name in SPLITS if name in item.tables} | known
    return known


def _read(known: dict[str, PredictionTable], so: bool = False) -> None:
    """Callback: read the file, `so` with its numbers as the viewer chose."""
    order = st.session_state.get(_ORDER) if so else None
    st.session_state[_FOUND] = st.session_state[_PROBLEM] = st.session_state[_LIKELY] = None
    file = st.session_state.get(_WIDGET)
    if file is None:
        return
    try:
        st.session_state[_FOUND] = upload.read(file.getvalue(), file.name, known, order)
    except FerLabError as problem:
        st.session_state[_PROBLEM] = str(problem)
        st.session_state[_LIKELY] = getattr(problem, "likely", None)
