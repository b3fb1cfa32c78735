"""Accuracy against what it costs: parameters, file size or time, with the Pareto front."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from core.evaluation.pareto import front
from core.figures.chart import Chart, drawn_once
from core.figures.entries import Score
from core.figures.theme import INKS, Mode, blank, network_styles, with_alpha
from core.text import _, number, percent

Cost = Literal["parameters", "megabytes", "single_ms", "batch_ms"]

LARGEST = 28
"""Diameter in pixels of the largest bubble."""

PLOT = 300
"""Least height in pixels of what the axes enclose."""

LINE = 16
"""Pixels from one name to the next below."""

LIFT = 9
"""Pixels from a bubble's middle up to that of its name, which else the line would cross."""

NAME = 0.35
"""Part of the horizontal axis that a name may take, on a phone."""


@dataclass(frozen=True)
class Priced:
    """A network's accuracy and what it costs.

    Attributes:
        score: accuracy with its interval.
        parameters: number of weights.
        megabytes: size of the model file.
        single_ms: milliseconds for one face, where measured.
        batch_ms: milliseconds a face in a batch, where measured.
    """

    score: Score
    parameters: int
    megabytes: float
    single_ms: float | None = None
    batch_ms: float | None = None

    def cost(self, by: Cost) -> float | None:
        """The cost on one scale."""
        found: dict[Cost, float | None] = {
            "parameters": self.parameters,
            "megabytes": self.megabytes,
            "single_ms": self.single_ms,
            "batch_ms": self.batch_ms,
        }
        return found[by]


def cost_name(by: Cost) -> str:
    """Name of a cost, for a control."""
    return {
        "parameters": _("Parameters"),
        "megabytes": _("File size"),
        "single_ms": _("Time, one face"),
        "batch_ms": _("Time, batch"),
    }[by]


def _axis(by: Cost) -> str:
    return {
        "parameters": _("Parameters (millions, logarithmic)"),
        "megabytes": _("Model file (MB, logarithmic)"),
        "single_ms": _("Time for one face (ms, logarithmic)"),
        "batch_ms": _("Time for each face of a batch (ms, logarithmic)"),
    }[by]


def _shown(by: Cost, cost: float) -> float:
    return cost / 1e6 if by == "parameters" else cost


@drawn_once
def bubbles(networks: Sequence[Priced], by: Cost = "parameters", mode: Mode = "dark") -> Chart:
    """One bubble a network whose cost is known; a line joins those that none beats in both.

    Args:
        networks: at least one.
        by: what the horizontal axis measures. A bubble's area is the file size, or the
            number of parameters where the axis is the file size.
        mode: dark or light.
    """
    figure = blank(mode, 430)
    known = [(item, cost) for item in networks if (cost := item.cost(by)) is not None]
    styles = network_styles((item.score.id for item, _cost in known), mode)
    if len(known) > 1:
        _front(figure, known, by, mode)
    sizes = _diameters(known, by)
    for item, cost in known:
        score, style = item.score, styles[item.score.id]
        figure.add_scatter(
            x=[_shown(by, cost)],
            y=[100 * score.value],
            mode="markers",
            marker={
                "symbol": style.symbol,
                "size": sizes[item.score.id],
                "color": with_alpha(style.color, 0.55),
                "line": {"color": style.color, "width": 2},
            },
            error_y={
                "type": "data",
                "symmetric": False,
                "array": [100 * (score.high - score.value)],
                "arrayminus": [100 * (score.value - score.low)],
                "color": style.color,
                "thickness": 1.5,
                "width": 4,
            },
            name=score.title,
            hovertemplate=_hover(item) + "<extra></extra>",
            showlegend=False,
            cliponaxis=False,
        )
    _label(figure, known, by, sizes, mode)
    ticks = _ticks(_range(known, by))
    figure.update_xaxes(title_text=_axis(by), type="log", fixedrange=True, **ticks)
    figure.update_yaxes(title_text=_("Accuracy (%)"), fixedrange=True, range=_heights(known))
    figure.update_layout(showlegend=True)
    return Chart(figure, table(networks), describe(networks, by))


def _front(figure: go.Figure, known: Sequence[tuple[Priced, float]], by: Cost, mode: Mode) -> None:
    gain = np.array([item.score.value for item, _cost in known])
    best = front(np.array([cost for _item, cost in known]), gain)
    points = sorted(
        (_shown(by, cost), 100 * item.score.value)
        for (item, cost), kept in zip(known, best, strict=True)
        if kept
    )
    if len(points) < 2:
        return
    figure.add_scatter(
        x=[x for x, _y in points],
        y=[y for _x, y in points],
        mode="lines",
        line={"color": INKS[mode].muted, "width": 2, "dash": "dash", "shape": "hv"},
        name=_("Pareto front"),
        hoverinfo="skip",
    )


def _diameters(known: Sequence[tuple[Priced, float]], by: Cost) -> dict[str, float]:
    """Of every network's bubble, in pixels."""
    areas = {
        item.score.id: item.parameters if by == "megabytes" else item.megabytes
        for item, _cost in known
    }
    most = max([*areas.values(), 1e-9])
    return {name: max(12.0, LARGEST * float(np.sqrt(area / most))) for name, area in areas.items()}


def _label(
    figure: go.Figure,
    known: Sequence[tuple[Priced, float]],
    by: Cost,
    sizes: dict[str, float],
    mode: Mode,
) -> None:
    """Names to the right of the bubbles, one below the other where bubbles lie together."""
    left, right = _range(known, by)
    bottom, top = _heights(known)
    scale = PLOT / (top - bottom)
    placed: list[tuple[float, float]] = []
    for item, cost in sorted(known, key=lambda pair: -pair[0].score.value):
        across = float(np.log10(max(_shown(by, cost), 1e-6)))
        height = wanted = 100 * item.score.value * scale
        for x, y in placed:
            if abs(across - x) < NAME * (right - left):
                height = min(height, y - LINE)
        placed.append((across, height))
        figure.add_annotation(
            x=across,
            y=100 * item.score.value,
            text=item.score.title,
            font={"size": 12, "color": INKS[mode].text},
            showarrow=False,
            xanchor="left",
            xshift=3 + round(sizes[item.score.id] / 2),
            yshift=LIFT + round(height - wanted),
        )


def _heights(known: Sequence[tuple[Priced, float]]) -> tuple[float, float]:
    """Ends of the axis of accuracy, in percent, with room for bubbles at its ends."""
    if not known:
        return 0.0, 100.0
    low = min(item.score.low for item, _cost in known)
    high = max(item.score.high for item, _cost in known)
    room = max(0.15 * (high - low), 0.01)
    return 100 * (low - room), 100 * (high + room)


def _range(known: Sequence[tuple[Priced, float]], by: Cost) -> tuple[float, float]:
    """Ends of the axis as powers of ten, with room for the names on the right."""
    if not known:
        return 0.0, 1.0
    logs = np.log10([max(_shown(by, cost), 1e-6) for _item, cost in known])
    room = max(0.2 * float(np.ptp(logs)), 0.3)
    return float(logs.min()) - 0.6 * room, float(logs.max()) + 3.4 * room


def _ticks(ends: tuple[float, float]) -> dict[str, object]:
    """The axis from end to end, marked at 1, 2 and 5 times the powers of ten."""
    low, high = ends
    powers = range(int(np.floor(low)), int(np.ceil(high)) + 1)
    marks = [step * 10.0**power for power in powers for step in (1, 2, 5)]
    shown = [mark for mark in marks if low <= np.log10(mark) <= high]
    texts = [number(mark, max(0, -int(np.floor(np.log10(mark))))) for mark in shown]
    return {"range": [low, high], "tickvals": shown, "ticktext": texts}


def _hover(item: Priced) -> str:
    score = item.score
    lines = [
        f"<b>{score.title}</b>",
        _("{value} (95%: {low} to {high})").format(
            value=percent(score.value), low=percent(score.low), high=percent(score.high)
        ),
        _("{count} parameters").format(count=number(item.parameters)),
        f"{number(item.megabytes, 1)} MB",
    ]
    if item.single_ms is not None:
        lines.append(_("{ms} ms for one face").format(ms=number(item.single_ms, 1)))
    if item.batch_ms is not None:
        lines.append(_("{ms} ms for each face of a batch").format(ms=number(item.batch_ms, 1)))
    return "<br>".join(lines)


def table(networks: Sequence[Priced]) -> pd.DataFrame:
    """The numbers, one row a network."""
    return pd.DataFrame(
        [
            {
                "network": item.score.id,
                "accuracy": item.score.value,
                "parameters": item.parameters,
                "megabytes": item.megabytes,
                "single_ms": item.single_ms,
                "batch_ms": item.batch_ms,
            }
            for item in networks
        ]
    )


def describe(networks: Sequence[Priced], by: Cost) -> str:
    """The networks on the Pareto front in a sentence."""
    known = [(item, cost) for item in networks if (cost := item.cost(by)) is not None]
    if not known:
        return _("Nothing was measured.")
    costs, gains = [cost for _item, cost in known], [item.score.value for item, _cost in known]
    best = front(np.array(costs), np.array(gains))
    names = [item.score.title for (item, _cost), kept in zip(known, best, strict=True) if kept]
    return _("No other network is both cheaper and more accurate than: {list}.").format(
        list=", ".join(names)
    )
