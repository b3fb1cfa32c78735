"""Section: what is gained by answering only above a confidence."""

from __future__ import annotations

import streamlit as st

from core.evaluation.calibration import coverage_accuracy
from core.figures import coverage as figures
from core.roles import apply_temperature
from core.text import _, percent
from core.ui import glossary, state, viewer, widgets
from core.ui.errors.view import View


@st.fragment
def draw(view: View) -> None:
    """Draw the section; its controls rerun this part of the page only."""
    titles = {item.id: item.title for item in view.rivals if item.id != view.item.id}
    left, right = st.columns(2, vertical_alignment="bottom")
    with left:
        threshold = (
            state.slider(
                "threshold", 0, 99, 60, _("Answer only when at least this sure"), format="%d%%"
            )
            / 100
        )
    others: list[str] = []
    with right:
        if titles:
            others = state.choices(
                "beside",
                list(titles),
                [],
                _("Compare with"),
                text=lambda name: titles[name],
                max_selections=4,
            )
    shown = [item for item in view.rivals if item.id == view.item.id or item.id in others]
    shown.sort(key=lambda item: item.id != view.item.id)
    curves = [
        figures.Selective(
            item.id,
            item.title,
            coverage_accuracy(
                apply_temperature(
                    item.tables[view.split].probabilities,
                    item.metrics.temperature if view.calibrated else 1.0,
                ),
                item.tables[view.split].label,
            ),
        )
        for item in shown
    ]
    answered, right_share = curves[0].coverage.at(threshold)
    with widgets.card_grid(3, min_width=150):
        widgets.metric_card(
            _("Answered"),
            percent(answered),
            delta=_("{share} kept silent").format(share=percent(1 - answered)),
        )
        widgets.metric_card(
            _("Right among the answers"),
            percent(right_share) if answered else "–",
            delta=_("over all: {accuracy}").format(accuracy=percent(view.scores.accuracy)),
        )
        widgets.metric_card(
            _("Right and answered"),
            percent(answered * right_share if answered else 0.0),
            delta=_("of all images"),
        )
    widgets.figure_frame(
        figures.curves(curves, threshold, viewer.mode()),
        "coverage",
        caption=_(
            "To the right every image is answered; to the left only the surest ones. The mark is "
            "the threshold chosen above."
        ),
    )
    glossary.beside(["coverage", "confidence"], view.example())
