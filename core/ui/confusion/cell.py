"""One cell of the matrix: chosen here too, said in words, its mean face and attention."""

from __future__ import annotations

import cv2
import numpy as np
import streamlit as st

from core.evaluation.cells import MINIMUM, Cells
from core.evaluation.measured import Measured
from core.evaluation.metrics import normalise
from core.figures.labels import class_label, class_name
from core.figures.overlay import overlay
from core.text import _, number, percent
from core.ui import state
from core.ui.confusion import matrices
from core.ui.confusion.columns import Chosen

SIDE = 96
"""Pixels of a mean face on the page: two for each of its own."""


def controls(chosen: Chosen) -> tuple[int, int]:
    """Draw the two selections of a cell and return (true, predicted) as positions."""
    classes = list(chosen.first.classes)
    true, predicted = matrices.default_cell(chosen)
    with st.container(horizontal=True, gap="small"):
        true = state.choice("true", classes, true, _("True class"), text=class_label)
        predicted = state.choice(
            "predicted", classes, predicted, _("Predicted class"), text=class_label
        )
    if chosen.second:
        titles = dict(zip(matrices.SIDES, (item.title for item in chosen.all), strict=True))
        state.choice(
            "side",
            matrices.SIDES,
            matrices.SIDES[0],
            _("Cell of"),
            text=titles.__getitem__,
            kind="segmented",
        )
    return classes.index(true), classes.index(predicted)


def sentence(item: Measured, true: int, predicted: int) -> str:
    """The cell's count and its three shares in words."""
    count = int(item.matrix[true, predicted])
    row, column, whole = (
        percent(normalise(item.matrix, by)[true, predicted]) for by in ("row", "column", "all")
    )
    if true == predicted:
        text = _(
            "**{network}** recognises {count} of {n} images of **{true}**: {row} of this class, "
            "{column} of everything it calls {predicted}, {all} of all images."
        )
    else:
        text = _(
            "**{network}** takes {count} of {n} images of **{true}** for **{predicted}**: {row} "
            "of this class, {column} of everything it calls {predicted}, {all} of all images."
        )
    return text.format(
        network=item.title,
        count=number(count),
        n=number(int(item.matrix[true].sum())),
        true=class_name(item.classes[true]).lower(),
        predicted=class_name(item.classes[predicted]).lower(),
        row=row,
        column=column,
        all=whole,
    )


def means(chosen: Chosen, true: int, predicted: int) -> None:
    """Mean face and mean attention of the cell, of every column that has them."""
    for item in chosen.all:
        st.markdown(sentence(item, true, predicted))
        if item.cells is None:
            st.caption(_why_none(item))
        elif not item.cells.has_mean(true, predicted):
            st.caption(
                _("No mean face: the cell holds fewer than {minimum} images.").format(
                    minimum=MINIMUM
                )
            )
        else:
            _pictures(item.cells, true, predicted)


def _why_none(item: Measured) -> str:
    if item.table is None:
        return _("Only the matrix is known, so there is no mean face.")
    return _("Mean faces are kept for single networks over all their classes.")


def _pictures(cells: Cells, true: int, predicted: int) -> None:
    face = cv2.resize(cells.face[true, predicted], (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
    heat = cells.activation[true, predicted]
    peak = float(heat.max())
    with st.container(horizontal=True, gap="small"):
        st.image(face, _("Mean face"), width=SIDE, alt=_("Mean face of the cell."))
        st.image(
            overlay(face, heat / peak if peak else np.zeros_like(heat)),
            _("Where it looks"),
            width=SIDE,
            alt=_("Mean activation map of the cell over its mean face."),
        )
