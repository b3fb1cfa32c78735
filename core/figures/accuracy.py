"""Accuracy of networks as dots with intervals, beside what others report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go

from core.figures.chart import Chart, drawn_once
from core.figures.entries import Score
from core.figures.labels import folded
from core.figures.theme import INKS, Mode, blank, network_styles, with_alpha
from core.text import _, number, percent


@dataclass(frozen=True)
class Context:
    """A line to compare with: a published result, chance, people.

    Attributes:
        label: what it is, translated and short.
        value: share in [0, 1].
        spread: half width of a band around it, a share; 0 for a line.
        note: where it comes from and what must be known of it, for the hover.
    """

    label: str
    value: float
    spread: float = 0.0
    note: str = ""


@drawn_once
def dots(
    scores: Sequence[Score],
    context: Sequence[Context] = (),
    mode: Mode = "dark",
    axis: str | None = None,
) -> Chart:
    """One row a network, the best on top, with 95% intervals; context as labelled lines.

    Args:
        scores: the networks.
        context: lines and bands behind the dots; the axis reaches all of them.
        mode: dark or light.
        axis: title of the axis; accuracy in percent by default.
    """
    ordered = sorted(scores, key=lambda score: score.value)
    figure = blank(mode, 130 + 38 * len(ordered) + 17 * len(context))
    styles = network_styles((score.id for score in scores), mode)
    ink = INKS[mode]
    for place, item in enumerate(ordered):
        style = styles[item.id]
        figure.add_scatter(
            x=[100 * item.value],
            y=[place],
            mode="markers+text",
            marker={"symbol": style.symbol, "size": 12, "color": style.color},
            error_x={
                "type": "data",
                "symmetric": False,
                "array": [100 * (item.high - item.value)],
                "arrayminus": [100 * (item.value - item.low)],
                "color": style.color,
                "thickness": 2.5,
                "width": 5,
            },
            text=[percent(item.value)],
            textposition="top center",
            textfont={"size": 12, "color": ink.text},
            name=item.title,
            hovertemplate="<b>%{fullData.name}</b><br>"
            + _("{value} (95%: {low} to {high})").format(
                value=percent(item.value), low=percent(item.low), high=percent(item.high)
            )
            + "<extra></extra>",
            showlegend=False,
            cliponaxis=False,
        )
    for place, line in enumerate(sorted(context, key=lambda line: line.value)):
        _context(figure, line, place, len(ordered), mode)
    figure.update_xaxes(title_text=axis or _("Accuracy (%)"), fixedrange=True)
    figure.update_yaxes(
        tickvals=list(range(len(ordered))),
        ticktext=[folded(item.title, 18) for item in ordered],
        range=[-0.6, len(ordered) - 0.2 + 0.5 * len(context)],
        showgrid=False,
        zeroline=False,
        fixedrange=True,
    )
    figure.update_layout(xaxis_range=_range(ordered, context), margin={"t": 12})
    return Chart(figure, table(scores), describe(scores))


def _context(figure: go.Figure, line: Context, place: int, rows: int, mode: Mode) -> None:
    ink = INKS[mode]
    value, height = 100 * line.value, rows - 0.35 + 0.5 * place
    spread = f" \u00b1 {number(100 * line.spread, 1)}" if line.spread else ""
    value_text = f"{number(value, 1)}{spread}%"
    if line.spread:
        figure.add_shape(
            type="rect",
            x0=value - 100 * line.spread,
            x1=value + 100 * line.spread,
            y0=-0.6,
            y1=height,
            fillcolor=with_alpha(ink.muted, 0.16),
            line={"width": 0},
            layer="below",
        )
    figure.add_shape(
        type="line",
        x0=value,
        x1=value,
        y0=-0.6,
        y1=height,
        line={"color": ink.muted, "width": 1.2, "dash": "dot"},
        layer="below",
    )
    figure.add_scatter(
        x=[value],
        y=[height],
        mode="markers",
        marker={"symbol": "line-ns-open", "size": 8, "color": ink.muted},
        name=line.label,
        hovertemplate=f"<b>{line.label}</b>: {value_text}<br>{folded(line.note)}<extra></extra>",
        showlegend=False,
    )
    left = line.value > 0.5
    figure.add_annotation(
        x=value,
        y=height,
        text=f"{line.label} {value_text}",
        xanchor="right" if left else "left",
        xshift=-6 if left else 6,
        font={"size": 11, "color": ink.muted},
        showarrow=False,
    )


def _range(scores: Sequence[Score], context: Sequence[Context]) -> list[float]:
    lows = [item.low for item in scores] + [line.value - line.spread for line in context]
    highs = [item.high for item in scores] + [line.value + line.spread for line in context]
    low, high = 100 * min(lows, default=0), 100 * max(highs, default=1)
    room = max(0.06 * (high - low), 1)
    return [max(low - room, 0), min(high + room, 100)]


def table(scores: Sequence[Score]) -> pd.DataFrame:
    """The networks' numbers, one row each."""
    return pd.DataFrame(
        [
            {"network": item.id, "value": item.value, "low": item.low, "high": item.high}
            for item in scores
        ]
    )


def describe(scores: Sequence[Score]) -> str:
    """The dots in a sentence."""
    parts = [
        _("{network} {value} ({low} to {high})").format(
            network=item.title,
            value=percent(item.value),
            low=percent(item.low),
            high=percent(item.high),
        )
        for item in sorted(scores, key=lambda item: -item.value)
    ]
    return _("Accuracy with 95% intervals: {list}.").format(list="; ".join(parts))
