"""Confusion matrix: which expressions a network takes for which."""

import streamlit as st

from core.evaluation.metrics import Normalisation
from core.text import _
from core.ui import glossary, networks, widgets
from core.ui.confusion import cell, classes, columns, images, matrices, uploads


def view(chosen: columns.Chosen, by: Normalisation) -> None:
    matrices.warn_other_images(chosen)
    selected = matrices.selected_cell(chosen)
    left, right = st.columns(2, gap="medium")
    with left:
        matrices.one(chosen.first, "first", by, selected)
    if chosen.second:
        with right:
            matrices.one(chosen.second, "second", by, selected)
        left, right = st.columns(2, gap="medium")
        with left:
            matrices.difference(chosen.first, chosen.second, by, selected)
    with right:
        st.markdown("**" + _("The cell") + "**")
        true, predicted = cell.controls(chosen)
        cell.means(chosen, true, predicted)
        cell.explain(chosen)
    images.show(chosen, true, predicted)
    classes.confused(chosen)
    classes.against_the_rest(chosen)


widgets.page_header(
    _("Confusion matrix"),
    _("Which expressions a network takes for which. Click a cell to see what is in it."),
)
usable = networks.has_results()
if usable:
    with widgets.card_grid(2, min_width=260):
        ids = columns.choose(usable)
    with widgets.card_grid(2, min_width=260):
        split = networks.split_chooser()
        by = matrices.normalisation()
    with st.expander(_("Add somebody else's result (CSV)"), icon=":material/upload_file:"):
        uploads.uploader(usable)
    found = columns.resolve(usable, ids, split)
    if found:
        view(found, by)
        by_id = {item.id: item for item in usable}
        if found.first.id in by_id:
            glossary.worked(
                ["accuracy", "support", "recall", "precision", "f1", "false_positive_rate"],
                by_id[found.first.id],
                split,
                matrices.selected_cell(found)[0],
            )
