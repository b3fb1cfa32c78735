"""Section: ROC and precision-recall of every class."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import streamlit as st

from core.evaluation.curves import Curve, precision_recall, roc
from core.figures import curves as figures
from core.text import _, number
from core.ui import glossary, state, viewer, widgets, words
from core.ui.errors.view import View


@st.fragment
def draw(view: View) -> None:
    """Draw the section; its controls rerun this part of the page only."""
    kinds = {"roc": _("ROC"), "pr": _("Precision and recall")}
    kind = state.choice(
        "kind", list(kinds), "roc", _("Curve"), text=kinds.__getitem__, kind="segmented"
    )
    chosen = state.choices(
        "shown",
        view.item.classes,
        view.item.classes,
        _("Expressions"),
        text=words.class_label,
        kind="pills",
    )
    both = {
        "roc": {name: _curve(roc, view, name) for name in view.item.classes},
        "pr": {name: _curve(precision_recall, view, name) for name in view.item.classes},
    }
    shown = {name: both[kind][name] for name in chosen}
    build, area = (
        (figures.roc, figures.roc_area())
        if kind == "roc"
        else (figures.precision_recall, figures.precision_recall_area())
    )
    if shown:
        widgets.figure_frame(
            build(shown, viewer.mode()),
            kind,
            caption=_("One expression against all others. Behind each name: {area}.").format(
                area=area[:1].lower() + area[1:]
            ),
        )
    else:
        st.info(_("Choose at least one expression."), icon=":material/touch_app:")
    widgets.table(
        _areas(view, both),
        "areas",
        _("Area under the ROC curve and average precision of every expression"),
        download=_numbers(view, both),
    )
    glossary.beside(
        ["auc", "average_precision", "false_positive_rate", "recall", "precision"],
        view.example(),
    )


def _curve(build: Callable[[np.ndarray, np.ndarray], Curve], view: View, name: str) -> Curve:
    place = view.item.classes.index(name)
    return build(view.probabilities[:, place], view.label == place)


def _areas(view: View, both: dict[str, dict[str, Curve]]) -> pd.DataFrame:
    names = view.item.classes
    columns = {
        _("AUC (ROC)"): [both["roc"][name].area for name in names],
        _("Average precision"): [both["pr"][name].area for name in names],
    }
    share = [float(np.mean(view.label == place)) for place in range(len(names))]
    texts = {
        title: [_area(value) for value in [*values, _mean(values)]]
        for title, values in columns.items()
    }
    texts[_("By guessing (AP)")] = [*(number(value, 3) for value in share), ""]
    return pd.DataFrame(
        texts, index=pd.Index([*(words.class_label(name) for name in names), _("Mean")])
    )


def _numbers(view: View, both: dict[str, dict[str, Curve]]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "class": name,
                "roc_auc": both["roc"][name].area,
                "average_precision": both["pr"][name].area,
            }
            for name in view.item.classes
        ]
    )


def _mean(values: list[float]) -> float:
    known = [value for value in values if np.isfinite(value)]
    return float(np.mean(known)) if known else float("nan")


def _area(value: float) -> str:
    return number(value, 3) if np.isfinite(value) else "–"
