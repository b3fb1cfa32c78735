"""Pictures of ideas behind the networks: gates of two faces, normalisation, a teacher's answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from core.figures.chart import Chart, drawn_once
from core.figures.labels import class_name
from core.figures.theme import INKS, SEQUENTIAL, Mode, blank
from core.text import _, percent

CHANNELS = 16
"""Channels of a block that a picture of its gates shows."""


@drawn_once
def gates(answers: Mapping[str, np.ndarray], mode: Mode = "dark") -> Chart:
    """The channels whose gates differ most between faces, one row a face.

    Args:
        answers: gates in [0, 1] of one block by name of the face, all of one length.
        mode: dark or light.
    """
    values = np.stack(list(answers.values()))
    order = np.argsort(-np.ptp(values, axis=0), kind="stable")[:CHANNELS]
    chosen = np.sort(order)
    figure = blank(mode, 70 + 34 * len(answers))
    figure.add_heatmap(
        z=values[:, chosen],
        x=[str(place + 1) for place in chosen],
        y=list(answers),
        zmin=0,
        zmax=1,
        colorscale=SEQUENTIAL[mode],
        xgap=2,
        ygap=4,
        showscale=False,
        hovertemplate=_("map {map}").format(map="%{x}") + ": %{z:.2f}<extra>%{y}</extra>",
    )
    figure.update_xaxes(
        title_text=_("Map"), type="category", fixedrange=True, showgrid=False, tickangle=0,
        tickfont={"size": 10},
    )  # fmt: skip
    figure.update_yaxes(autorange="reversed", fixedrange=True, showgrid=False)
    figure.update_layout(margin={"t": 6, "b": 6})
    return Chart(figure, None, _("Gates of {faces}.").format(faces=", ".join(answers)))


@drawn_once
def spreads(before: np.ndarray, after: np.ndarray, mode: Mode = "dark") -> Chart:
    """Where the values of some maps lie before and behind batch normalisation.

    Args:
        before: float (n, channels, h, w).
        after: the same shape.
        mode: dark or light.
    """
    figure = blank(mode, 220)
    ink = INKS[mode]
    widest = np.argsort(-before.std(axis=(0, 2, 3)), kind="stable")[:8]
    for values, name, color in (
        (before, _("before"), ink.muted),
        (after, _("after"), ink.accent),
    ):
        chosen = np.moveaxis(values[:, widest], 1, 0).reshape(len(widest), -1)
        low, lower, middle, upper, high = np.percentile(chosen, [5, 25, 50, 75, 95], axis=1)
        figure.add_box(
            x=[str(place + 1) for place in widest],
            lowerfence=low, q1=lower, median=middle, q3=upper, upperfence=high,
            name=name, marker_color=color, line={"width": 1.5},
        )  # fmt: skip
    figure.update_xaxes(title_text=_("Map"), type="category", fixedrange=True)
    figure.update_yaxes(title_text=_("Value"), fixedrange=True)
    figure.update_layout(
        boxmode="group",
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        margin={"t": 30, "b": 6},
    )
    return Chart(figure, None, _("Values of eight maps before and after batch normalisation."))


@drawn_once
def targets(
    answers: Mapping[str, Sequence[float]], classes: Sequence[str], mode: Mode = "dark"
) -> Chart:
    """What a student learns from: shares of every class, one row a source.

    Args:
        answers: shares (C,) by name of who gave them.
        classes: names in that order.
        mode: dark or light.
    """
    values = 100 * np.array(list(answers.values()), dtype=np.float64)
    figure = blank(mode, 90 + 34 * len(answers))
    figure.add_heatmap(
        z=values,
        x=[class_name(name) for name in classes],
        y=list(answers),
        zmin=0,
        zmax=100,
        colorscale=SEQUENTIAL[mode],
        xgap=2,
        ygap=4,
        showscale=False,
        text=[[percent(value / 100, 0) for value in row] for row in values],
        texttemplate="%{text}",
        hoverinfo="skip",
    )
    figure.update_xaxes(side="top", tickangle=-40, fixedrange=True, showgrid=False)
    figure.update_yaxes(autorange="reversed", fixedrange=True, showgrid=False)
    figure.update_layout(margin={"t": 52, "b": 6, "r": 26})
    sources = ", ".join(answers)
    return Chart(figure, None, _("Shares of every class from {sources}.").format(sources=sources))
