"""Networks under corruption: who keeps how much, and whether confidence follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.figures.chart import Chart, drawn_once
from core.figures.entries import Score
from core.figures.labels import folded
from core.figures.theme import (
    INKS,
    SEQUENTIAL,
    Mode,
    blank,
    network_styles,
    with_alpha,
)
from core.text import _, number, percent


@dataclass(frozen=True)
class Held:
    """A network's accuracy on clean images and its mean under corruption."""

    clean: Score
    changed: Score


@drawn_once
def tradeoff(networks: Sequence[Held], mode: Mode = "dark") -> Chart:
    """One mark a network: clean accuracy across, mean accuracy under change upwards."""
    figure = blank(mode, 420)
    styles = network_styles((item.clean.id for item in networks), mode)
    for item in networks:
        style = styles[item.clean.id]
        figure.add_scatter(
            x=[100 * item.clean.value],
            y=[100 * item.changed.value],
            mode="markers",
            marker={"symbol": style.symbol, "size": 13, "color": style.color},
            error_x=_whiskers([item.clean], style.color),
            error_y=_whiskers([item.changed], style.color),
            name=item.clean.title,
            hovertemplate="<b>%{fullData.name}</b><br>"
            + _("as they are {clean}<br>changed {changed} (95%: {low} to {high})").format(
                clean=percent(item.clean.value),
                changed=percent(item.changed.value),
                low=percent(item.changed.low),
                high=percent(item.changed.high),
            )
            + "<extra></extra>",
        )
    figure.update_xaxes(title_text=_("Accuracy on images as they are (%)"), fixedrange=True)
    figure.update_yaxes(title_text=_("Mean accuracy under change (%)"), fixedrange=True)
    figure.update_layout(showlegend=True)
    return Chart(figure, _tradeoff_table(networks), _describe_tradeoff(networks))


def _whiskers(scores: Sequence[Score], color: str) -> dict[str, object]:
    return {
        "type": "data",
        "symmetric": False,
        "array": [100 * (score.high - score.value) for score in scores],
        "arrayminus": [100 * (score.value - score.low) for score in scores],
        "color": with_alpha(color, 0.6),
        "thickness": 1.5,
        "width": 4,
    }


def _tradeoff_table(networks: Sequence[Held]) -> pd.DataFrame:
    """One row a network."""
    return pd.DataFrame(
        [
            {
                "network": item.clean.id,
                "clean": item.clean.value,
                "clean_low": item.clean.low,
                "clean_high": item.clean.high,
                "changed": item.changed.value,
                "changed_low": item.changed.low,
                "changed_high": item.changed.high,
            }
            for item in networks
        ]
    )


def _describe_tradeoff(networks: Sequence[Held]) -> str:
    """The marks in a sentence."""
    ordered = sorted(networks, key=lambda item: -item.changed.value)
    return _("Accuracy as they are and mean accuracy under change: {networks}.").format(
        networks="; ".join(
            f"{item.clean.title} {percent(item.clean.value)}, {percent(item.changed.value)}"
            for item in ordered
        )
    )


@dataclass(frozen=True)
class Course:
    """A network along the strengths of one kind, the clean images first.

    Attributes:
        id: of the network.
        title: of the network.
        strengths: of the kind, as shown on the axis; the first leaves images as they are.
        accuracy: at each strength, with its interval.
        confidence: at each strength.
    """

    id: str
    title: str
    strengths: Sequence[float]
    accuracy: Sequence[Score]
    confidence: Sequence[float]


@drawn_once
def courses(networks: Sequence[Course], kind: str, axis: str, mode: Mode = "dark") -> Chart:
    """Accuracy as solid, mean confidence as dotted lines; the gap is filled for one network.

    Strengths stand at even distances, from the mildest to the worst, whatever their unit.

    Args:
        networks: at least one.
        kind: name of the corruption, as read.
        axis: what its strength is measured in.
        mode: dark or light.
    """
    figure = blank(mode, 400)
    styles = network_styles((item.id for item in networks), mode)
    for item in networks:
        style = styles[item.id]
        places = list(range(len(item.strengths)))
        confidence = [100 * value for value in item.confidence]
        figure.add_scatter(
            x=places,
            y=[100 * score.value for score in item.accuracy],
            mode="lines+markers",
            line={"color": style.color, "width": 2.4},
            marker={"symbol": style.symbol, "size": 9, "color": style.color},
            error_y=_whiskers(item.accuracy, style.color),
            name=_("{network}: right").format(network=item.title),
            hovertemplate="<b>%{fullData.name}</b> %{y:.1f}%<extra></extra>",
        )
        figure.add_scatter(
            x=places,
            y=confidence,
            mode="lines+markers",
            line={"color": style.color, "width": 1.8, "dash": "dot"},
            marker={"symbol": f"{style.symbol}-open", "size": 8, "color": style.color},
            fill="tonexty" if len(networks) == 1 else None,
            fillcolor=with_alpha(INKS[mode].bad, 0.2),
            name=_("{network}: sure").format(network=item.title),
            hovertemplate="<b>%{fullData.name}</b> %{y:.1f}%<extra></extra>",
        )
    first = networks[0].strengths
    figure.update_xaxes(
        title_text=axis,
        tickvals=list(range(len(first))),
        ticktext=[_("as is"), *(_short(value) for value in first[1:])],
        fixedrange=True,
        range=[-0.2, len(first) - 0.8],
    )
    figure.update_yaxes(title_text=_("Images (%)"), range=[0, 101], fixedrange=True)
    figure.update_layout(showlegend=True, hovermode="x unified")
    return Chart(figure, _courses_table(networks), _describe_courses(networks, kind))


def _short(value: float) -> str:
    return number(value, 0 if float(value).is_integer() else 1)


def _courses_table(networks: Sequence[Course]) -> pd.DataFrame:
    """One row a network and strength; `level` 0 is the images as they are."""
    return pd.DataFrame(
        [
            {
                "network": item.id,
                "level": level,
                "strength": strength,
                "accuracy": score.value,
                "accuracy_low": score.low,
                "accuracy_high": score.high,
                "confidence": confidence,
            }
            for item in networks
            for level, (strength, score, confidence) in enumerate(
                zip(item.strengths, item.accuracy, item.confidence, strict=True)
            )
        ]
    )


def _describe_courses(networks: Sequence[Course], kind: str) -> str:
    """The lines in a sentence."""
    return " ".join(
        _(
            "{kind}, {network}: right on {first} as they are and {last} at the strongest, sure "
            "{sure_first} and {sure_last}."
        ).format(
            kind=kind,
            network=item.title,
            first=percent(item.accuracy[0].value),
            last=percent(item.accuracy[-1].value),
            sure_first=percent(item.confidence[0]),
            sure_last=percent(item.confidence[-1]),
        )
        for item in networks
    )


@drawn_once
def losses(
    kinds: Sequence[str], values: np.ndarray, full: float, sentence: str, mode: Mode = "dark"
) -> Chart:
    """Percentage points lost, a row a kind and a column a strength.

    Args:
        kinds: names of the rows, as read.
        values: what is left (kinds, strengths), shares.
        full: share from which points are lost.
        sentence: what the figure shows.
        mode: dark or light.
    """
    lost = 100 * (full - np.asarray(values))
    figure = blank(mode, 70 + 26 * len(kinds))
    top = max(float(lost.max()), 1.0)
    levels = list(range(1, lost.shape[1] + 1))
    figure.add_heatmap(
        z=np.maximum(lost, 0),
        x=levels,
        y=[folded(kind, 24) for kind in kinds],
        colorscale=[list(stop) for stop in SEQUENTIAL[mode]],
        zmin=0,
        zmax=top,
        showscale=False,
        xgap=2,
        ygap=2,
        customdata=100 * np.asarray(values),
        hovertemplate=_("%{y}, strength %{x}: %{customdata:.1f}%") + "<extra></extra>",
        text=[[number(value, 0) for value in row] for row in lost],
        texttemplate="%{text}",
        textfont={"size": 12},
    )
    figure.update_xaxes(title_text=_("Strength"), dtick=1, side="top", fixedrange=True)
    figure.update_yaxes(autorange="reversed", fixedrange=True, showgrid=False)
    figure.update_xaxes(showgrid=False)
    table = pd.DataFrame(np.asarray(values), columns=[str(level) for level in levels])
    table.insert(0, "full", full)
    table.insert(0, "kind", list(kinds))
    return Chart(figure, table, sentence)
