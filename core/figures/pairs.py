"""The most confused pairs of classes as bars, both directions beside each other."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from core.evaluation.pairs import ConfusedPair
from core.figures.chart import Chart, drawn_once
from core.figures.labels import class_label, class_name
from core.figures.theme import INKS, Mode, blank
from core.text import _, ngettext, number, percent


@drawn_once
def bars(
    pairs: Sequence[ConfusedPair],
    classes: Sequence[str],
    mode: Mode = "dark",
    shown: int | None = None,
) -> Chart:
    """One bar a pair, the most confused on top, divided by direction; all pairs in the table.

    Selection events carry `customdata` [true, predicted] of the direction clicked.

    Args:
        pairs: as `core.evaluation.pairs.confused_pairs` ranks them.
        classes: class names by position.
        mode: dark or light.
        shown: how many are drawn at most; all by default.
    """
    ink = INKS[mode]
    drawn = pairs[:shown]
    figure = blank(mode, 92 + 44 * max(len(drawn), 1))
    names = [_pair_label(pair, classes) for pair in drawn]
    directions = (
        (_("upper taken for lower"), True, ink.accent),
        (_("lower taken for upper"), False, ink.bad),
    )
    for title, forward, color in directions:
        cells = [_direction(pair, forward) for pair in drawn]
        figure.add_bar(
            x=[count for _cell, count, _share in cells],
            y=names,
            orientation="h",
            name=title,
            marker={"color": color, "line": {"width": 0}},
            text=[number(count) if count else "" for _cell, count, _share in cells],
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            textfont={"color": ink.paper, "size": 12},
            customdata=[[classes[true], classes[said]] for (true, said), _n, _share in cells],
            hovertext=[
                _("<b>true {true}, predicted {predicted}</b>").format(
                    true=class_name(classes[true]), predicted=class_name(classes[said])
                )
                + "<br>"
                + _("{count} images").format(count=number(count))
                + "<br>"
                + _("{share} of the true class").format(share=percent(share))
                for (true, said), count, share in cells
            ],
            hovertemplate="%{hovertext}<extra></extra>",
            selected={"marker": {"opacity": 1}},
            unselected={"marker": {"opacity": 1}},
        )
    figure.update_xaxes(title_text=_("Images (count)"), fixedrange=True)
    figure.update_yaxes(autorange="reversed", showgrid=False, fixedrange=True)
    figure.update_layout(
        barmode="stack",
        bargap=0.25,
        clickmode="event+select",
        showlegend=True,
        legend_traceorder="normal",
    )
    return Chart(figure, table(pairs, classes), describe(pairs, classes))


def _pair_label(pair: ConfusedPair, classes: Sequence[str]) -> str:
    return f"{class_label(classes[pair.first])}<br>{class_label(classes[pair.second])}"


def _direction(pair: ConfusedPair, forward: bool) -> tuple[tuple[int, int], int, float]:
    if forward:
        return (pair.first, pair.second), pair.forward, pair.forward_share
    return (pair.second, pair.first), pair.backward, pair.backward_share


def table(pairs: Sequence[ConfusedPair], classes: Sequence[str]) -> pd.DataFrame:
    """Both directions of every pair, one row a pair."""
    return pd.DataFrame(
        [
            {
                "first": classes[pair.first],
                "second": classes[pair.second],
                "first_called_second": pair.forward,
                "second_called_first": pair.backward,
                "both": pair.total,
                "share_of_first": pair.forward_share,
                "share_of_second": pair.backward_share,
            }
            for pair in pairs
        ],
        columns=[
            *("first", "second", "first_called_second", "second_called_first", "both"),
            *("share_of_first", "share_of_second"),
        ],
    )


def describe(pairs: Sequence[ConfusedPair], classes: Sequence[str]) -> str:
    """The most confused pair in a sentence."""
    if not pairs:
        return _("No class is taken for another.")
    worst = pairs[0]
    return ngettext(
        "Most confused: {first} and {second}, {count} mistake in both directions together.",
        "Most confused: {first} and {second}, {count} mistakes in both directions together.",
        worst.total,
    ).format(
        first=class_name(classes[worst.first]),
        second=class_name(classes[worst.second]),
        count=number(worst.total),
    )
