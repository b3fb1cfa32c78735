"""The page's question, answered in a sentence before any choice."""

from __future__ import annotations

import streamlit as st

from core.evaluation.significance import compare, sentence
from core.text import _, percent
from core.ui import networks, widgets
from core.ui.comparison.view import View


def show(view: View) -> None:
    """Name the most accurate of several networks, and say whether its lead is chance."""
    if len(view.scores) < 2:
        return
    best, second = view.scores[:2]
    said = []
    if best.accuracy > second.accuracy:
        said.append(
            _("**{network} is right most often**: {accuracy} ({interval}).").format(
                network=best.title,
                accuracy=percent(best.accuracy),
                interval=networks.interval(best),
            )
        )
    first, other = view.measured(best.id).table, view.measured(second.id).table
    if first is not None and other is not None:
        with widgets.problems_in_boxes():
            said.append(sentence(compare(first, other), best.title, second.title))
    st.markdown(" ".join(said))
