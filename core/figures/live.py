"""A face's probabilities over the last minutes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.figures.chart import Chart
from core.figures.labels import class_color, class_label
from core.figures.theme import Mode, blank
from core.text import _, percent

HEIGHT = 300
GAP = 1.5
"""Seconds without the face after which its line is interrupted."""

_DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot", "solid")


def timeline(
    seconds: Sequence[float],
    probabilities: Sequence[np.ndarray],
    classes: Sequence[str],
    mode: Mode = "dark",
) -> Chart:
    """A line for each class.

    Args:
        seconds: of each moment before the last frame, in [-inf, 0], rising.
        probabilities: float (C,) of each moment.
        classes: of the network.
        mode: dark or light.
    """
    times = np.asarray(seconds, dtype=np.float64)
    values = 100 * np.asarray(probabilities, dtype=np.float64).reshape(len(times), len(classes))
    # A missing value breaks the line where the face was away.
    breaks = np.flatnonzero(np.diff(times) > GAP) + 1
    times = np.insert(times, breaks, np.nan)
    values = np.insert(values, breaks, np.nan, axis=0)
    figure = blank(mode, HEIGHT)
    for place, name in enumerate(classes):
        figure.add_scatter(
            x=times.round(1),
            y=values[:, place].round(1),
            name=class_label(name),
            mode="lines",
            line={
                "color": class_color(name),
                "width": 2.2,
                "dash": _DASHES[place % len(_DASHES)],
            },
            hovertemplate="%{fullData.name}: %{y:.0f}%<extra></extra>",
        )
    figure.update_xaxes(title_text=_("Seconds before now"), range=[_start(times), 0])
    figure.update_yaxes(title_text=_("Probability (%)"), range=[0, 102])
    figure.update_xaxes(fixedrange=True)
    figure.update_yaxes(fixedrange=True)
    figure.update_layout(uirevision="timeline", hovermode="x unified")
    return Chart(figure, None, describe(probabilities, classes))


def describe(probabilities: Sequence[np.ndarray], classes: Sequence[str]) -> str:
    """The timeline in a sentence."""
    if not len(probabilities):
        return _("No face was seen in the last minutes.")
    best = np.asarray(probabilities).argmax(axis=1)
    counts = np.bincount(best, minlength=len(classes))
    chosen = int(counts.argmax())
    return _("Most often {expression}: {share} of the time.").format(
        expression=class_label(classes[chosen]), share=percent(counts[chosen] / counts.sum(), 0)
    )


def _start(times: np.ndarray) -> float:
    first = float(np.nanmin(times)) if len(times) else 0.0
    return min(-10.0, 10 * np.floor(first / 10))
