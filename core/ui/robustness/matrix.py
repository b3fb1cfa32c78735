"""Which expression the answers flee to: the confusion matrix as the strength moves."""

from __future__ import annotations

import streamlit as st

from core.figures import confusion
from core.figures.labels import class_label
from core.text import _, percent
from core.ui import state, viewer, widgets
from core.ui.robustness import kinds
from core.ui.robustness.view import View
from core.words.corruptions import strength_text
from core.words.robustness import refuge


def draw(view: View) -> None:
    """A matrix for a kind and a strength, and where the answers go."""
    left, right = st.columns(2, vertical_alignment="bottom")
    with left:
        kind = kinds.choose(view)
    result = view.network.kinds[kind]
    with right:
        level = int(state.slider("level", 0, len(result.levels), 3, _("Strength, 0 to 5")))
    clean = view.network.clean
    condition = result.levels[level - 1] if level else clean
    change = strength_text(kind, result.strengths[level - 1]) if level else _("images as they are")
    sentence = _("{network} with {change}: right on {accuracy}, sure {confidence} on average.")
    st.markdown(
        widgets.plain(
            sentence.format(
                network=view.title,
                change=change,
                accuracy=percent(condition.accuracy),
                confidence=percent(condition.confidence),
            )
        )
    )
    if level:
        place, now, before = refuge(condition, clean)
        st.markdown(
            _("Answers flee to **{expression}**: {now} of all answers instead of {before}.").format(
                expression=class_label(view.network.classes[place]),
                now=percent(now, 0),
                before=percent(before, 0),
            )
        )
    widgets.figure_frame(
        confusion.matrix(condition.confusion, view.network.classes, mode=viewer.mode()),
        "changed_matrix",
    )
