"""Accuracies with their intervals as one light chart: Home does without Plotly and pandas."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import streamlit as st

from core.text import _, percent

STEP = 0.05
"""The axis begins and ends on multiples of this share."""

_STYLE = (
    "<style>"
    ".fer-intervals{border-collapse:collapse;width:100%;font-size:.9rem}"
    ".fer-intervals th{font-weight:400;text-align:left;padding:.28rem .6rem .28rem 0;"
    "width:38%;line-height:1.25}"
    ".fer-intervals td{padding:0}"
    ".fer-intervals td.number{width:3.6rem;text-align:right;font-variant-numeric:tabular-nums}"
    ".fer-intervals .first :is(th,td){font-weight:650}"
    ".fer-intervals .track{position:relative;height:1.6rem}"
    ".fer-intervals .rail{position:absolute;left:0;right:0;top:50%;height:1px;"
    "background:currentColor;opacity:.2}"
    ".fer-intervals .range{position:absolute;top:calc(50% - 3px);height:6px;border-radius:3px;"
    "background:#7f8d97}"
    ".fer-intervals .dot{position:absolute;top:calc(50% - 6px);width:12px;height:12px;"
    "margin-left:-6px;border-radius:6px;background:#7f8d97;box-shadow:0 0 0 2px rgba(0,0,0,.25)}"
    ".fer-intervals .first :is(.range,.dot){background:#25a396}"
    ".fer-intervals .ends{display:flex;justify-content:space-between;text-align:center;"
    "font-size:.78rem;opacity:.78}"
    "</style>"
)


@dataclass(frozen=True)
class Line:
    """One network's accuracy with its 95% interval, shares in [0, 1]."""

    title: str
    value: float
    low: float
    high: float


def chart(lines: Sequence[Line]) -> str:
    """The chart as HTML: a table whose middle column draws each interval.

    Args:
        lines: non-empty, the first one stressed.
    """
    start = math.floor(min(line.low for line in lines) / STEP) * STEP
    end = math.ceil(max(line.high for line in lines) / STEP) * STEP
    width = end - start

    def place(share: float) -> str:
        return f"{100 * (share - start) / width:.2f}%"

    rows = []
    for position, line in enumerate(lines):
        spoken = _("{low} to {high}").format(low=percent(line.low), high=percent(line.high))
        rows.append(
            f'<tr{" class=first" if not position else ""}><th scope="row">{escape(line.title)}</th>'
            f'<td><div class="track" role="img" aria-label="{escape(spoken)}" '
            f'title="{escape(spoken)}"><span class="rail"></span>'
            f'<span class="range" style="left:{place(line.low)};'
            f'width:{100 * (line.high - line.low) / width:.2f}%"></span>'
            f'<span class="dot" style="left:{place(line.value)}"></span></div></td>'
            f'<td class="number">{percent(line.value)}</td></tr>'
        )
    ends = (
        f'<tr><td></td><td><div class="ends"><span>{percent(start, 0)}</span>'
        f"<span>{escape(_('accuracy, with 95% intervals'))}</span>"
        f"<span>{percent(end, 0)}</span></div></td><td></td></tr>"
    )
    return f'{_STYLE}<table class="fer-intervals">{"".join(rows)}{ends}</table>'


def draw(lines: Sequence[Line]) -> None:
    """Draw the chart."""
    st.html(chart(lines))
