"""Dots with intervals, and the lines they are compared with."""

from __future__ import annotations

import pytest

from core.figures import accuracy, theme
from core.figures.accuracy import Context
from core.figures.entries import Score

SCORES = [Score("a", "Good", 0.70, 0.68, 0.72), Score("b", "Better", 0.73, 0.71, 0.75)]
CONTEXT = [
    Context("people", 0.65, 0.05, "a small informal study"),
    Context("always happy", 0.245),
]


@pytest.mark.parametrize("mode", theme.MODES)
def test_dots_are_sorted_and_carry_their_intervals(mode: theme.Mode) -> None:
    figure = accuracy.dots(SCORES, mode=mode).figure
    good, better = figure.data
    assert (good.name, better.name) == ("Good", "Better")
    assert good.y[0] < better.y[0]
    assert better.x[0] - better.error_x.arrayminus[0] == pytest.approx(71)
    assert better.x[0] + better.error_x.array[0] == pytest.approx(75)
    assert list(figure.layout.yaxis.ticktext) == ["Good", "Better"]
    assert good.marker.symbol != better.marker.symbol


def test_axis_reaches_every_line_and_band() -> None:
    low, high = accuracy.dots(SCORES, CONTEXT).figure.layout.xaxis.range
    assert low < 24.5
    assert high > 75
    near = accuracy.dots(SCORES).figure.layout.xaxis.range
    assert near[0] > 60


def test_axis_stays_within_percent() -> None:
    figure = accuracy.dots(
        [Score("a", "All", 1.0, 0.99, 1.0), Score("b", "None", 0, 0, 0.01)]
    ).figure
    assert list(figure.layout.xaxis.range) == [0, 100]


def test_context_is_labelled_with_its_number_and_explained() -> None:
    figure = accuracy.dots(SCORES, CONTEXT).figure
    assert [note.text for note in figure.layout.annotations] == [
        "always happy 24.5%",
        "people 65.0 \u00b1 5.0%",
    ]
    assert any("a small informal study" in str(trace.hovertemplate) for trace in figure.data)
    bands = [shape for shape in figure.layout.shapes if shape.type == "rect"]
    assert [(band.x0, band.x1) for band in bands] == [(60, 70)]


def test_table_and_description() -> None:
    assert accuracy.table(SCORES)["value"].tolist() == [0.70, 0.73]
    assert accuracy.describe(SCORES) == (
        "Accuracy with 95% intervals: Better 73.0% (71.0% to 75.0%); Good 70.0% (68.0% to 72.0%)."
    )
