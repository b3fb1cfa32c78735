"""One look for every figure: a Plotly template on dark and on light, and network styles.

Figures have the page's colour as background, so that they sit on the page and stand alone in a
file. Draw them with `st.plotly_chart(..., theme=None)`.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any, Literal

import plotly.graph_objects as go
import plotly.io as pio

from core.figures.labels import folded
from core.text import language

Mode = Literal["dark", "light"]
MODES: tuple[Mode, ...] = ("dark", "light")

FONT = "Source Sans, Segoe UI, Helvetica, Arial, sans-serif"

SEPARATORS: dict[str, str] = {"en": ".,", "id": ",."}
"""Decimal and thousands separator of each language, as Plotly wants them."""


@dataclass(frozen=True)
class Ink:
    """The colours of one mode, as hex."""

    paper: str
    panel: str
    text: str
    muted: str
    grid: str
    accent: str
    good: str
    bad: str


INKS: dict[Mode, Ink] = {
    "dark": Ink(
        paper="#10161c",
        panel="#19222b",
        text="#e7edf2",
        muted="#9fb0bd",
        grid="#2d3945",
        accent="#62d0c4",
        good="#62d0c4",
        bad="#f2a65a",
    ),
    "light": Ink(
        paper="#fbfcfc",
        panel="#eef3f3",
        text="#1a242c",
        muted="#52626e",
        grid="#d3dcdf",
        accent="#0b746c",
        good="#0b746c",
        bad="#a8500a",
    ),
}

SEQUENTIAL: dict[Mode, list[tuple[float, str]]] = {
    "dark": [
        (0.0, "#141c23"),
        (0.15, "#17363c"),
        (0.4, "#1d6464"),
        (0.7, "#3fa99b"),
        (1.0, "#c9f4e6"),
    ],
    "light": [
        (0.0, "#fbfcfc"),
        (0.15, "#dcefeb"),
        (0.4, "#9ad3c8"),
        (0.7, "#3d9a8f"),
        (1.0, "#07423d"),
    ],
}
"""Few to many. Monotonous in lightness, away from the page's colour, readable in grey."""

DIVERGING: dict[Mode, list[tuple[float, str]]] = {
    "dark": [
        (0.0, "#f5b06b"),
        (0.25, "#9a5c22"),
        (0.5, "#19222b"),
        (0.75, "#1f6f86"),
        (1.0, "#7fd4ee"),
    ],
    "light": [
        (0.0, "#93430a"),
        (0.25, "#e0a063"),
        (0.5, "#f7f9f9"),
        (0.75, "#6fb3cc"),
        (1.0, "#0d5672"),
    ],
}
"""Less to more, orange to blue, which colour-blind readers tell apart."""

KNOWN: tuple[str, ...] = (
    *("se_vgg16", "vgg16_frozen", "cnn_48", "vgg16_finetuned", "se_vgg16_full", "vgg16_smote"),
    *("mobilenet_v2", "resnet50", "emotion3_vgg16", "emotion3_cnn", "emotion3_resnet50"),
    *("emotion3_mobilenet_v2",),
)
"""Networks with a colour of their own; others take one by their name."""

_COLORS: tuple[tuple[str, str], ...] = (
    ("#A86BFD", "#7935C6"),
    ("#EAE19B", "#6E651E"),
    ("#9DF2D9", "#13745F"),
    ("#F28979", "#940500"),
    ("#95A3FC", "#3C4292"),
    ("#DEEB12", "#5F6B00"),
    ("#D2B5F3", "#70558C"),
    ("#ED86A7", "#680835"),
    ("#6CF6FB", "#0E6A70"),
    ("#C58F6B", "#6B4528"),
    ("#C798CB", "#653B69"),
    ("#E45D82", "#91003F"),
)
_SYMBOLS: tuple[str, ...] = (
    *("circle", "square", "diamond", "triangle-up", "cross", "x"),
    *("triangle-down", "pentagon", "hexagon", "hourglass", "bowtie", "triangle-right"),
)
_DASHES: tuple[str, ...] = ("solid", "dash", "dashdot", "longdash", "longdashdot", "solid")
_PATTERNS: tuple[str, ...] = ("", "/", "x", "-", "\\", "+")


@dataclass(frozen=True)
class NetworkStyle:
    """How a network looks wherever it is drawn; each part alone tells networks apart.

    Attributes:
        color: hex.
        symbol: Plotly marker symbol, never a star (that marks the best epoch).
        dash: Plotly line dash.
        pattern: Plotly bar pattern shape, "" for none.
    """

    color: str
    symbol: str
    dash: str
    pattern: str


def network_styles(ids: Iterable[str], mode: Mode = "dark") -> dict[str, NetworkStyle]:
    """A style for every network of a figure, the same in every figure.

    A known network always has its own; an unknown one has the place that its name hashes
    to, or the next free one where another network of the figure stands there.
    """
    taken: dict[str, int] = {}
    ordered = sorted(set(ids), key=lambda name: (name not in KNOWN, name))
    for name in ordered:
        place = KNOWN.index(name) if name in KNOWN else zlib.crc32(name.encode())
        free = (
            (place + step) % len(_COLORS)
            for step in range(len(_COLORS))
            if (place + step) % len(_COLORS) not in taken.values()
        )
        taken[name] = next(free, place % len(_COLORS))
    return {name: _style(taken[name], mode) for name in ordered}


def _style(place: int, mode: Mode) -> NetworkStyle:
    return NetworkStyle(
        color=_COLORS[place][MODES.index(mode)],
        symbol=_SYMBOLS[place],
        dash=_DASHES[place % len(_DASHES)],
        pattern=_PATTERNS[place % len(_PATTERNS)],
    )


def bar_pattern(shape: str, mode: Mode = "dark") -> dict[str, Any]:
    """A bar pattern drawn over the bar's colour in the page's; "" for none."""
    return {
        "shape": shape,
        "fillmode": "overlay",
        "fgcolor": INKS[mode].paper,
        "fgopacity": 0.55,
        "size": 7,
        "solidity": 0.22,
    }


def template(mode: Mode) -> go.layout.Template:
    """The project's Plotly template of one mode, as `blank` and `finish` name it."""
    ink = INKS[mode]
    axis = {
        "gridcolor": ink.grid,
        "linecolor": ink.grid,
        "zerolinecolor": ink.grid,
        "tickcolor": ink.grid,
        "tickfont": {"color": ink.muted, "size": 12},
        "title": {"font": {"color": ink.text, "size": 13}, "standoff": 8},
        "automargin": True,
    }
    return go.layout.Template(
        layout={
            "paper_bgcolor": ink.paper,
            "plot_bgcolor": ink.paper,
            "font": {"family": FONT, "color": ink.text, "size": 13},
            "title": {
                "font": {"color": ink.muted, "size": 13},
                "x": 0,
                "xanchor": "left",
                "xref": "container",
                "y": 1,
                "yanchor": "top",
                "yref": "container",
                "pad": {"t": 6, "l": 4},
            },
            "margin": {"l": 8, "r": 12, "t": 28, "b": 8},
            "xaxis": axis,
            "yaxis": {**axis, "ticklabelstandoff": 6},
            "colorscale": {"sequential": SEQUENTIAL[mode], "diverging": DIVERGING[mode]},
            "hoverlabel": {
                "bgcolor": ink.panel,
                "bordercolor": ink.grid,
                "font": {"family": FONT, "color": ink.text, "size": 13},
                "align": "left",
            },
            "legend": {
                "orientation": "h",
                "x": 0,
                "xanchor": "left",
                "y": 1.02,
                "yanchor": "bottom",
                "font": {"color": ink.text, "size": 12},
                "bgcolor": "rgba(0,0,0,0)",
            },
            "hovermode": "closest",
            "dragmode": False,
            "modebar": {
                "bgcolor": "rgba(0,0,0,0)",
                "color": ink.muted,
                "activecolor": ink.accent,
                "orientation": "h",
            },
            "annotationdefaults": {"font": {"color": ink.muted, "size": 12}, "showarrow": False},
        }
    )


@cache
def template_name(mode: Mode) -> str:
    """Name under which Plotly knows the template of a mode."""
    name = f"fer_lab_{mode}"
    pio.templates[name] = template(mode)
    return name


def blank(mode: Mode = "dark", height: int | None = None) -> go.Figure:
    """An empty figure with the template and the language's number separators."""
    figure = go.Figure()
    finish(figure, mode, height)
    return figure


def finish(figure: go.Figure, mode: Mode, height: int | None = None) -> go.Figure:
    """Give a figure the template, the language's separators and a height; returns it."""
    figure.update_layout(
        template=template_name(mode), separators=SEPARATORS.get(language(), ".,"), height=height
    )
    return figure


def entitle(figure: go.Figure, text: str) -> go.Figure:
    """Put a sentence above a figure, in lines that fit a phone, with room for them; returns it."""
    title = folded(text, 54)
    lines = title.count("<br>")
    return figure.update_layout(
        title={"text": title, "pad": {"t": 6 + 14 * lines, "l": 4}}, margin_t=34 + 17 * lines
    )


def color_at(scale: list[tuple[float, str]], share: float) -> str:
    """Hex of a colour scale at a position in [0, 1], as Plotly interpolates it."""
    share = min(max(share, 0.0), 1.0)
    for (low, first), (high, second) in pairwise(scale):
        if share <= high:
            part = (share - low) / (high - low)
            mixed = (
                round(a + part * (b - a)) for a, b in zip(_rgb(first), _rgb(second), strict=True)
            )
            return "#" + "".join(f"{value:02x}" for value in mixed)
    return scale[-1][1]


def contrast(first: str, second: str) -> float:
    """Contrast ratio of two hex colours, 1 to 21 (WCAG 2.2, relative luminance)."""
    high, low = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def readable_on(color: str) -> str:
    """Black or white, whichever stands out more on a colour: a contrast of 4.5 at least."""
    return max(("#000000", "#ffffff"), key=lambda ink: contrast(ink, color))


def _luminance(color: str) -> float:
    parts = (value / 255 for value in _rgb(color))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _rgb(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def with_alpha(color: str, alpha: float) -> str:
    """A hex colour as `rgba(...)`, alpha in [0, 1]."""
    red, green, blue = _rgb(color)
    return f"rgba({red},{green},{blue},{alpha:g})"
