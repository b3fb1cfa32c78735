"""The matrices of the confusion page, side by side, and what a click on a cell does."""

from __future__ import annotations

from functools import partial

import streamlit as st

from core.evaluation.measured import Measured
from core.evaluation.metrics import NORMALISATIONS, Normalisation, accuracy
from core.evaluation.pairs import worst_cell
from core.figures import confusion
from core.figures.entries import Matrix
from core.text import _, number, percent
from core.ui import state, viewer, widgets
from core.ui.confusion.columns import Chosen

SIDES = ("first", "second")


def normalisation() -> Normalisation:
    """Let the viewer choose what the cells' numbers are shares of."""
    return state.choice(
        "norm",
        NORMALISATIONS,
        "row",
        _("Numbers in the cells"),
        text=confusion.normalisation_name,
    )


def side(chosen: Chosen) -> Measured:
    """Whose cell is looked at: where the viewer clicked last; the left one at first."""
    name = state.peek("side", SIDES, SIDES[0])
    return chosen.second if chosen.second and name == SIDES[1] else chosen.first


def default_cell(chosen: Chosen) -> confusion.Cell:
    """The left one's most frequent mistake."""
    true, predicted = worst_cell(chosen.first.matrix)
    return chosen.first.classes[true], chosen.first.classes[predicted]


def selected_cell(chosen: Chosen) -> confusion.Cell:
    """The cell to frame: what the viewer chose, else the default."""
    classes = list(chosen.first.classes)
    true, predicted = default_cell(chosen)
    return state.peek("true", classes, true), state.peek("predicted", classes, predicted)


def clicked(key: str, place: str | None = None) -> None:
    """Callback of a chart: keep the cell that `customdata` of the point names.

    Args:
        key: of the chart.
        place: one of `SIDES` where the chart belongs to one column.
    """
    points = st.session_state[key].selection.points
    if not points:
        return
    true, predicted = points[0]["customdata"][:2]
    state.put("true", true)
    state.put("predicted", predicted)
    if place:
        state.put("side", place)


def one(item: Measured, place: str, by: Normalisation, selected: confusion.Cell) -> None:
    """One matrix with its title, accuracy and badge."""
    right = _("{share} of {n} right").format(
        share=percent(float(accuracy(item.matrix))), n=number(item.n)
    )
    st.markdown(f"**{widgets.plain(item.title)}**  \n{right}")
    key = f"confusion_{item.id}"
    widgets.figure_frame(
        confusion.matrix(item.matrix, item.classes, by, viewer.mode(), selected),
        key,
        on_select=partial(clicked, key, place),
    )
    _badge(item)


def _badge(item: Measured) -> None:
    if not item.split:
        st.badge(_("row sums match no split"), icon=":material/warning:", color="orange")
        return
    badge = item.badge
    st.badge(
        badge.text,
        icon=":material/verified:" if badge.verified else ":material/warning:",
        color="green" if badge.verified else "orange",
    )


def difference(
    first: Measured, second: Measured, by: Normalisation, selected: confusion.Cell
) -> None:
    """What the second does more, cell by cell."""
    st.markdown("**" + _("Difference") + "**")
    key = "confusion_difference"
    widgets.figure_frame(
        confusion.difference(_matrix(first), _matrix(second), by, viewer.mode(), selected),
        key,
        caption=_("On the diagonal more is better, everywhere else less is better."),
        on_select=partial(clicked, key),
    )


def _matrix(item: Measured) -> Matrix:
    return Matrix(item.id, item.title, item.matrix, item.classes)


def warn_other_images(chosen: Chosen) -> None:
    """Say so where a difference would compare different images."""
    if not chosen.same_images:
        st.warning(
            _(
                "The rows of the two matrices do not count the same images, so their difference "
                "mixes the networks with the images. Compare shares rather than counts."
            ),
            icon=":material/warning:",
        )
