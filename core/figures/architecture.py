"""A network as its model file has it: a bar a layer, its maps' side high, their number wide.

The bars run from the chip on the left to the probabilities on the right; hovering over one
names the layer.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from core.figures.chart import Chart, drawn_once
from core.figures.theme import INKS, Mode, blank
from core.schema import Layer, LayerKind
from core.text import _, ngettext, number

HEIGHT = 280
GAP = 0.28
"""Between two bars, where 1 is the widest one."""

COLORS: dict[Mode, dict[LayerKind, str]] = {
    "dark": {
        "input": "#9fb0bd", "convolution": "#4aa9a0", "depthwise": "#8fd6f0",
        "pooling": "#6b7d8a", "gate": "#ffb000", "addition": "#e7edf2",
        "product": "#a86bfd", "dense": "#f28979",
    },
    "light": {
        "input": "#7a8a96", "convolution": "#1f8379", "depthwise": "#2f7fa3",
        "pooling": "#9aa8b2", "gate": "#b26a00", "addition": "#1a242c",
        "product": "#7935c6", "dense": "#b0402c",
    },
}  # fmt: skip


def kind_name(kind: LayerKind) -> str:
    """What a layer does, for a legend or a table."""
    return {
        "input": _("Input"),
        "convolution": _("Convolution"),
        "depthwise": _("Depthwise convolution"),
        "pooling": _("Pooling"),
        "gate": _("Squeeze-and-excitation"),
        "addition": _("Shortcut"),
        "product": _("Self-attention"),
        "dense": _("Dense layer"),
    }[kind]


@drawn_once
def diagram(layers: Sequence[Layer], mode: Mode = "dark") -> Chart:
    """The layers as bars around a middle line.

    Args:
        layers: from the input to the probabilities, non-empty.
        mode: dark or light.

    Returns:
        A chart whose bars carry `customdata` [position of the layer, ...].
    """
    figure = blank(mode, HEIGHT)
    widths = _widths(layers)
    starts = np.concatenate([[0.0], np.cumsum(widths + GAP)])[:-1]
    tallest = max(layer.side for layer in layers)
    heights = np.array([_height(layer, tallest) for layer in layers])
    for kind in dict.fromkeys(layer.kind for layer in layers):
        places = [place for place, layer in enumerate(layers) if layer.kind == kind]
        figure.add_bar(
            x=starts[places] + widths[places] / 2,
            y=heights[places],
            base=-heights[places] / 2,
            width=widths[places],
            marker={"color": COLORS[mode][kind], "line": {"width": 0}},
            name=kind_name(kind),
            customdata=places,
            text=[_hover(layers[place]) for place in places],
            textposition="none",
            hovertemplate="%{text}<extra></extra>",
        )
    _sizes(figure, layers, starts, widths, mode)
    figure.update_xaxes(visible=False, fixedrange=True, range=[-GAP, starts[-1] + widths[-1] + GAP])
    figure.update_yaxes(visible=False, fixedrange=True, range=[-0.74, 0.58])
    figure.update_layout(
        barmode="overlay",
        bargap=0,
        hovermode="closest",
        margin={"t": 8, "b": 8, "l": 4, "r": 4},
        legend={"orientation": "h", "y": -0.02, "yanchor": "top", "x": 0, "xanchor": "left"},
    )
    return Chart(figure, table(layers), describe(layers))


def _widths(layers: Sequence[Layer]) -> np.ndarray:
    """Wider for more channels, by their logarithm; a layer without weights is a thin line."""
    most = np.log2(1 + max(layer.channels for layer in layers))
    wide = np.array([np.log2(1 + layer.channels) / most for layer in layers])
    thin = np.array([layer.kind in ("pooling", "addition", "gate") for layer in layers])
    return np.where(thin, 0.35, np.maximum(wide, 0.2))


def _height(layer: Layer, tallest: int) -> float:
    """Share of the figure, by the logarithm of the side; what has no side is a short bar."""
    height = max(float(np.log2(layer.side) / np.log2(tallest)), 0.12)
    return height * (1.12 if layer.kind == "gate" else 1)


def _sizes(
    figure: go.Figure, layers: Sequence[Layer], starts: np.ndarray, widths: np.ndarray, mode: Mode
) -> None:
    """Name the side of the maps below each run of layers that share it, where there is room."""
    whole = starts[-1] + widths[-1]
    for side, run in groupby(range(len(layers)), key=lambda place: layers[place].side):
        places = list(run)
        first, last = starts[places[0]], starts[places[-1]] + widths[places[-1]]
        if side > 1 and (last - first) / whole > 0.06:
            figure.add_annotation(
                x=(first + last) / 2,
                y=-0.66,
                text=f"{side} px",
                font={"size": 11, "color": INKS[mode].muted},
            )


def _hover(layer: Layer) -> str:
    lines = [f"<b>{layer.name}</b>", kind_name(layer.kind)]
    if layer.kernel > 1:
        lines[1] += f", {layer.kernel} × {layer.kernel}"
    lines.append(_answer(layer))
    if layer.parameters:
        lines.append(_("{count} parameters").format(count=number(layer.parameters)))
    if layer.activation:
        lines.append(_("then {activation}").format(activation=layer.activation))
    return "<br>".join(lines)


def _answer(layer: Layer) -> str:
    if layer.side > 1:
        return _("{count} maps of {side} × {side}").format(count=layer.channels, side=layer.side)
    return ngettext("{count} number", "{count} numbers", layer.channels).format(
        count=number(layer.channels)
    )


def table(layers: Sequence[Layer]) -> pd.DataFrame:
    """One row a layer."""
    return pd.DataFrame(
        [
            {
                "layer": layer.name,
                "kind": layer.kind,
                "channels": layer.channels,
                "side": layer.side,
                "kernel": layer.kernel,
                "parameters": layer.parameters,
                "activation": layer.activation,
            }
            for layer in layers
        ]
    )


def describe(layers: Sequence[Layer]) -> str:
    """The layers in a sentence: how many of each kind that has weights."""
    parts = []
    for kind in ("convolution", "depthwise", "gate", "dense"):
        count = sum(layer.kind == kind for layer in layers)
        if count:
            parts.append(f"{kind_name(kind)}: {count}")
    return _("{count} layers from the chip to the answer. {kinds}.").format(
        count=number(len(layers)), kinds="; ".join(parts)
    )
