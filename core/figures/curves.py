"""ROC and precision-recall curves of every class."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from core.evaluation.curves import Curve
from core.figures.chart import Chart, drawn_once
from core.figures.labels import class_color, class_label, class_name
from core.figures.theme import INKS, Mode, blank
from core.labels import CLASSES
from core.text import _, number, percent

_DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot", "5px,2px")


def roc_area() -> str:
    """Name of the area under a ROC curve."""
    return _("Area under the curve")


def precision_recall_area() -> str:
    """Name of the area under a precision-recall curve."""
    return _("Average precision")


@drawn_once
def roc(curves: Mapping[str, Curve], mode: Mode = "dark") -> Chart:
    """Each class against the rest; the area under each curve stands in the legend.

    Args:
        curves: class name to curve; an undefined one is left out.
        mode: dark or light.
    """
    figure = blank(mode, 460)
    figure.add_scatter(
        x=[0, 100],
        y=[0, 100],
        mode="lines",
        line={"color": INKS[mode].muted, "width": 1.4, "dash": "dot"},
        name=_("chance"),
        showlegend=False,
        hoverinfo="skip",
    )
    _lines(figure, curves, _("{x} false alarms, {y} found (above {threshold})"))
    figure.update_xaxes(title_text=_("False alarms (% of the others)"))
    figure.update_yaxes(title_text=_("Found (% of the class)"))
    return Chart(
        _finish(figure),
        table(curves, "false_positive_rate", "true_positive_rate"),
        describe(curves, roc_area()),
    )


@drawn_once
def precision_recall(curves: Mapping[str, Curve], mode: Mode = "dark") -> Chart:
    """Each class against the rest; average precision stands in the legend. See `roc`."""
    figure = blank(mode, 460)
    _lines(figure, curves, _("recall {x}, precision {y} (above {threshold})"))
    figure.update_xaxes(title_text=_("Recall (%)"))
    figure.update_yaxes(title_text=_("Precision (%)"))
    return Chart(
        _finish(figure),
        table(curves, "recall", "precision"),
        describe(curves, precision_recall_area()),
    )


def _lines(figure: go.Figure, curves: Mapping[str, Curve], hover: str) -> None:
    for name, curve in curves.items():
        if not len(curve.x):
            continue
        drawn = curve.thinned()
        place = CLASSES.index(name) if name in CLASSES else 0
        figure.add_scatter(
            x=100 * drawn.x,
            y=100 * drawn.y,
            mode="lines",
            line={"color": class_color(name), "width": 2.2, "dash": _DASHES[place]},
            name=f"{class_label(name)} {number(curve.area, 3)}",
            text=[
                hover.format(x=percent(x), y=percent(y), threshold=percent(min(threshold, 1)))
                for x, y, threshold in zip(drawn.x, drawn.y, drawn.threshold, strict=True)
            ],
            hovertemplate="<b>%{fullData.name}</b><br>%{text}<extra></extra>",
        )


def _finish(figure: go.Figure) -> go.Figure:
    figure.update_xaxes(range=[-1, 101], fixedrange=True)
    figure.update_yaxes(range=[-1, 102], fixedrange=True)
    return figure.update_layout(showlegend=True)


def table(curves: Mapping[str, Curve], x: str, y: str) -> pd.DataFrame:
    """The drawn points, one row a class and point; `x` and `y` name the axes."""
    frames = [
        pd.DataFrame({"class": name, "threshold": d.threshold, x: d.x, y: d.y, "area": curve.area})
        for name, curve in curves.items()
        if len((d := curve.thinned()).x)
    ]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def describe(curves: Mapping[str, Curve], area: str) -> str:
    """Best and worst class in a sentence.

    Args:
        curves: class name to curve.
        area: what the area is called, translated.
    """
    known = {name: curve.area for name, curve in curves.items() if np.isfinite(curve.area)}
    if not known:
        return _("No class has images of both kinds.")
    best, worst = max(known, key=known.__getitem__), min(known, key=known.__getitem__)
    return _("{area} is highest for {best} ({high}) and lowest for {worst} ({low}).").format(
        area=area,
        best=class_name(best),
        high=number(known[best], 3),
        worst=class_name(worst),
        low=number(known[worst], 3),
    )
