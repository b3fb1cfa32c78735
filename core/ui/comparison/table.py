"""The table of scores with differences to the reference, sortable by every column."""

from __future__ import annotations

import math
from collections.abc import Callable

import pandas as pd
import streamlit as st

from core.evaluation.comparison import Interval, Scored
from core.figures.labels import class_label
from core.figures.theme import INKS
from core.text import _, number, percent, signed
from core.ui import state, viewer, widgets
from core.ui.comparison.view import View

CLASS_SCORES = ("recall", "precision", "f1", "support")
UNKNOWN = "–"


def show(view: View) -> None:
    """Overall scores and one score of every class, and the differences to the reference."""
    names = {
        "recall": _("Recall"),
        "precision": _("Precision"),
        "f1": _("F1"),
        "support": _("Images"),
    }
    with widgets.card_grid(2, min_width=300):
        score = state.choice(
            "score",
            CLASS_SCORES,
            "recall",
            _("Score of each expression"),
            text=names.__getitem__,
            kind="segmented",
        )
        as_delta = state.toggle(
            "delta", False, _("As difference to {reference}").format(
                reference=view.title(view.reference)
            )
        )  # fmt: skip
    overall, classes = _overall(view), _classes(view, score, as_delta)
    frame = pd.concat([overall, classes], axis=1).rename_axis(_("Network"))
    styled = (
        frame.style.format(_formats(overall, classes, score, as_delta))
        .apply(_mark_reference, axis=1, reference=view.title(view.reference))
        .map(_signed_color, subset=_deltas(overall, classes, as_delta))
    )
    st.dataframe(
        styled,
        key="comparison_table",
        height="content",
        alt=_("Scores of {count} networks.").format(count=len(view.scores)),
    )
    st.caption(
        _(
            "Click a column's head to sort. Δ: percentage points more or less than "
            "{reference}. 95%: Wilson's interval of accuracy, bootstrap of macro F1."
        ).format(reference=view.title(view.reference))
    )
    widgets.csv_button(numbers(view), "comparison")


def _overall(view: View) -> pd.DataFrame:
    reference = view.scored(view.reference)
    rows = {
        item.title: {
            _("Accuracy"): item.accuracy,
            _("95% interval of accuracy"): _interval(item.accuracy_interval),
            _("Δ accuracy"): 100 * (item.accuracy - reference.accuracy),
            _("Macro F1"): item.macro_f1,
            _("95% interval of macro F1"): _interval(item.macro_f1_interval),
            _("Δ macro F1"): 100 * (item.macro_f1 - reference.macro_f1),
            _("Weighted F1"): item.weighted_f1,
        }
        for item in view.scores
    }
    return pd.DataFrame.from_dict(rows, orient="index")


def _classes(view: View, score: str, as_delta: bool) -> pd.DataFrame:
    reference = view.scored(view.reference).of_class(score)
    rows = {}
    for item in view.scores:
        values = item.of_class(score)
        if as_delta:
            values = (values - reference) * (1 if score == "support" else 100)
        rows[item.title] = dict(zip(map(class_label, view.classes), values, strict=True))
    return pd.DataFrame.from_dict(rows, orient="index")


def _interval(ends: Interval) -> str:
    return f"{number(100 * ends[0], 1)}–{number(100 * ends[1], 1)}"


def _formats(
    overall: pd.DataFrame, classes: pd.DataFrame, score: str, as_delta: bool
) -> dict[str, Callable[[float], str]]:
    found: dict[str, Callable[[float], str]] = {}
    for name in overall.select_dtypes("number").columns:
        found[name] = _delta if name.startswith("Δ") else _share
    for name in classes.columns:
        if as_delta:
            found[name] = _delta
        else:
            found[name] = number if score == "support" else _share
    return found


def _share(value: float) -> str:
    return UNKNOWN if math.isnan(value) else percent(value)


def _delta(value: float) -> str:
    return UNKNOWN if math.isnan(value) else signed(value, 1)


def _deltas(overall: pd.DataFrame, classes: pd.DataFrame, as_delta: bool) -> list[str]:
    found = [name for name in overall.columns if name.startswith("Δ")]
    return found + (list(classes.columns) if as_delta else [])


def _signed_color(value: float) -> str:
    rounded = round(value, 1)
    if not rounded or math.isnan(value):
        return ""
    ink = INKS[viewer.mode()]
    return f"color: {ink.good if rounded > 0 else ink.bad}"


def _mark_reference(row: pd.Series, reference: str) -> list[str]:
    style = f"background-color: {INKS[viewer.mode()].panel}" if row.name == reference else ""
    return [style] * len(row)


def numbers(view: View) -> pd.DataFrame:
    """Everything behind the table: one row a network and class, overall scores repeated."""
    return pd.DataFrame([row for item in view.scores for row in _rows(view, item)])


def _rows(view: View, item: Scored) -> list[dict[str, object]]:
    whole = {
        "network": item.id,
        "split": view.split,
        "n": item.n,
        "accuracy": item.accuracy,
        "accuracy_low": item.accuracy_interval[0],
        "accuracy_high": item.accuracy_interval[1],
        "macro_f1": item.macro_f1,
        "macro_f1_low": item.macro_f1_interval[0],
        "macro_f1_high": item.macro_f1_interval[1],
        "weighted_f1": item.weighted_f1,
    }
    return [
        {
            **whole,
            "class": name,
            "support": int(item.support[place]),
            "precision": item.precision[place],
            "recall": item.recall[place],
            "f1": item.f1[place],
            "f1_low": item.f1_interval[0][place],
            "f1_high": item.f1_interval[1][place],
        }
        for place, name in enumerate(view.classes)
    ]
