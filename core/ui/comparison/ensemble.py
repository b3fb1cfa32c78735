"""The ensemble of the comparison page: live accuracy, its best member, its matrix."""

from __future__ import annotations

import streamlit as st

from core.evaluation.comparison import Scored, score
from core.evaluation.measured import Measured
from core.evaluation.significance import compare, sentence
from core.figures import confusion
from core.roles import SELECTION
from core.text import _, percent
from core.ui import ensembles, viewer, widgets
from core.ui.comparison.view import View


def show(view: View) -> None:
    """Draw the builder and what comes out of it."""
    st.header(_("Ensemble"), anchor=False)
    st.caption(
        _(
            "Asks several networks and averages their probabilities, each with its weight. "
            "Nothing is run: the stored predictions suffice."
        )
    )
    networks = [view.networks[item.id] for item in view.items if item.table is not None]
    if len(networks) < 2:
        st.caption(_("This needs the single predictions of two networks."))
        return
    ensemble = ensembles.builder(networks, view.split, view.classes)
    if ensemble is None:
        return
    if view.split == SELECTION:
        st.warning(
            _("Weights fitted on {split} look too good on {split}. Quote the other split.").format(
                split=SELECTION
            ),
            icon=":material/warning:",
        )
    _scores(view, ensemble)


def _scores(view: View, ensemble: Measured) -> None:
    found = score(ensemble)
    best = max(view.scores, key=lambda item: item.accuracy)
    left, right = st.columns(2, gap="medium")
    with left:
        _cards(found, best)
        rival = view.measured(best.id)
        if rival.table is not None and ensemble.table is not None:
            with widgets.problems_in_boxes():
                pair = compare(ensemble.table, rival.table)
                st.markdown(sentence(pair, ensemble.title, rival.title))
        widgets.page_link(
            "confusion",
            _("Its matrix beside another one, and its images"),
            icon=":material/grid_on:",
            model=ensembles.ID,
            side="first",
        )
    with right:
        widgets.figure_frame(
            confusion.matrix(ensemble.matrix, ensemble.classes, "row", viewer.mode()),
            "ensemble_matrix",
        )


def _cards(found: Scored, best: Scored) -> None:
    with widgets.card_grid(2, min_width=180):
        for label, value, ends in (
            (_("Accuracy"), found.accuracy, found.accuracy_interval),
            (_("Macro F1"), found.macro_f1, found.macro_f1_interval),
        ):
            widgets.metric_card(
                label,
                percent(value),
                delta=_("95%: {low} to {high}").format(low=percent(ends[0]), high=percent(ends[1])),
            )
    st.caption(
        _("Best single network here: {network}, {share}.").format(
            network=best.title, share=percent(best.accuracy)
        )
    )
