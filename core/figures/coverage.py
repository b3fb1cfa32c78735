"""Coverage against accuracy: what a network gains by answering only when it is sure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.evaluation.calibration import Coverage
from core.figures.chart import Chart, drawn_once
from core.figures.theme import INKS, Mode, blank, network_styles
from core.text import _, percent

POINTS = 160
"""Points drawn of a curve that has one an image."""

FIRST = 0.02
"""Coverage from which the curve is drawn; before it a single image moves it by a point."""


@dataclass(frozen=True)
class Selective:
    """A network's coverage curve."""

    id: str
    title: str
    coverage: Coverage


@drawn_once
def curves(
    networks: Sequence[Selective], threshold: float | None = None, mode: Mode = "dark"
) -> Chart:
    """One line a network; a mark where only answers of at least `threshold` count.

    Args:
        networks: curves over the same split.
        threshold: confidence in [0, 1].
        mode: dark or light.
    """
    figure = blank(mode, 380)
    styles = network_styles((item.id for item in networks), mode)
    for item in networks:
        style, curve = styles[item.id], item.coverage
        rows = _rows(curve)
        figure.add_scatter(
            x=100 * curve.coverage[rows],
            y=100 * curve.accuracy[rows],
            mode="lines",
            line={"color": style.color, "width": 2.4, "dash": style.dash},
            name=item.title,
            legendgroup=item.id,
            text=[
                _("answers above {threshold}: {coverage} of the images, {accuracy} right").format(
                    threshold=percent(curve.threshold[row]),
                    coverage=percent(curve.coverage[row]),
                    accuracy=percent(curve.accuracy[row]),
                )
                for row in rows
            ],
            hovertemplate="<b>%{fullData.name}</b><br>%{text}<extra></extra>",
        )
        if threshold is None:
            continue
        answered, right = curve.at(threshold)
        if answered:
            figure.add_scatter(
                x=[100 * answered],
                y=[100 * right],
                mode="markers",
                marker={
                    "symbol": style.symbol,
                    "size": 13,
                    "color": style.color,
                    "line": {"color": INKS[mode].text, "width": 1.5},
                },
                name=item.title,
                legendgroup=item.id,
                showlegend=False,
                hovertemplate=_("%{x:.1f}% answered, %{y:.1f}% right") + "<extra></extra>",
            )
    figure.update_xaxes(title_text=_("Images answered (%)"), range=[0, 101], fixedrange=True)
    figure.update_yaxes(title_text=_("Right among them (%)"), fixedrange=True)
    figure.update_layout(showlegend=True)
    sentence = "" if threshold is None else describe(networks, threshold)
    return Chart(figure, table(networks), sentence)


def _rows(curve: Coverage) -> np.ndarray:
    n = len(curve.coverage)
    first = min(int(np.searchsorted(curve.coverage, FIRST)), n - 1)
    return np.unique(np.linspace(first, n - 1, POINTS).round().astype(int))


def table(networks: Sequence[Selective]) -> pd.DataFrame:
    """The drawn points, one row a network and point."""
    frames = []
    for item in networks:
        rows = _rows(item.coverage)
        frames.append(
            pd.DataFrame(
                {
                    "network": item.id,
                    "threshold": item.coverage.threshold[rows],
                    "coverage": item.coverage.coverage[rows],
                    "accuracy": item.coverage.accuracy[rows],
                }
            )
        )
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def describe(networks: Sequence[Selective], threshold: float) -> str:
    """What answering only above the threshold gives, a sentence a network."""
    sentences = []
    for item in networks:
        answered, right = item.coverage.at(threshold)
        if not answered:
            text = _("{network} is never {threshold} sure.")
        else:
            text = _(
                "{network}, answering only when at least {threshold} sure, answers {answered} of "
                "the images and is right in {right} of its answers."
            )
        sentences.append(
            text.format(
                network=item.title,
                threshold=percent(threshold, 0),
                answered=percent(answered),
                right=percent(right) if answered else "",
            )
        )
    return " ".join(sentences)
