"""Confusion matrix: which expressions a network takes for which."""

import streamlit as st

from core.evaluation.metrics import Normalisation
from core.text import _
from core.ui import glossary, networks, widgets
from core.ui.confusion import cell, classes, columns, images, matrices, uploads


def view(chosen: columns.Chosen, by: Normalisation) -> tuple[int, int]:
    """The matrices side by side, and beside them what the chosen cell holds."""
    matrices.warn_other_images(chosen)
    selected = matrices.selected_cell(chosen)
    *places, beside = st.columns([3] * len(chosen.all) + [2.1], gap="small")
    for place, item, name in zip(places, chosen.all, matrices.SIDES, strict=False):
        with place:
            matrices.one(item, name, by, selected)
    with beside, st.container(key="cell_panel", gap="small"):
        answer = st.container(gap="small")
        true, predicted = cell.controls(chosen)
        with answer:
            cell.means(chosen, true, predicted)
    return true, predicted


def below(chosen: columns.Chosen, by: Normalisation, true: int, predicted: int) -> None:
    """What one may want to know next."""
    if chosen.second:
        matrices.difference(chosen.first, chosen.second, by, matrices.selected_cell(chosen))
    images.show(chosen, true, predicted)
    classes.confused(chosen)
    classes.against_the_rest(chosen)


widgets.page_header(
    _("Confusion matrix"),
    _("Which expressions a network takes for which. Click a cell to see what is in it."),
)
usable = networks.has_results()
if usable:
    first, second, third, fourth = st.columns([2, 2, 3.3, 2.1], gap="small")
    ids = columns.choose(usable, (first, second))
    with third:
        split = networks.split_chooser()
    with fourth:
        by = matrices.normalisation()
    found = columns.resolve(usable, ids, split)
    cell_of = view(found, by) if found else None
    with st.expander(_("Add somebody else's result (CSV)"), icon=":material/upload_file:"):
        uploads.uploader(usable)
    if found and cell_of:
        below(found, by, *cell_of)
        by_id = {item.id: item for item in usable}
        if found.first.id in by_id:
            glossary.worked(
                ["accuracy", "support", "recall", "precision", "f1", "false_positive_rate"],
                by_id[found.first.id],
                split,
                matrices.selected_cell(found)[0],
            )
