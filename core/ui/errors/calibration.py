"""Section: the reliability diagram, with the temperature in the viewer's hand."""

from __future__ import annotations

import streamlit as st

from core.evaluation.calibration import (
    negative_log_likelihood,
    reliability,
)
from core.figures import reliability as figures
from core.roles import apply_temperature
from core.text import _, number, percent
from core.ui import glossary, state, viewer, widgets
from core.ui.errors.view import View

LOW, HIGH = 0.3, 3.0
"""Range of the slider."""


@st.fragment
def draw(view: View) -> None:
    """Draw the section; the slider reruns this part of the page only."""
    fitted = view.item.metrics.temperature
    start = round(min(max(view.temperature, LOW), HIGH), 2)
    temperature = state.slider(
        "temperature",
        LOW,
        HIGH,
        start,
        _("Temperature"),
        step=0.01,
        help=_(
            "The logits are divided by it. Above 1 the network becomes less sure, below 1 surer; "
            "its answers stay the same."
        ),
    )
    stated = reliability(view.table.probabilities, view.label)
    moved = apply_temperature(view.table.probabilities, temperature)
    found = reliability(moved, view.label)
    with widgets.card_grid(4, min_width=150):
        widgets.metric_card(
            _("ECE at {temperature}").format(temperature=number(temperature, 2)),
            percent(found.ece),
            delta=_("as stated: {ece}").format(ece=percent(stated.ece)),
        )
        widgets.metric_card(
            _("NLL at {temperature}").format(temperature=number(temperature, 2)),
            number(negative_log_likelihood(moved, view.label), 3),
            delta=_("as stated: {nll}").format(nll=number(view.scores.nll, 3)),
        )
        widgets.metric_card(
            _("Fitted temperature"),
            number(fitted, 2),
            delta=_fitted(fitted, view.item.metrics.selection.split),
        )
        widgets.metric_card(_("ECE there"), percent(view.scores.ece_calibrated))
    widgets.figure_frame(
        figures.diagram(found, None if temperature == 1 else stated, viewer.mode()),
        "reliability",
        caption=_(
            "Bars below the dotted line: the network claims more than it keeps. Bars above it: it "
            "claims less. The small bars show how many images each group has."
        ),
    )
    glossary.beside(["ece", "nll", "temperature"], view.example())


def _fitted(temperature: float, split: str) -> str:
    """Where it was fitted, and what it says of the network; nothing where it reads 1.00."""
    text = _("on {split}").format(split=split)
    if round(temperature, 2) == 1:
        return text
    remark = _("above 1: it was too sure") if temperature > 1 else _("below 1: it was too modest")
    return f"{text}; {remark}"
