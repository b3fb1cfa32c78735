"""How sure a network is where it is right and where it is wrong."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from core.evaluation.confidence import Band, confidence, gap, right
from core.figures.chart import Chart, drawn_once
from core.figures.theme import INKS, Mode, blank, with_alpha
from core.text import _, number, percent

BINS = 20
"""Equal steps of confidence between 0 and 1."""


@drawn_once
def distribution(probabilities: np.ndarray, label: np.ndarray, mode: Mode = "dark") -> Chart:
    """Confidence of right and of wrong predictions, each as shares of its own, means marked.

    Args:
        probabilities: (n, C), rows sum to one.
        label: integers (n,).
        mode: dark or light.
    """
    ink = INKS[mode]
    figure = blank(mode, 340)
    found = gap(probabilities, label)
    frame = distribution_table(probabilities, label)
    sides = (
        (_("right ({count})"), "right", ink.good, found.n_right, found.right, "solid"),
        (_("wrong ({count})"), "wrong", ink.bad, found.n_wrong, found.wrong, "dash"),
    )
    edges = [*frame["from"], 1.0]
    for text, column, color, n, mean, dash in sides:
        share = frame[column] / max(n, 1)
        figure.add_scatter(
            x=[100 * edge for edge in edges],
            y=[*(100 * share), 100 * float(share.iloc[-1])],
            mode="lines",
            line={"shape": "hv", "color": color, "width": 2.4, "dash": dash},
            fill="tozeroy",
            fillcolor=with_alpha(color, 0.22),
            name=text.format(count=number(n)),
            text=[
                _("{low} to {high} sure: {count} images").format(
                    low=percent(low, 0), high=percent(high, 0), count=number(count)
                )
                for low, high, count in frame[["from", "to", column]].itertuples(index=False)
            ],
            hovertemplate="%{text}<extra></extra>",
        )
        if n:
            figure.add_vline(x=100 * mean, line={"color": color, "width": 1.6, "dash": dash})
    figure.update_xaxes(title_text=_("Confidence (%)"), range=[0, 100], fixedrange=True)
    figure.update_yaxes(
        title_text=_("Share of right, of wrong (%)"), rangemode="tozero", fixedrange=True
    )
    return Chart(figure, frame, describe_gap(probabilities, label))


def distribution_table(probabilities: np.ndarray, label: np.ndarray) -> pd.DataFrame:
    """Right and wrong predictions by step of confidence."""
    edges = np.linspace(0, 1, BINS + 1)
    sure, hit = confidence(probabilities), right(probabilities, label)
    counts = {name: np.histogram(sure[side], edges)[0] for name, side in _sides(hit)}
    return pd.DataFrame({"from": edges[:-1], "to": edges[1:], **counts})


def _sides(hit: np.ndarray) -> tuple[tuple[str, np.ndarray], tuple[str, np.ndarray]]:
    return ("right", hit), ("wrong", ~hit)


def describe_gap(probabilities: np.ndarray, label: np.ndarray) -> str:
    """The two means in a sentence."""
    found = gap(probabilities, label)
    if not found.n_wrong or not found.n_right:
        return _("All predictions are right, or all are wrong.")
    return _(
        "Mean confidence is {right} where the network is right and {wrong} where it is wrong."
    ).format(right=percent(found.right), wrong=percent(found.wrong))


def band_name(band: Band) -> str:
    """A band of confidence in words."""
    if band.low == 0:
        return _("below {high}").format(high=percent(band.high, 0))
    if band.high == 1:
        return _("{low} and above").format(low=percent(band.low, 0))
    return _("{low} to {high}").format(low=percent(band.low, 0), high=percent(band.high, 0))


@drawn_once
def by_band(bands: Sequence[Band], mode: Mode = "dark") -> Chart:
    """Right and wrong predictions of each band of confidence, the surest on top."""
    ink = INKS[mode]
    figure = blank(mode, 110 + 62 * len(bands))
    names = [band_name(band) for band in bands]
    counts = {
        _("right"): ([band.images - band.errors for band in bands], ink.good, ""),
        _("wrong"): ([band.errors for band in bands], ink.bad, "/"),
    }
    for name, (values, color, pattern) in counts.items():
        figure.add_bar(
            y=names,
            x=values,
            orientation="h",
            name=name,
            marker={
                "color": with_alpha(color, 0.85),
                "pattern": {"shape": pattern, "size": 6, "solidity": 0.25},
                "line": {"width": 0},
            },
            text=[
                _("{count} of {n} {name} ({share})").format(
                    count=number(value),
                    n=number(band.images),
                    name=name,
                    share=percent(value / band.images if band.images else 0),
                )
                for value, band in zip(values, bands, strict=True)
            ],
            textposition="none",
            hovertemplate="<b>%{y}</b><br>%{text}<extra></extra>",
        )
    for name, band in zip(names, bands, strict=True):
        if band.images:
            figure.add_annotation(
                x=band.images,
                y=name,
                text=_("{share} wrong").format(share=percent(band.error_rate, 0)),
                xanchor="left",
                xshift=4,
                font={"color": ink.text, "size": 12},
                showarrow=False,
            )
    most = max((band.images for band in bands), default=1)
    figure.update_xaxes(
        title_text=_("Images"), range=[0, 1.4 * max(most, 1)], nticks=5, fixedrange=True
    )
    figure.update_yaxes(title_text=_("Confidence"), showgrid=False, fixedrange=True)
    figure.update_layout(barmode="stack", bargap=0.35, legend_traceorder="normal")
    return Chart(figure, band_table(bands), describe_bands(bands))


def band_table(bands: Sequence[Band]) -> pd.DataFrame:
    """One row a band."""
    return pd.DataFrame(
        [
            {
                "from": band.low,
                "to": band.high,
                "images": band.images,
                "errors": band.errors,
                "error_rate": band.error_rate,
                "share_of_errors": band.of_errors,
            }
            for band in bands
        ]
    )


def describe_bands(bands: Sequence[Band]) -> str:
    """The bands in a sentence."""
    parts = [
        _("{band}: {errors} of {images} wrong").format(
            band=band_name(band), errors=number(band.errors), images=number(band.images)
        )
        for band in bands
    ]
    return _("Errors by confidence. {list}.").format(list="; ".join(parts))
