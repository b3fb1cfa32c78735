"""Conformal sets: how many answers networks must give to hold the right one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.evaluation.conformal import SetCheck
from core.figures.chart import Chart, drawn_once
from core.figures.labels import folded
from core.figures.theme import SEQUENTIAL, Mode, blank, color_at, readable_on
from core.text import _, number, percent


@dataclass(frozen=True)
class Sets:
    """A network's sets on labelled images."""

    id: str
    title: str
    found: SetCheck


@drawn_once
def sizes(networks: Sequence[Sets], mode: Mode = "dark") -> Chart:
    """One bar a network: the shares of images that need one, two, three ... answers."""
    ordered = sorted(networks, key=lambda item: -item.found.mean_size)
    figure = blank(mode, 120 + 40 * len(ordered))
    most = max(len(item.found.sizes) for item in ordered)
    for size in range(1, most + 1):
        shares = [
            100 * item.found.sizes[size - 1] / max(item.found.n, 1)
            if size <= len(item.found.sizes)
            else 0.0
            for item in ordered
        ]
        color = color_at(SEQUENTIAL[mode], 0.25 + 0.7 * (most - size) / max(most - 1, 1))
        figure.add_bar(
            y=[folded(item.title, 22) for item in ordered],
            x=shares,
            orientation="h",
            marker={"color": color, "line": {"width": 0}},
            text=[percent(share / 100, 0) if share >= 6 else "" for share in shares],
            textposition="inside",
            insidetextanchor="middle",
            textfont={"color": readable_on(color), "size": 12},
            name=number(size),
            hovertemplate="%{y}<br>"
            + _("{size} answers: %{{x:.1f}}% of the images").format(size=number(size))
            + "<extra></extra>",
        )
    figure.update_xaxes(title_text=_("Images (%)"), range=[0, 100], fixedrange=True)
    figure.update_yaxes(fixedrange=True)
    figure.update_layout(
        barmode="stack",
        showlegend=True,
        legend={"title": {"text": _("Answers in the set:")}, "traceorder": "normal"},
    )
    return Chart(figure, _table(networks), _describe(networks))


def _table(networks: Sequence[Sets]) -> pd.DataFrame:
    """One row a network."""
    rows = []
    for item in networks:
        low, high = item.found.interval
        counts = {
            f"sets_of_{size}": int(count) for size, count in enumerate(item.found.sizes, start=1)
        }
        rows.append(
            {
                "network": item.id,
                "images": item.found.n,
                "coverage": item.found.coverage,
                "coverage_low": low,
                "coverage_high": high,
                "mean_size": item.found.mean_size,
                **counts,
            }
        )
    return pd.DataFrame(rows)


def _describe(networks: Sequence[Sets]) -> str:
    """The bars in a sentence."""
    return _("Mean number of answers in a set: {networks}.").format(
        networks="; ".join(
            f"{item.title} {number(item.found.mean_size, 2)}"
            for item in sorted(networks, key=lambda item: item.found.mean_size)
        )
    )


def class_table(found: SetCheck, classes: Sequence[str]) -> pd.DataFrame:
    """One row a true class: images, coverage, mean size."""
    with np.errstate(invalid="ignore", divide="ignore"):
        coverage = found.class_covered / found.class_n
    return pd.DataFrame(
        {
            "class": list(classes),
            "images": found.class_n,
            "coverage": coverage,
            "mean_size": found.class_size,
        }
    )
