"""A report as one web page that works without a network: style, figures and Plotly inside."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import singledispatch
from html import escape

import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

from core.figures import accuracy, confusion, learning, reliability, theme
from core.figures.chart import Chart
from core.report.blocks import (
    Block,
    Bullets,
    Curves,
    Diagram,
    Dots,
    Heading,
    Heatmap,
    Paragraph,
    Table,
)
from core.text import _, language

MODE: theme.Mode = "light"

_STYLE = """
:root { color-scheme: light; }
body { font: 16px/1.55 system-ui, "Segoe UI", Helvetica, Arial, sans-serif; color: INK;
  background: PAPER; max-width: 60rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.9rem; line-height: 1.2; }
h2 { font-size: 1.4rem; margin-top: 2.6rem; border-top: 1px solid GRID; padding-top: 1.2rem; }
h3 { font-size: 1.1rem; margin-top: 1.6rem; }
nav ul { columns: 2 16rem; padding-left: 1.2rem; }
a { color: ACCENT; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; margin: .8rem 0; }
th, td { padding: .35rem .6rem; border-bottom: 1px solid GRID; text-align: right; }
th:first-child, td:first-child { text-align: left; }
thead th { vertical-align: bottom; }
td { font-variant-numeric: tabular-nums; }
.note, figcaption { color: MUTED; font-size: .9rem; }
figure { margin: 1rem 0; break-inside: avoid; }
@media print {
  body { max-width: none; padding: 0; font-size: 10.5pt; }
  h2, h3 { break-after: avoid; }
  table, ul { break-inside: avoid; }
  .scroll { overflow: visible; }
  .modebar { display: none !important; }
}
"""


def render(blocks: Iterable[Block]) -> str:
    """The blocks as a complete HTML document in the language of the moment."""
    blocks = list(blocks)
    title = next(block.text for block in blocks if isinstance(block, Heading))
    body = [_draw(block) for block in blocks]
    body.insert(1, _contents(blocks))
    return (
        f'<!DOCTYPE html>\n<html lang="{language()}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{_style()}</style>\n"
        f"<script>{get_plotlyjs()}</script>\n</head>\n<body>\n"
        + "\n".join(body)
        + "\n</body>\n</html>\n"
    )


def _style() -> str:
    ink = theme.INKS[MODE]
    colors = {"INK": ink.text, "PAPER": ink.paper, "GRID": ink.grid, "ACCENT": ink.accent}
    style = _STYLE
    for name, color in {**colors, "MUTED": ink.muted}.items():
        style = style.replace(name, color)
    return style


def _anchor(text: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in text.lower())


def _contents(blocks: list[Block]) -> str:
    titles = [block.text for block in blocks if isinstance(block, Heading) and block.level == 2]
    links = "".join(f'<li><a href="#{_anchor(text)}">{escape(text)}</a></li>' for text in titles)
    return f'<nav aria-label="{escape(_("Contents"))}"><ul>{links}</ul></nav>'


@singledispatch
def _draw(block: Block) -> str:
    raise TypeError(f"No way to draw {type(block).__name__}.")


@_draw.register
def _heading(block: Heading) -> str:
    level = block.level
    mark = f' id="{_anchor(block.text)}"' if level == 2 else ""
    return f"<h{level}{mark}>{escape(block.text)}</h{level}>"


@_draw.register
def _paragraph(block: Paragraph) -> str:
    return f"<p>{escape(block.text)}</p>"


@_draw.register
def _bullets(block: Bullets) -> str:
    return "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in block.lines) + "</ul>"


@_draw.register
def _table(block: Table) -> str:
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in block.header)
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(text)}</td>" for text in row) + "</tr>" for row in block.rows
    )
    note = f'<p class="note">{escape(block.note)}</p>' if block.note else ""
    return (
        f'<div class="scroll"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>{note}"
    )


@_draw.register
def _dots(block: Dots) -> str:
    return _figure(accuracy.dots(block.scores, block.context, MODE), block.key)


@_draw.register
def _heatmap(block: Heatmap) -> str:
    return _figure(confusion.matrix(block.counts, block.classes, "row", MODE), block.key)


@_draw.register
def _diagram(block: Diagram) -> str:
    return _figure(reliability.diagram(block.found, mode=MODE), block.key)


@_draw.register
def _curves(block: Curves) -> str:
    return _figure(learning.curves(block.runs, "accuracy", MODE), block.key)


def _figure(chart: Chart, key: str) -> str:
    # A figure that was kept since the last report has its properties in another order.
    ordered = go.Figure(json.loads(json.dumps(json.loads(chart.figure.to_json()), sort_keys=True)))
    drawn = ordered.to_html(
        full_html=False,
        include_plotlyjs=False,
        div_id=key,
        config={"displaylogo": False, "responsive": True, "modeBarButtons": [["toImage"]]},
    )
    return f"<figure>{drawn}<figcaption>{escape(chart.sentence)}</figcaption></figure>"
