"""Reliability diagram: is a network right as often as it says it is?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from core.evaluation.calibration import Reliability
from core.figures.chart import Chart, drawn_once
from core.figures.theme import INKS, Mode, blank, with_alpha
from core.text import _, number, percent


@drawn_once
def diagram(found: Reliability, before: Reliability | None = None, mode: Mode = "dark") -> Chart:
    """Share of right predictions by confidence, beside the diagonal of perfect calibration.

    Args:
        found: the groups to show as bars; below them the share of images in each.
        before: another state of the same predictions, drawn as a line.
        mode: dark or light.
    """
    ink = INKS[mode]
    figure = blank(mode, 460)
    centre = 50 * (found.edges[:-1] + found.edges[1:])
    width = 100 * np.diff(found.edges)
    there = found.count > 0
    total = max(int(found.count.sum()), 1)
    hover = [
        _("{low} to {high} sure: {count} images<br>said {confidence}, right {accuracy}").format(
            low=percent(found.edges[place], 0),
            high=percent(found.edges[place + 1], 0),
            count=number(found.count[place]),
            confidence=percent(found.confidence[place]),
            accuracy=percent(found.accuracy[place]),
        )
        for place in np.flatnonzero(there)
    ]
    figure.add_bar(
        x=centre[there],
        y=100 * found.accuracy[there],
        width=width[there] * 0.94,
        name=_("right"),
        marker={"color": with_alpha(ink.accent, 0.55), "line": {"color": ink.accent, "width": 1}},
        text=hover,
        textposition="none",
        hovertemplate="%{text}<extra></extra>",
    )
    figure.add_scatter(
        x=[0, 100],
        y=[0, 100],
        mode="lines",
        line={"color": ink.muted, "width": 1.6, "dash": "dot"},
        name=_("as sure as right"),
        hoverinfo="skip",
    )
    figure.add_scatter(
        x=100 * found.confidence[there],
        y=100 * found.accuracy[there],
        mode="markers",
        marker={"symbol": "circle", "size": 8, "color": ink.text},
        name=_("mean of the group"),
        hoverinfo="skip",
    )
    if before is not None:
        kept = before.count > 0
        figure.add_scatter(
            x=100 * before.confidence[kept],
            y=100 * before.accuracy[kept],
            mode="lines+markers",
            line={"color": ink.bad, "width": 1.8, "dash": "dash"},
            marker={"symbol": "diamond-open", "size": 8, "color": ink.bad},
            name=_("as the network states it"),
            hoverinfo="skip",
        )
    figure.add_bar(
        x=centre,
        y=100 * found.count / total,
        width=width * 0.94,
        yaxis="y2",
        marker={"color": with_alpha(ink.muted, 0.6), "line": {"width": 0}},
        showlegend=False,
        hovertemplate=_("%{y:.1f}% of the images") + "<extra></extra>",
    )
    figure.update_layout(
        yaxis={"domain": [0.3, 1.0]},
        yaxis2={"domain": [0, 0.2], "anchor": "x", "nticks": 3},
        xaxis={"anchor": "y2"},
    )
    figure.update_xaxes(title_text=_("Confidence (%)"), range=[0, 100], fixedrange=True)
    figure.update_layout(
        yaxis_title_text=_("Right (%)"),
        yaxis_range=[0, 102],
        yaxis2_title_text=_("Images (%)"),
    )
    figure.update_yaxes(fixedrange=True)
    return Chart(figure, table(found), describe(found))


def table(found: Reliability) -> pd.DataFrame:
    """One row a group of confidence; NaN where it is empty."""
    return pd.DataFrame(
        {
            "from": found.edges[:-1],
            "to": found.edges[1:],
            "images": found.count,
            "confidence": found.confidence,
            "accuracy": found.accuracy,
        }
    )


def describe(found: Reliability) -> str:
    """The diagram in a sentence."""
    n = int(found.count.sum())
    if not n:
        return _("No predictions.")
    there = found.count > 0
    stated = float((found.count * found.confidence)[there].sum() / n)
    right = float((found.count * found.accuracy)[there].sum() / n)
    return _(
        "Reliability diagram of {n} predictions: {stated} sure on average, {right} of them right; "
        "calibration error {ece}."
    ).format(n=number(n), stated=percent(stated), right=percent(right), ece=percent(found.ece))
