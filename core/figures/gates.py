"""Which channels the squeeze-and-excitation gates of a network opened for one face.

Hu, Shen and Sun 2018, "Squeeze-and-Excitation Networks", arXiv:1709.01507: every gated
block multiplies each of its channels by a number between 0 and 1.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from plotly.subplots import make_subplots

from core.figures.chart import Chart, drawn_once
from core.figures.theme import SEQUENTIAL, Mode, finish
from core.text import _, number

COLUMNS = 32
"""Channels in one row of a block's raster."""

CELL = 11
"""Height of a row in pixels."""

TITLE = 34
"""Pixels between two blocks, for the lower one's title."""

HEAD, FOOT = 84, 8
"""Margins in pixels: the colour scale and the first title stand in the upper one."""


def split_gates(gates: np.ndarray, blocks: Mapping[str, int]) -> dict[str, np.ndarray]:
    """The gates of each block.

    Args:
        gates: float (G,), the blocks' gates one behind the other.
        blocks: number of channels by block, in that order.
    """
    if len(gates) != sum(blocks.values()):
        raise ValueError(f"Expected {sum(blocks.values())} gates. Received: {len(gates)}.")
    ends = np.cumsum(list(blocks.values()))[:-1]
    return dict(zip(blocks, np.split(np.asarray(gates, dtype=np.float64), ends), strict=True))


@drawn_once
def raster(
    gates: np.ndarray, blocks: Mapping[str, int], network: str, mode: Mode = "dark"
) -> Chart:
    """Every channel as a cell, block under block; light is open on dark, dark on light.

    Args:
        gates: float (G,), the blocks' gates one behind the other.
        blocks: number of channels by block.
        network: its title.
        mode: dark or light.
    """
    parts = split_gates(gates, blocks)
    rows = {name: -(-len(values) // COLUMNS) for name, values in parts.items()}
    heights = [CELL * max(count, 2) for count in rows.values()]
    plot = sum(heights) + TITLE * (len(parts) - 1)
    figure = make_subplots(
        rows=len(parts),
        cols=1,
        row_heights=heights,
        vertical_spacing=TITLE / plot if len(parts) > 1 else 0,
        subplot_titles=[
            _("{block}: {count} channels").format(block=name, count=number(len(values)))
            for name, values in parts.items()
        ],
    )
    for row, (name, values) in enumerate(parts.items(), start=1):
        width = min(COLUMNS, len(values))
        padded = np.full(rows[name] * width, np.nan)
        padded[: len(values)] = values
        figure.add_heatmap(
            z=padded.reshape(rows[name], width),
            customdata=np.arange(len(padded)).reshape(rows[name], width),
            zmin=0,
            zmax=1,
            colorscale=SEQUENTIAL[mode],
            showscale=row == 1,
            colorbar={
                "title": {"text": _("Gate"), "side": "top"},
                "orientation": "h",
                "thickness": 8,
                "len": 0.5,
                "x": 0,
                "xanchor": "left",
                "y": 1,
                "yref": "container",
                "yanchor": "top",
                "ypad": 0,
                "tickvals": [0, 0.5, 1],
                "ticktext": [number(value, 1) for value in (0, 0.5, 1)],
            },
            xgap=1,
            ygap=1,
            hovertemplate=_("channel {channel}: gate {gate}").format(
                channel="%{customdata}", gate="%{z:.2f}"
            )
            + f"<extra>{name}</extra>",
        )
        place = figure.data[-1]
        place.update(xaxis=f"x{row if row > 1 else ''}", yaxis=f"y{row if row > 1 else ''}")
    finish(figure, mode, plot + HEAD + FOOT)
    figure.update_xaxes(
        showticklabels=False, showgrid=False, zeroline=False, fixedrange=True, ticks=""
    )
    figure.update_yaxes(
        showticklabels=False,
        showgrid=False,
        zeroline=False,
        fixedrange=True,
        autorange="reversed",
        ticks="",
    )
    figure.update_annotations(x=0, xanchor="left", font_size=13)
    figure.update_layout(margin={"t": HEAD, "b": FOOT, "l": 4, "r": 4})
    return Chart(
        figure,
        table(gates, blocks),
        _("The gate of every channel of {network}").format(network=network),
    )


def summary(gates: np.ndarray, blocks: Mapping[str, int], named: int = 5) -> pd.DataFrame:
    """One row a block: channels, mean gate, how many stand more than half open, the most open.

    Args:
        gates: float (G,).
        blocks: number of channels by block.
        named: how many of the most open channels are listed.
    """
    rows = []
    for name, values in split_gates(gates, blocks).items():
        widest = np.argsort(-values, kind="stable")[:named]
        rows.append(
            {
                "block": name,
                "channels": len(values),
                "mean": float(values.mean()),
                "open": int((values > 0.5).sum()),
                "most_open": [int(channel) for channel in widest],
            }
        )
    return pd.DataFrame(rows)


def table(gates: np.ndarray, blocks: Mapping[str, int]) -> pd.DataFrame:
    """One row a channel."""
    return pd.DataFrame(
        [
            {"block": name, "channel": channel, "gate": float(value)}
            for name, values in split_gates(gates, blocks).items()
            for channel, value in enumerate(values)
        ]
    )
