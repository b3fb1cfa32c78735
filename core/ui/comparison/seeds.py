"""How far the seed moves the networks, where some were trained from several."""

from __future__ import annotations

import streamlit as st

from core.evaluation.seeds import contests, sentence, spreads
from core.figures import seeds
from core.text import _
from core.ui import viewer, widgets
from core.ui.comparison.view import View


def show(view: View) -> None:
    """Every run as a dot, and what the pairs of runs say; nothing where there is one run each."""
    chosen = [view.networks[item.id] for item in view.items]
    found = [
        spread for spread in spreads(chosen, view.split) if set(spread.classes) == set(view.classes)
    ]
    if not found:
        return
    st.header(_("Spread over seeds"), anchor=False)
    for contest in contests(found):
        st.markdown(sentence(contest))
    widgets.figure_frame(
        seeds.dots(found, viewer.mode()),
        "seeds",
        caption=_(
            "Each dot is one training run from its own seed; bar and whiskers: their mean and "
            "standard deviation. Runs at another input size than the recipe's compare with each "
            "other only. The intervals above say what other images could give, these what "
            "another run could."
        ),
    )
