from __future__ import annotations

import numpy as np

from core.figures import live
from core.figures.labels import class_label
from core.labels import CLASSES

ROWS = [np.full(7, 1 / 7), np.eye(7)[3], np.eye(7)[3], np.eye(7)[5]]


def test_a_line_for_each_class_that_stops_at_zero() -> None:
    figure = live.timeline([-3.0, -2.5, -0.5, 0.0], ROWS, CLASSES).figure
    assert [line.name for line in figure.data] == [class_label(name) for name in CLASSES]
    happy = figure.data[3]
    assert happy.x[0] == -3.0
    assert happy.x[-1] == 0.0
    assert happy.y[1] == 100
    assert list(figure.layout.xaxis.range) == [-10, 0]
    assert "before now" in figure.layout.xaxis.title.text


def test_the_line_is_interrupted_where_the_face_was_away() -> None:
    figure = live.timeline([-3.0, -2.5, -0.5, 0.0], ROWS, CLASSES).figure
    assert [bool(np.isnan(value)) for value in figure.data[0].y] == [0, 0, 1, 0, 0]


def test_a_single_moment_and_none() -> None:
    assert len(live.timeline([0.0], ROWS[:1], CLASSES).figure.data[0].x) == 1
    assert len(live.timeline([], [], CLASSES, "light").figure.data) == 7


def test_in_a_sentence() -> None:
    assert live.describe(ROWS[1:], CLASSES) == "Most often 😄 Happy: 67% of the time."
    assert "No face" in live.describe([], CLASSES)
