"""Section: which expression is taken for which, how often and how surely."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.evaluation.patterns import Pattern, error_patterns
from core.text import _, number, percent
from core.ui import state, widgets, words
from core.ui.errors.view import View

SHOWN = 10
"""Rows before the viewer asks for all."""


def draw(view: View) -> None:
    """Draw the section."""
    found = error_patterns(view.probabilities, view.label)
    if not found:
        st.caption(_("No errors."))
        return
    orders = {
        "count": (_("Images"), lambda p: p.count),
        "share": (_("Share of the class"), lambda p: p.of_class),
        "confidence": (_("Confidence"), lambda p: p.confidence),
    }
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    with left:
        order = state.choice(
            "sort",
            list(orders),
            "count",
            _("Sort by"),
            text=lambda name: orders[name][0],
            kind="segmented",
        )
    with right:
        everything = state.toggle("all", False, _("All {count} kinds").format(count=len(found)))
    ranked = sorted(found, key=orders[order][1], reverse=True)
    shown = ranked if everything else ranked[:SHOWN]
    classes = view.item.classes
    widgets.table(
        _texts(shown, classes),
        "error_patterns",
        _("Kinds of mistakes, {order} first").format(order=orders[order][0]),
        download=_numbers(ranked, classes),
    )
    first = shown[0]
    widgets.page_link(
        "confusion",
        _("Look into the cell: {true} called {predicted}").format(
            true=words.class_name(classes[first.true]),
            predicted=words.class_name(classes[first.predicted]),
        ),
        icon=":material/grid_on:",
        model=view.item.id,
        split=view.split,
        true=classes[first.true],
        predicted=classes[first.predicted],
        side="first",
    )


def _texts(found: list[Pattern], classes: list[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            _("Images"): [number(p.count) for p in found],
            _("of the class"): [percent(p.of_class) for p in found],
            _("of its errors"): [percent(p.of_class_errors) for p in found],
            _("Mean confidence"): [percent(p.confidence) for p in found],
        },
        index=pd.Index(
            [
                f"{words.unbroken(classes[p.true])} → {words.unbroken(classes[p.predicted])}"
                for p in found
            ],
            name=_("True → called"),
        ),
    )


def _numbers(found: list[Pattern], classes: list[str]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "true": classes[p.true],
                "predicted": classes[p.predicted],
                "count": p.count,
                "share_of_class": p.of_class,
                "share_of_class_errors": p.of_class_errors,
                "share_of_errors": p.of_errors,
                "mean_confidence": p.confidence,
            }
            for p in found
        ]
    )
