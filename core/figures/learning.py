"""Learning curves: training and validation, the kept epoch, the gap, the learning rate."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Literal

import pandas as pd
import plotly.graph_objects as go

from core.figures.chart import Chart, drawn_once
from core.figures.entries import Curve
from core.figures.theme import INKS, Mode, NetworkStyle, blank, network_styles, with_alpha
from core.schema import Epoch, History
from core.text import _, number, percent

Metric = Literal["accuracy", "loss"]
METRICS: tuple[Metric, ...] = ("accuracy", "loss")

HEIGHT = 420
MARKS = 8
"""About so many symbols on a line, enough to tell lines apart without hiding them."""


def metric_title(metric: Metric) -> str:
    """Axis title of a metric, with its unit."""
    return _("Accuracy (%)") if metric == "accuracy" else _("Loss (nats)")


def _training(row: Epoch, metric: Metric) -> float:
    return 100 * row.accuracy if metric == "accuracy" else row.loss


def _validation(row: Epoch, metric: Metric) -> float:
    return 100 * row.val_accuracy if metric == "accuracy" else row.val_loss


def _value(value: float, metric: Metric) -> str:
    return f"{number(value, 1)}%" if metric == "accuracy" else number(value, 3)


def smoothed(values: Sequence[float], weight: float) -> list[float]:
    """Exponential moving average, corrected for its start (Kingma and Ba 2015, section 3).

    Args:
        values: one an epoch.
        weight: of what came before, in [0, 1); 0 returns the values.
    """
    mean, found = 0.0, []
    for count, value in enumerate(values, 1):
        mean = weight * mean + (1 - weight) * value
        found.append(mean / (1 - weight**count))
    return found


@drawn_once
def curves(
    runs: Sequence[Curve],
    metric: Metric = "accuracy",
    mode: Mode = "dark",
    smoothing: float = 0.0,
) -> Chart:
    """Training (dotted) and validation (solid) of several networks, the kept epoch starred.

    Args:
        runs: the networks.
        metric: accuracy in percent or loss.
        mode: dark or light.
        smoothing: weight of the past in [0, 1); above 0 the raw curves stay visible behind
            the smoothed ones. The star keeps its raw place.

    Where a network was trained from several seeds, a band spans the lowest to the highest
    validation of all its runs, over the epochs that they share.
    """
    figure = blank(mode, HEIGHT)
    styles = network_styles((run.id for run in runs), mode)
    for run in runs:
        _band(figure, run, metric, styles[run.id], smoothing)
    for run in runs if smoothing else ():
        _raw(figure, run, metric, styles[run.id])
    for run in runs:
        style, rows = styles[run.id], run.history.epochs
        common = {"x": [row.epoch for row in rows], "legendgroup": run.id, "name": run.title}
        figure.add_scatter(
            **common,
            y=smoothed([_training(row, metric) for row in rows], smoothing),
            mode="lines",
            line={"color": with_alpha(style.color, 0.85), "width": 1.6, "dash": "dot"},
            showlegend=False,
            hovertemplate="%{text}<extra></extra>",
            text=[_hover(run, row, _("training"), _training(row, metric), metric) for row in rows],
        )
        figure.add_scatter(
            **common,
            y=smoothed([_validation(row, metric) for row in rows], smoothing),
            mode="lines+markers",
            line={"color": style.color, "width": 2.4},
            marker=_marks(style, len(rows)),
            hovertemplate="%{text}<extra></extra>",
            text=[
                _hover(run, row, _("validation"), _validation(row, metric), metric) for row in rows
            ],
        )
    for run in runs:
        _star(figure, run, _validation(_kept(run.history), metric), styles[run.id], metric, mode)
    _stages(figure, runs, styles, mode)
    _key(figure, mode)
    figure.update_yaxes(title_text=metric_title(metric))
    return Chart(_epochs(figure, runs), table(runs), describe(runs))


def _band(
    figure: go.Figure, run: Curve, metric: Metric, style: NetworkStyle, smoothing: float
) -> None:
    if not run.seeds:
        return
    found = [
        smoothed([_validation(row, metric) for row in history.epochs], smoothing)
        for history in (run.history, *run.seeds)
    ]
    shared = list(zip(*found, strict=False))
    epochs = list(range(1, len(shared) + 1))
    figure.add_scatter(
        x=[*epochs, *reversed(epochs)],
        y=[*map(max, shared), *reversed([min(values) for values in shared])],
        mode="lines",
        line={"width": 0},
        fill="toself",
        fillcolor=with_alpha(style.color, 0.2),
        legendgroup=run.id,
        showlegend=False,
        hoverinfo="skip",
    )


def _raw(figure: go.Figure, run: Curve, metric: Metric, style: NetworkStyle) -> None:
    rows = run.history.epochs
    for value, dash in ((_training, "dot"), (_validation, "solid")):
        figure.add_scatter(
            x=[row.epoch for row in rows],
            y=[value(row, metric) for row in rows],
            mode="lines",
            line={"color": with_alpha(style.color, 0.35), "width": 1, "dash": dash},
            legendgroup=run.id,
            showlegend=False,
            hoverinfo="skip",
        )


@drawn_once
def gap(runs: Sequence[Curve], metric: Metric = "accuracy", mode: Mode = "dark") -> Chart:
    """How much better a network does on what it trains on than on validation, by epoch.

    For accuracy training minus validation in percentage points, for loss validation minus
    training, so that up is always more overfitting.
    """

    def difference(row: Epoch) -> float:
        sign = 1 if metric == "accuracy" else -1
        return sign * (_training(row, metric) - _validation(row, metric))

    def text(run: Curve, row: Epoch) -> str:
        points = number(difference(row), 1 if metric == "accuracy" else 3)
        return f"<b>{run.title}</b><br>{_('Epoch {epoch}').format(epoch=row.epoch)}: {points}"

    figure = _lines(runs, difference, text, mode)
    figure.add_hline(y=0, line={"color": INKS[mode].muted, "width": 1})
    figure.update_yaxes(
        title_text=_("Training minus validation (points)")
        if metric == "accuracy"
        else _("Validation minus training loss (nats)")
    )
    return Chart(
        figure, table(runs), _("The distance between training and validation in every epoch.")
    )


@drawn_once
def learning_rate(runs: Sequence[Curve], mode: Mode = "dark") -> Chart:
    """The learning rate of each epoch on a logarithmic axis."""

    def text(run: Curve, row: Epoch) -> str:
        rate = f"{row.learning_rate:.2g}"
        return f"<b>{run.title}</b><br>{_('Epoch {epoch}').format(epoch=row.epoch)}: {rate}"

    figure = _lines(runs, lambda row: row.learning_rate or None, text, mode)
    figure.update_yaxes(title_text=_("Learning rate"), type="log", exponentformat="power", dtick=1)
    return Chart(figure, table(runs), _("The learning rate of every epoch, on a logarithmic axis."))


@drawn_once
def seconds(runs: Sequence[Curve], mode: Mode = "dark") -> Chart:
    """How long each epoch took."""

    def text(run: Curve, row: Epoch) -> str:
        shown = _("{seconds} s").format(seconds=number(row.seconds, 1))
        return f"<b>{run.title}</b><br>{_('Epoch {epoch}').format(epoch=row.epoch)}: {shown}"

    figure = _lines(runs, lambda row: row.seconds, text, mode)
    figure.update_yaxes(title_text=_("Time of the epoch (s)"), rangemode="tozero")
    return Chart(figure, table(runs), _("How long every epoch took."))


def _lines(
    runs: Sequence[Curve],
    value: Callable[[Epoch], float | None],
    text: Callable[[Curve, Epoch], str],
    mode: Mode,
) -> go.Figure:
    figure = blank(mode, 320)
    styles = network_styles((run.id for run in runs), mode)
    for run in runs:
        style, rows = styles[run.id], run.history.epochs
        figure.add_scatter(
            x=[row.epoch for row in rows],
            y=[value(row) for row in rows],
            name=run.title,
            mode="lines+markers",
            line={"color": style.color, "width": 2.2, "dash": style.dash},
            marker=_marks(style, len(rows)),
            hovertemplate="%{text}<extra></extra>",
            text=[text(run, row) for row in rows],
        )
    _stages(figure, runs, styles, mode)
    figure.update_layout(showlegend=True)
    return _epochs(figure, runs)


def _kept(history: History) -> Epoch:
    return history.epochs[history.best_epoch - 1]


def _hover(run: Curve, row: Epoch, part: str, value: float, metric: Metric) -> str:
    where = _("Epoch {epoch}, stage '{stage}'").format(epoch=row.epoch, stage=_(row.stage))
    return f"<b>{run.title}</b><br>{where}<br>{part}: {_value(value, metric)}"


def _marks(style: NetworkStyle, epochs: int) -> dict[str, object]:
    step = max(1, epochs // MARKS)
    sizes = [8 if place % step == 0 else 0 for place in range(epochs)]
    return {"symbol": style.symbol, "size": sizes, "color": style.color, "line": {"width": 0}}


def _star(
    figure: go.Figure, run: Curve, value: float, style: NetworkStyle, metric: Metric, mode: Mode
) -> None:
    row = _kept(run.history)
    figure.add_scatter(
        x=[row.epoch],
        y=[value],
        legendgroup=run.id,
        showlegend=False,
        mode="markers",
        marker={
            "symbol": "star",
            "size": 17,
            "color": style.color,
            "line": {"color": INKS[mode].text, "width": 1.5},
        },
        hovertemplate="%{text}<extra></extra>",
        text=[_hover(run, row, _("kept weights, validation"), value, metric)],
    )


def _stages(
    figure: go.Figure, runs: Sequence[Curve], styles: dict[str, NetworkStyle], mode: Mode
) -> None:
    """A line where a stage of training begins, with its name where there is one network."""
    for run in runs:
        rows = run.history.epochs
        for before, row in pairwise(rows):
            if before.stage == row.stage:
                continue
            figure.add_vline(
                x=row.epoch - 0.5,
                line={"color": with_alpha(styles[run.id].color, 0.6), "width": 1, "dash": "dash"},
            )
            if len(runs) == 1:
                figure.add_annotation(
                    x=row.epoch - 0.5,
                    y=0,
                    yref="y domain",
                    xanchor="left",
                    yanchor="bottom",
                    text=_("stage '{stage}'").format(stage=_(row.stage)),
                    font={"size": 11, "color": INKS[mode].muted},
                    showarrow=False,
                )


def _key(figure: go.Figure, mode: Mode) -> None:
    """Legend entries that say what dotted, solid and starred mean."""
    ink = INKS[mode]
    for name, extra in (
        (_("training"), {"mode": "lines", "line": {"color": ink.muted, "dash": "dot"}}),
        (_("validation"), {"mode": "lines", "line": {"color": ink.muted}}),
        (
            _("kept weights"),
            {"mode": "markers", "marker": {"symbol": "star", "size": 12, "color": ink.muted}},
        ),
    ):
        figure.add_scatter(x=[None], y=[None], name=name, hoverinfo="skip", **extra)


def _epochs(figure: go.Figure, runs: Sequence[Curve]) -> go.Figure:
    last = max((len(run.history.epochs) for run in runs), default=1)
    figure.update_xaxes(title_text=_("Epoch"), range=[0.5, last + 0.5], tickformat="d")
    if last <= 12:
        figure.update_xaxes(dtick=1)
    return figure


def table(runs: Sequence[Curve]) -> pd.DataFrame:
    """The numbers of the curves, one row a network and epoch."""
    rows = [
        {"network": run.id, **row.model_dump(), "kept": row.epoch == run.history.best_epoch}
        for run in runs
        for row in run.history.epochs
    ]
    return pd.DataFrame(rows)


def describe(runs: Sequence[Curve]) -> str:
    """The curves in a sentence a network."""
    return " ".join(
        _(
            "{network}: {epochs} epochs, weights kept from epoch {best} with validation accuracy "
            "{accuracy}."
        ).format(
            network=run.title,
            epochs=len(run.history.epochs),
            best=run.history.best_epoch,
            accuracy=percent(_kept(run.history).val_accuracy),
        )
        for run in runs
    )
