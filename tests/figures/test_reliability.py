"""The reliability diagram."""

from __future__ import annotations

import numpy as np
import pytest

from core.evaluation.calibration import reliability
from core.figures import reliability as figures
from core.figures import theme
from core.roles import apply_temperature
from tests.factories import make_table

TABLE = make_table(seed=5)
FOUND = reliability(TABLE.probabilities, TABLE.label)


@pytest.mark.parametrize("mode", theme.MODES)
def test_a_bar_for_every_group_with_images(mode: theme.Mode) -> None:
    figure = figures.diagram(FOUND, mode=mode).figure
    bars = figure.data[0]
    there = FOUND.count > 0
    assert bars.y == pytest.approx(100 * FOUND.accuracy[there])
    share = figure.data[-1]
    assert sum(share.y) == pytest.approx(100)
    assert share.yaxis == "y2"


def test_another_state_is_drawn_as_a_line() -> None:
    moved = reliability(apply_temperature(TABLE.probabilities, 2.0), TABLE.label)
    with_line, without = figures.diagram(moved, FOUND).figure, figures.diagram(moved).figure
    assert len(with_line.data) == len(without.data) + 1
    line = next(trace for trace in with_line.data if trace.name == "as the network states it")
    assert line.x == pytest.approx(100 * FOUND.confidence[FOUND.count > 0])


def test_table_and_description() -> None:
    frame = figures.table(FOUND)
    assert frame["images"].sum() == len(TABLE.label)
    text = figures.describe(FOUND)
    assert f"calibration error {100 * FOUND.ece:.1f}%" in text
    assert f"{len(TABLE.label)} predictions" in text


def test_nothing_to_draw() -> None:
    empty = reliability(np.zeros((0, 2)), np.zeros(0, int))
    assert figures.describe(empty) == "No predictions."
    assert len(figures.diagram(empty).figure.data[0].y) == 0
