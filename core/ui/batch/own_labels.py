"""How right the networks are on the viewer's own labels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from core.data import tables, vocabularies
from core.data.vocabularies import ORDERS
from core.errors import FerLabError
from core.evaluation import photo_labels as own
from core.evaluation.measured import Measured
from core.evaluation.metrics import accuracy, balanced_accuracy, wilson
from core.figures import confusion
from core.text import _, number, percent
from core.ui import state, viewer, widgets
from core.ui.batch.batches import Batch
from core.ui.batch.faces import Found
from core.ui.confusion import uploads
from core.ui.uploads import largest
from core.words.networks import title

LEAST = 30
"""Pictures below which an accuracy says next to nothing."""

_ORDER, _MENDED = "batch.labels.order", "batch.labels.mended"
_WIDGET, _PROBLEM, _LEAVE = "batch.labels", "batch.labels.problem", "batch.labels.leave"


def draw(batch: Batch, found: Sequence[Found]) -> None:
    """Draw the section."""
    _uploader(batch)
    largest = [
        item
        for item in found
        if item.kind == "face" and item.face == 1 and item.outcome.key[1] is None
    ]
    labels = own.labels_of(
        (item.name for item in largest),
        batch.labels,
        st.session_state.get(_ORDER),
        st.session_state.get(_MENDED, {}),
    )
    _reading(labels)
    labelled = [item for item in largest if item.name in labels.by_file]
    if not labelled:
        widgets.empty_state(
            _("No labels yet"),
            _(
                "Name folders or files after the expressions ({classes}), such as `angry/1.jpg` or "
                "`happy_2.jpg`, or add a CSV file with the columns `file` and `label`."
            ).format(classes=", ".join(batch.classes)),
        )
        return
    by_id = {card.id: card for card in batch.cards}
    network = next(iter(by_id))
    if len(by_id) > 1:
        network = state.choice(
            "by", list(by_id), network, _("Network"), text=lambda item: title(by_id[item])
        )
    card = by_id[network]
    pairs = [(item, row) for item in labelled if (row := item.by(network))]
    measured = own.measure(
        _("{network} on my photos").format(network=title(card)),
        card.classes,
        [labels.by_file[item.name] for item, _row in pairs],
        np.array([[row.probabilities[name] for name in card.classes] for _item, row in pairs]),
    )
    if measured is None:
        st.info(_("This network knows none of these labels."), icon=":material/info:")
        return
    _scores(measured, len(largest))
    _matrix(measured)


def _reading(labels: own.Labels) -> None:
    """How numbers were read, with another choice, and which words were left out."""
    if labels.order is not None:
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.selectbox(
                _("The numbers of the labels mean"),
                [order.id for order in labels.orders],
                index=labels.orders.index(labels.order),
                format_func=lambda name: ORDERS[name].described,
                key=_ORDER,
            )
    if not labels.left_out:
        return
    words = ", ".join(f"{word} ({number(count)})" for word, count in labels.left_out.most_common(8))
    st.info(
        _("Not among the labels, with the number of pictures: {words}.").format(
            words=widgets.plain(words)
        ),
        icon=":material/info:",
    )
    for word in labels.left_out:
        if meant := vocabularies.suggestion(word):
            st.button(
                _("Read {word} as {meant}").format(word=widgets.plain(word), meant=meant),
                key=f"batch.mend.{word}",
                icon=":material/spellcheck:",
                on_click=_mend,
                args=(word, vocabularies.class_of(meant)),
            )


def _mend(word: str, name: str) -> None:
    """Callback: a word with a slip names a class."""
    st.session_state[_MENDED] = st.session_state.get(_MENDED, {}) | {word: name}


def _uploader(batch: Batch) -> None:
    with st.expander(_("Add labels from a CSV file"), icon=":material/label:"):
        st.file_uploader(
            _("CSV file with the columns file and label"),
            type=["csv", "tsv", "txt"],
            key=_WIDGET,
            max_upload_size=largest(tables.LIMIT),
            on_change=_read,
            args=(batch,),
        )
        if problem := st.session_state.get(_PROBLEM):
            widgets.error_box(problem)
        elif batch.labels:
            st.success(
                _("{count} labels were read.").format(count=number(len(batch.labels))),
                icon=":material/check:",
            )


def _read(batch: Batch) -> None:
    file = st.session_state.get(_WIDGET)
    st.session_state[_PROBLEM] = None
    batch.labels = {}
    if file is None:
        return
    try:
        batch.labels = own.read_labels(file.getvalue(), file.name)
    except FerLabError as problem:
        st.session_state[_PROBLEM] = str(problem)


def _scores(measured: Measured, pictures: int) -> None:
    right = int(np.trace(measured.matrix))
    low, high = wilson(right, measured.n)
    with widgets.card_grid(3):
        widgets.metric_card(
            _("Accuracy"),
            percent(float(accuracy(measured.matrix))),
            delta=_("95%: {low} to {high}").format(low=percent(low), high=percent(high)),
        )
        widgets.metric_card(
            _("Balanced accuracy"), percent(float(balanced_accuracy(measured.matrix)))
        )
        widgets.metric_card(
            _("Labelled pictures"),
            number(measured.n),
            delta=_("of {count} with a face").format(count=number(pictures)),
        )
    if measured.n < LEAST:
        widgets.verdict(
            _("So few pictures say little: look at the interval, not at the number."), good=False
        )


def _matrix(measured: Measured) -> None:
    widgets.figure_frame(
        confusion.matrix(measured.matrix, measured.classes, "row", viewer.mode()),
        "batch_confusion",
        caption=_("The largest face of each labelled picture; frames of videos are left out."),
    )
    st.button(
        _("Open in the confusion matrix page"),
        icon=":material/grid_on:",
        key="batch.confusion",
        on_click=_leave,
        args=(measured,),
    )
    if st.session_state.pop(_LEAVE, False):
        st.switch_page("pages/confusion.py")


def _leave(measured: Measured) -> None:
    """Callback: callbacks cannot change the page themselves."""
    uploads.hand_over(measured)
    state.put("model", uploads.ID)
    state.put("side", "first")
    st.session_state[_LEAVE] = True
