"""The report's figures as lines and rectangles on a PDF page; lengths in millimetres."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import singledispatch

import numpy as np
from fpdf import FPDF

from core.evaluation.metrics import normalise
from core.figures.labels import class_name
from core.figures.theme import INKS, SEQUENTIAL, color_at, readable_on
from core.report.blocks import Curves, Diagram, Dots, Heatmap
from core.text import _, number, percent

Figure = Dots | Heatmap | Diagram | Curves
Color = tuple[int, int, int]

FONT = "Helvetica"
CELL = 11.5
LABEL = 24.0
ROW = 7.0
PLOT_HEIGHT = 48.0

_REPLACED = {
    "\u2013": "-",
    "\u2014": "-",
    "\u2212": "-",
    "\u2192": "->",
    "\u2026": "...",
    "\u2018": "'",
    "\u2019": "'",
    "\u201c": '"',
    "\u201d": '"',
    "\u2265": ">=",
    "\u2264": "<=",
}


def latin(text: str) -> str:
    """`text` in the characters of the PDF's built-in fonts (Latin-1)."""
    for letter, instead in _REPLACED.items():
        text = text.replace(letter, instead)
    return text.encode("latin-1", "replace").decode("latin-1")


def rgb(color: str) -> Color:
    """A hex colour as numbers from 0 to 255."""
    red, green, blue = (int(color[start : start + 2], 16) for start in (1, 3, 5))
    return red, green, blue


_INK = INKS["light"]
TEXT, MUTED, RULE = rgb(_INK.text), rgb(_INK.muted), rgb(_INK.grid)
ACCENT, BAD = rgb(_INK.accent), rgb(_INK.bad)


@singledispatch
def height(block: Figure) -> float:
    """Room that a figure takes."""
    raise TypeError(f"No way to draw {type(block).__name__}.")


@singledispatch
def draw(block: Figure, pdf: FPDF, left: float, top: float, width: float) -> None:
    """Draw a figure into the given width; `height` says how far down it reaches."""
    raise TypeError(f"No way to draw {type(block).__name__}.")


def _write(
    pdf: FPDF, x: float, y: float, text: str, size: float = 8, align: str = "C", color: Color = TEXT
) -> None:
    """Text with its baseline at `y`, left of, around or right of `x`."""
    pdf.set_font(FONT, size=size)
    pdf.set_text_color(*color)
    shown = latin(text)
    shift = {"L": 0.0, "C": 0.5, "R": 1.0}[align] * pdf.get_string_width(shown)
    pdf.text(x - shift, y, shown)


def _line(
    pdf: FPDF, ends: Sequence[float], color: Color = RULE, thick: float = 0.2, dash: float = 0
) -> None:
    pdf.set_draw_color(*color)
    pdf.set_line_width(thick)
    pdf.set_dash_pattern(dash=dash, gap=dash)
    pdf.line(*ends)
    pdf.set_dash_pattern()


@dataclass(frozen=True)
class _Axes:
    """A plotting area: data coordinates to places on the page."""

    left: float
    top: float
    width: float
    height: float
    x: tuple[float, float]
    y: tuple[float, float]

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Where a point of the data lies."""
        across = (x - self.x[0]) / (self.x[1] - self.x[0])
        up = (y - self.y[0]) / (self.y[1] - self.y[0])
        return self.left + across * self.width, self.top + (1 - up) * self.height

    def frame(self, pdf: FPDF, x_title: str, y_title: str, x_step: float, y_step: float) -> None:
        """Grid lines, numbers and titles."""
        for value in _ticks(self.x, x_step):
            place, _y = self.at(value, self.y[0])
            _line(pdf, (place, self.top, place, self.top + self.height))
            _write(pdf, place, self.top + self.height + 3.5, number(value), 7, color=MUTED)
        for value in _ticks(self.y, y_step):
            _x, place = self.at(self.x[0], value)
            _line(pdf, (self.left, place, self.left + self.width, place))
            _write(pdf, self.left - 1.5, place + 1, number(value), 7, "R", MUTED)
        middle = self.left + self.width / 2
        _write(pdf, middle, self.top + self.height + 7.5, x_title, 8)
        _write(pdf, self.left, self.top - 2, y_title, 8, "L")


def _ticks(ends: tuple[float, float], step: float) -> list[float]:
    first, last = int(np.ceil(ends[0] / step - 1e-9)), int(np.floor(ends[1] / step + 1e-9))
    return [step * count for count in range(first, last + 1)]


def _step(span: float, wanted: int) -> float:
    """A round distance that gives about `wanted` ticks."""
    rough = max(span, 1e-9) / wanted
    power = 10.0 ** np.floor(np.log10(rough))
    return float(next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough))


@height.register
def _height_dots(block: Dots) -> float:
    return ROW * len(block.scores) + 5 * len(block.context) + 16


@draw.register
def _draw_dots(block: Dots, pdf: FPDF, left: float, top: float, width: float) -> None:
    lows = [100 * score.low for score in block.scores]
    lows += [100 * (line.value - line.spread) for line in block.context]
    highs = [100 * score.high for score in block.scores]
    highs += [100 * (line.value + line.spread) for line in block.context]
    low, high = max(min(lows) - 2, 0), min(max(highs) + 2, 100)
    room = 5 * len(block.context)
    axes = _Axes(
        left + 42,
        top + 3 + room,
        width - 58,
        ROW * len(block.scores),
        (low, high),
        (len(block.scores) - 0.5, -0.5),
    )
    axes.frame(pdf, _("Accuracy (%)"), "", _step(high - low, 8), 1000)
    for place, line in enumerate(block.context):
        _context(pdf, axes, line.value, line.spread, f"{line.label} {percent(line.value)}", place)
    for place, score in enumerate(sorted(block.scores, key=lambda score: -score.value)):
        start, y = axes.at(100 * score.low, place)
        end, _y = axes.at(100 * score.high, place)
        x, _y = axes.at(100 * score.value, place)
        _line(pdf, (start, y, end, y), ACCENT, 0.5)
        pdf.set_fill_color(*ACCENT)
        pdf.ellipse(x - 1.1, y - 1.1, 2.2, 2.2, style="F")
        _write(pdf, axes.left - 2, y + 1, score.title, 8, "R")
        _write(pdf, axes.left + axes.width + 2, y + 1, percent(score.value), 8, "L")


def _context(pdf: FPDF, axes: _Axes, value: float, spread: float, label: str, place: int) -> None:
    x, _y = axes.at(100 * value, 0)
    bottom, above = axes.top + axes.height, axes.top - 1.5 - 5 * place
    if spread:
        start, _y = axes.at(100 * (value - spread), 0)
        end, _y = axes.at(100 * (value + spread), 0)
        pdf.set_fill_color(*RULE)
        with pdf.local_context(fill_opacity=0.5):
            pdf.rect(start, axes.top, end - start, axes.height, style="F")
    _line(pdf, (x, above, x, bottom), MUTED, 0.3, 0.8)
    right = value > 0.5
    _write(pdf, x + (-1 if right else 1), above + 1, label, 7, "R" if right else "L", MUTED)


@height.register
def _height_heatmap(block: Heatmap) -> float:
    return CELL * len(block.classes) + 23


@draw.register
def _draw_heatmap(block: Heatmap, pdf: FPDF, left: float, top: float, width: float) -> None:
    shares = normalise(block.counts, "row")
    size = len(block.classes)
    start, first = left + LABEL, top + 9
    _write(pdf, start + CELL * size / 2, top + 3, _("Predicted"), 8)
    _write(pdf, left, first - 1.5, _("True"), 8, "L")
    for row, name in enumerate(block.classes):
        _write(pdf, start - 1.5, first + CELL * (row + 0.5) + 1, class_name(name), 8, "R")
        _write(pdf, start + CELL * (row + 0.5), first - 1.5, class_name(name), 7)
        for column in range(size):
            share = float(shares[row, column])
            color = color_at(SEQUENTIAL["light"], share)
            x, y = start + CELL * column, first + CELL * row
            pdf.set_fill_color(*rgb(color))
            pdf.rect(x + 0.2, y + 0.2, CELL - 0.4, CELL - 0.4, style="F")
            ink = rgb(readable_on(color))
            _write(pdf, x + CELL / 2, y + CELL / 2, number(100 * share, 1), 8, color=ink)
            count = number(int(block.counts[row, column]))
            _write(pdf, x + CELL / 2, y + CELL / 2 + 3.4, count, 6, color=ink)
    note = _("Large: percent of the true expression. Small: images.")
    below = first + CELL * size
    _write(pdf, start, below + 4, note, 7, "L", MUTED)
    _color_bar(pdf, start, below + 6, CELL * size)


def _color_bar(pdf: FPDF, left: float, top: float, width: float) -> None:
    """The colours of 0 to 100%, the same below every matrix."""
    steps = 100
    for step in range(steps):
        pdf.set_fill_color(*rgb(color_at(SEQUENTIAL["light"], step / (steps - 1))))
        # A hair wider than its share, or the page shows through between two steps.
        pdf.rect(left + width * step / steps, top, width / steps + 0.1, 2, style="F")
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        _write(pdf, left + width * share, top + 5, percent(share, 0), 6, color=MUTED)


@height.register
def _height_diagram(block: Diagram) -> float:
    return PLOT_HEIGHT + 16


@draw.register
def _draw_diagram(block: Diagram, pdf: FPDF, left: float, top: float, width: float) -> None:
    axes = _Axes(left + 10, top + 5, 0.62 * width, PLOT_HEIGHT, (0, 100), (0, 100))
    axes.frame(pdf, _("Confidence (%)"), _("Right (%)"), 20, 20)
    found = block.found
    for place in np.flatnonzero(found.count):
        x, y = axes.at(100 * found.edges[place], 100 * found.accuracy[place])
        end, floor = axes.at(100 * found.edges[place + 1], 0)
        pdf.set_fill_color(*ACCENT)
        with pdf.local_context(fill_opacity=0.45):
            pdf.rect(x + 0.2, y, end - x - 0.4, floor - y, style="F")
    _line(pdf, (*axes.at(0, 0), *axes.at(100, 100)), MUTED, 0.3, 0.8)
    side = axes.left + axes.width + 5
    for step, text in enumerate(
        (
            _("ECE {ece}").format(ece=percent(found.ece)),
            _("Bars below the line: overconfident"),
            _("Bars above it: underconfident"),
        )
    ):
        _write(pdf, side, axes.top + 5 + 5 * step, text, 8, "L", MUTED if step else TEXT)


@height.register
def _height_curves(block: Curves) -> float:
    return PLOT_HEIGHT + 16


@draw.register
def _draw_curves(block: Curves, pdf: FPDF, left: float, top: float, width: float) -> None:
    rows = [row for run in block.runs for row in run.history.epochs]
    values = [100 * value for row in rows for value in (row.accuracy, row.val_accuracy)]
    low, high = max(min(values) - 2, 0), min(max(values) + 2, 100)
    last = max(row.epoch for row in rows)
    axes = _Axes(left + 10, top + 5, 0.62 * width, PLOT_HEIGHT, (1, max(last, 2)), (low, high))
    axes.frame(pdf, _("Epoch"), _("Accuracy (%)"), max(_step(last, 8), 1), _step(high - low, 6))
    for run in block.runs:
        epochs = run.history.epochs
        _path(pdf, [axes.at(row.epoch, 100 * row.accuracy) for row in epochs], BAD, 0.8)
        _path(pdf, [axes.at(row.epoch, 100 * row.val_accuracy) for row in epochs], ACCENT, 0)
        kept = epochs[run.history.best_epoch - 1]
        x, y = axes.at(kept.epoch, 100 * kept.val_accuracy)
        pdf.set_fill_color(*ACCENT)
        pdf.ellipse(x - 1.2, y - 1.2, 2.4, 2.4, style="F")
    side = axes.left + axes.width + 5
    for step, (text, color, dash) in enumerate(
        ((_("validation, kept epoch marked"), ACCENT, 0.0), (_("training"), BAD, 0.8))
    ):
        y = axes.top + 5 + 5 * step
        _line(pdf, (side, y - 1, side + 6, y - 1), color, 0.6, dash)
        _write(pdf, side + 8, y, text, 8, "L")


def _path(pdf: FPDF, points: Sequence[tuple[float, float]], color: Color, dash: float) -> None:
    pdf.set_draw_color(*color)
    pdf.set_line_width(0.5)
    pdf.set_dash_pattern(dash=dash, gap=dash)
    pdf.polyline(points)
    pdf.set_dash_pattern()
