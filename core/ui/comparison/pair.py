"""Two networks on the same images: who is right where, and whether that is chance."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.evaluation.significance import Paired, compare, p_text, sentence
from core.text import _, number, percent, signed
from core.ui import state, widgets
from core.ui.comparison.view import View


def show(view: View) -> None:
    """Draw the two selections, the 2x2 and what it means."""
    st.header(_("Is one really better? (McNemar's test)"), anchor=False)
    titles = {item.id: item.title for item in view.items if item.table is not None}
    if len(titles) < 2:
        st.caption(_("This needs the single predictions of two networks."))
        return
    first = view.reference if view.reference in titles else next(iter(titles))
    with widgets.card_grid(2, min_width=220):
        a = state.choice("a", list(titles), first, _("Network A"), text=titles.__getitem__)
        others = [name for name in titles if name != a]
        b = state.choice("b", others, others[0], _("Network B"), text=titles.__getitem__)
    with widgets.problems_in_boxes():
        _result(view, a, b)


def _result(view: View, a: str, b: str) -> None:
    table_a, table_b = view.measured(a).table, view.measured(b).table
    if table_a is None or table_b is None:
        return
    pair = compare(table_a, table_b)
    st.markdown(sentence(pair, view.title(a), view.title(b)))
    left, right = st.columns([3, 2], gap="large")
    with left:
        widgets.table(
            _two_by_two(pair, view.title(a), view.title(b)),
            "mcnemar",
            _("Images that both, one or neither of the networks gets right"),
            download=_numbers(pair, a, b),
        )
    with right:
        low, high = pair.interval()
        widgets.metric_card(
            _("Difference, A minus B"),
            f"{_points(pair.difference)} pp",
            delta=_("95%: {low} to {high}").format(low=_points(low), high=_points(high))
            + f" · {p_text(pair.p_value)}",
            help=_("pp: percentage points of accuracy."),
        )
    widgets.help_popover(
        _("How this test works"),
        _(
            "Both networks saw the same images, so images that both get right or both get wrong "
            "say nothing about which is better. If the two were equally good, the images that "
            "only one gets right would fall to either like a coin. p is the probability of a "
            "split at least as uneven as this one (exact binomial, two-sided).\n\n"
            "Trying many pairs finds a small p by chance sooner or later: of twenty equal pairs "
            "about one falls below 0.05."
        ),
    )


def _points(share: float) -> str:
    return signed(100 * share, 1)


def _two_by_two(pair: Paired, a: str, b: str) -> pd.DataFrame:
    right, wrong = _("{network} right"), _("{network} wrong")

    def cell(count: int) -> str:
        return f"{number(count)} ({percent(count / pair.n)})"

    return pd.DataFrame(
        {
            right.format(network=b): [cell(pair.both), f"**{cell(pair.only_b)}**"],
            wrong.format(network=b): [f"**{cell(pair.only_a)}**", cell(pair.neither)],
        },
        index=pd.Index([right.format(network=a), wrong.format(network=a)]),
    )


def _numbers(pair: Paired, a: str, b: str) -> pd.DataFrame:
    low, high = pair.interval()
    return pd.DataFrame(
        [
            {
                "a": a,
                "b": b,
                "both_right": pair.both,
                "only_a_right": pair.only_a,
                "only_b_right": pair.only_b,
                "neither_right": pair.neither,
                "difference": pair.difference,
                "low": low,
                "high": high,
                "p_value": pair.p_value,
            }
        ]
    )
