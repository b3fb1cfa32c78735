"""Below the matrices: pairs taken for each other, and one class against all others."""

from __future__ import annotations

from functools import partial

import streamlit as st

from core.evaluation.measured import Measured
from core.evaluation.metrics import one_vs_rest
from core.evaluation.pairs import confused_pairs
from core.figures import confusion, pairs
from core.figures.labels import class_label, class_name
from core.text import _, number, percent
from core.ui import state, viewer, widgets
from core.ui.confusion import matrices
from core.ui.confusion.columns import Chosen

SHOWN = 8
"""Pairs drawn; the download has all."""


def confused(chosen: Chosen) -> None:
    """The pairs that the clicked column confuses most, each bar leading to its cell."""
    item = matrices.side(chosen)
    st.header(_("Most confused pairs: {network}").format(network=item.title), anchor=False)
    ranked = confused_pairs(item.matrix)
    if not ranked:
        st.caption(pairs.describe(ranked, item.classes))
        return
    side = matrices.SIDES[chosen.all.index(item)]
    widgets.figure_frame(
        pairs.bars(ranked, item.classes, viewer.mode(), SHOWN),
        "confused_pairs",
        caption=_("Click a bar to look at its cell."),
        on_select=partial(matrices.clicked, "confused_pairs", side),
    )


def against_the_rest(chosen: Chosen) -> None:
    """A class's 2x2 matrix in every column, and the scores worked out from it."""
    st.header(_("One class against the rest"), anchor=False)
    classes = list(chosen.first.classes)
    name = state.choice(
        "class", classes, matrices.selected_cell(chosen)[0], _("Class"), text=class_label,
        kind="pills",
    )  # fmt: skip
    for column, item in zip(st.columns(2), chosen.all, strict=False):
        with column:
            st.markdown(f"### {widgets.plain(item.title)}")
            _folded(item, name)


def _folded(item: Measured, name: str) -> None:
    matrix = one_vs_rest(item.matrix, item.classes.index(name))
    (hits, missed), (false, rest) = matrix.tolist()
    names = [name, _("All others")]
    widgets.figure_frame(
        confusion.matrix(matrix, names, "none", viewer.mode(), height=260),
        f"one_vs_rest_{item.id}",
    )
    called = class_name(name).lower()
    lines = [
        _("**Recall**: of {n} images of {name} it finds {hits}: {worked}").format(
            n=number(hits + missed), name=called, hits=number(hits), worked=_ratio(hits, missed)
        ),
        _("**Precision**: of {n} images it calls {name}, {hits} are: {worked}").format(
            n=number(hits + false), name=called, hits=number(hits), worked=_ratio(hits, false)
        ),
        _("**Specificity**: of {n} other images it calls {rest} something else: {worked}").format(
            n=number(rest + false), rest=number(rest), worked=_ratio(rest, false)
        ),
        _("**F1**: {worked}").format(worked=_f1(hits, missed, false)),
    ]
    st.markdown("\n".join(f"- {line}" for line in lines))


def _ratio(hits: int, others: int) -> str:
    """A worked fraction: '231 / 528 = 43.8%'."""
    if not hits + others:
        return "0"
    return f"{number(hits)} / {number(hits + others)} = {percent(hits / (hits + others))}"


def _f1(hits: int, missed: int, false: int) -> str:
    bottom = 2 * hits + missed + false
    if not bottom:
        return "0"
    parts = f"2 × {number(hits)} / (2 × {number(hits)} + {number(missed)} + {number(false)})"
    return f"{parts} = {percent(2 * hits / bottom)}"
