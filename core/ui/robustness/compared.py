"""All networks under change beside each other, in pairs, and as mean corruption error."""

from __future__ import annotations

import math

import pandas as pd
import streamlit as st

from core.errors import ResultsError
from core.evaluation.robustness import (
    REFERENCE,
    Answers,
    corruption_error,
    difference,
)
from core.text import _, number, percent, signed
from core.ui import resources, state, widgets
from core.ui.robustness.view import View

UNKNOWN = "–"


def draw(view: View) -> None:
    """The table, and what its columns mean."""
    answers, problems = _answers(view)
    for problem in problems:
        widgets.error_box(problem)
    if not answers:
        return
    alike = [name for name in answers if view.found[name].classes == view.network.classes]
    if view.chosen not in answers:
        st.info(
            _("{network} has no readable answers to single images: there are no pairs.").format(
                network=view.title
            )
        )
        return
    reference = state.choice(
        "relative_to", alike, REFERENCE, _("Errors relative to"), text=view.titles.__getitem__
    )
    rows = [_row(view, name, answers, reference) for name in alike]
    _table(view, rows, reference)


def _answers(view: View) -> tuple[dict[str, Answers], list[str]]:
    found, problems = {}, []
    for name in view.found:
        try:
            found[name] = resources.benchmark_answers(name)
        except ResultsError as problem:
            problems.append(str(problem))
    return found, problems


def _row(view: View, name: str, answers: dict[str, Answers], reference: str) -> dict[str, object]:
    item = view.found[name]
    error = corruption_error(answers[name], answers[reference])
    gap, (low, high), images = difference(answers[name], answers[view.chosen])
    return {
        "network": name,
        "images": item.images,
        "clean": item.clean.accuracy,
        "changed": item.mean_accuracy,
        "changed_low": item.mean_accuracy_interval[0],
        "changed_high": item.mean_accuracy_interval[1],
        "mce": error.mean,
        "relative_mce": error.relative,
        "difference": gap,
        "difference_low": low,
        "difference_high": high,
        "common_images": images,
    }


def _table(view: View, rows: list[dict[str, object]], reference: str) -> None:
    numbers = pd.DataFrame(rows)
    versus = _("Δ to {network} (points)").format(network=view.title)
    frame = pd.DataFrame(
        {
            _("Images"): [number(value) for value in numbers["images"]],
            _("As they are"): [percent(value) for value in numbers["clean"]],
            _("Under change"): [percent(value) for value in numbers["changed"]],
            _("Lost (points)"): [
                number(100 * (clean - changed), 1)
                for clean, changed in zip(numbers["clean"], numbers["changed"], strict=True)
            ],
            versus: [_gap(row, view.chosen) for row in rows],
            "mCE": [_value(value) for value in numbers["mce"]],
            _("Relative mCE"): [_value(value) for value in numbers["relative_mce"]],
        },
        index=pd.Index([view.titles[str(row["network"])] for row in rows], name=_("Network")),
    )
    st.dataframe(frame, height="content", alt=_("Networks under change, one row each."))
    widgets.csv_button(numbers, "robustness_compared")
    st.caption(
        _(
            "Δ is measured in pairs, on the images that both networks were asked about, changed in "
            "the same way; in brackets its 95% interval over images. mCE (mean corruption error, "
            "Hendrycks and Dietterich 2019): errors under change for every 100 of {reference}, the "
            "mean over kinds; relative mCE counts only the errors that the change adds. Kinds and "
            "strengths are ours, so these numbers compare networks here, not with ImageNet-C."
        ).format(reference=view.titles[reference])
    )


def _value(value: float) -> str:
    return UNKNOWN if math.isnan(value) else number(value, 1)


def _gap(row: dict[str, object], chosen: str) -> str:
    if row["network"] == chosen:
        return UNKNOWN
    value, low, high = (
        100 * float(str(row[key])) for key in ("difference", "difference_low", "difference_high")
    )
    return f"{signed(value, 1)} ({signed(low, 1)} … {signed(high, 1)})"
