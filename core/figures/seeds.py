"""Accuracy of one recipe's runs from several seeds, as dots around their mean."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from core.evaluation.seeds import Spread
from core.figures.chart import Chart, drawn_once
from core.figures.labels import folded
from core.figures.theme import INKS, Mode, blank, network_styles
from core.text import _, number, percent


@drawn_once
def dots(found: Sequence[Spread], mode: Mode = "dark") -> Chart:
    """One row a recipe and size: a dot a run, the mean with one standard deviation either way.

    Args:
        found: at least one.
        mode: dark or light.
    """
    ordered = sorted(found, key=lambda spread: spread.mean)
    figure = blank(mode, 120 + 56 * len(ordered))
    styles = network_styles(sorted({spread.id for spread in ordered}), mode)
    ink = INKS[mode]
    for place, spread in enumerate(ordered):
        style = styles[spread.id]
        figure.add_scatter(
            x=[100 * run.accuracy for run in spread.runs],
            y=[place] * len(spread.runs),
            mode="markers",
            marker={"symbol": style.symbol, "size": 11, "color": style.color},
            name=spread.label,
            text=[
                _("Seed {seed}: {value}").format(seed=run.seed, value=percent(run.accuracy, 2))
                for run in spread.runs
            ],
            hovertemplate="<b>%{fullData.name}</b><br>%{text}<extra></extra>",
            showlegend=False,
        )
        figure.add_scatter(
            x=[100 * spread.mean],
            y=[place],
            mode="markers+text",
            marker={"symbol": "line-ns-open", "size": 20, "color": ink.text, "line": {"width": 2}},
            error_x={
                "type": "data",
                "array": [100 * spread.deviation],
                "color": ink.muted,
                "thickness": 1.5,
                "width": 5,
            },
            text=[_mean(spread)],
            textposition="top center",
            textfont={"size": 12, "color": ink.text},
            name=spread.label,
            hovertemplate=f"<b>%{{fullData.name}}</b><br>{_mean(spread)}<extra></extra>",
            showlegend=False,
            cliponaxis=False,
        )
    figure.update_xaxes(title_text=_("Accuracy (%)"), fixedrange=True)
    figure.update_yaxes(
        tickvals=list(range(len(ordered))),
        ticktext=[folded(spread.label, 18) for spread in ordered],
        range=[-0.6, len(ordered) - 0.3],
        showgrid=False,
        zeroline=False,
        fixedrange=True,
    )
    figure.update_layout(xaxis_range=_range(ordered), margin={"t": 12})
    return Chart(figure, table(found), describe(found))


def _mean(spread: Spread) -> str:
    return _("{mean} \u00b1 {deviation}%").format(
        mean=number(100 * spread.mean, 1), deviation=number(100 * spread.deviation, 2)
    )


def _range(found: Sequence[Spread]) -> list[float]:
    ends = [100 * value for spread in found for value in spread.accuracies]
    for spread in found:
        ends += [100 * (spread.mean + sign * spread.deviation) for sign in (-1, 1)]
    room = max(0.15 * (max(ends) - min(ends)), 0.5)
    return [max(min(ends) - room, 0), min(max(ends) + room, 100)]


def table(found: Sequence[Spread]) -> pd.DataFrame:
    """Every run's numbers, one row each."""
    return pd.DataFrame(
        [
            {
                "network": spread.id,
                "size": spread.size,
                "split": spread.split,
                "seed": run.seed,
                "accuracy": run.accuracy,
                "macro_f1": run.macro_f1,
            }
            for spread in found
            for run in spread.runs
        ]
    )


def describe(found: Sequence[Spread]) -> str:
    """The spreads in a sentence each."""
    return " ".join(
        _(
            "{network}: {count} runs, mean accuracy {mean}, standard deviation {points} points."
        ).format(
            network=spread.label,
            count=len(spread.runs),
            mean=percent(spread.mean),
            points=number(100 * spread.deviation, 2),
        )
        for spread in found
    )
