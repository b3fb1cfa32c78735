"""The recipes of networks side by side, or only what differs between them."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.evaluation.results import NetworkResults
from core.text import _
from core.ui import parameters, resources, state, widgets


def draw(chosen: list[NetworkResults]) -> None:
    """One column a network that has a card."""
    st.header(_("Settings"), anchor=False)
    titles = {item.id: item.title for item in resources.results()}
    described = {item.title: parameters.rows(item.card, titles) for item in chosen if item.card}
    if not described:
        st.caption(_("None of these networks has a model card, so its settings are not known."))
        return
    frame = pd.DataFrame(described)
    if len(described) > 1 and state.toggle("differences", False, _("Only what differs")):
        frame = frame[frame.nunique(axis=1) > 1]
    widgets.table(frame, "settings", _("Settings of the networks"), numeric=False)
