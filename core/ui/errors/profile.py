"""The network in words and in five numbers."""

from __future__ import annotations

import streamlit as st

from core.evaluation.confidence import SURE, bands, gap
from core.text import _, number, percent
from core.ui import glossary, networks, widgets, words
from core.ui.errors.view import View
from core.words.strengths import profile


def cards(view: View) -> None:
    """Accuracy, confidence of right and wrong, sure errors, calibration error."""
    found = gap(view.probabilities, view.label)
    top = bands(view.probabilities, view.label, (SURE,))[-1]
    ece = view.scores.ece_calibrated if view.calibrated else view.scores.ece
    with widgets.card_grid(5, min_width=150):
        widgets.metric_card(
            _("Accuracy"), percent(view.scores.accuracy), delta=networks.interval(view.scores)
        )
        widgets.metric_card(
            _("Sure when right"),
            percent(found.right) if found.n_right else "–",
            delta=_("mean of {count}").format(count=number(found.n_right)),
        )
        widgets.metric_card(
            _("Sure when wrong"),
            percent(found.wrong) if found.n_wrong else "–",
            delta=_("mean of {count}").format(count=number(found.n_wrong)),
        )
        widgets.metric_card(
            _("Errors {sure} sure or more").format(sure=percent(SURE, 0)),
            number(top.errors),
            delta=_("{share} of the errors").format(share=percent(top.of_errors)),
        )
        widgets.metric_card(
            _("Calibration error (ECE)"),
            percent(ece),
            delta=_("calibrated") if view.calibrated else _("as stated"),
        )
    glossary.beside(
        ["accuracy", "wilson", "confidence", "ece", "temperature"],
        view.example(),
    )


def sentences(view: View) -> None:
    """Strengths and weaknesses side by side."""
    found = profile(view.item, view.split, view.networks, words.class_name)
    columns = st.columns(2)
    parts = (
        (_("Strengths"), found.strengths, ":green[:material/thumb_up:]"),
        (_("Weaknesses"), found.weaknesses, ":orange[:material/warning:]"),
    )
    for column, (title, lines, icon) in zip(columns, parts, strict=True):
        with column, st.container(border=True, height="stretch"):
            st.markdown(f"**{icon} {title}**")
            if lines:
                shown = (widgets.plain(line) for line in lines)
                st.markdown("\n".join(f"- {line}" for line in shown))
            else:
                st.caption(_("Nothing that stands out."))
    if view.calibrated:
        st.caption(
            _("These sentences take the confidences as the network states them, not calibrated.")
        )
