"""Coverage against accuracy."""

from __future__ import annotations

import pytest

from core.evaluation.calibration import coverage_accuracy
from core.figures import coverage, theme
from core.figures.coverage import FIRST, POINTS, Selective
from tests.factories import make_table


def network(name: str, seed: int, n: int = 2800) -> Selective:
    table = make_table(seed=seed, n=n)
    return Selective(name, name.title(), coverage_accuracy(table.probabilities, table.label))


@pytest.mark.parametrize("mode", theme.MODES)
def test_a_line_and_a_mark_each(mode: theme.Mode) -> None:
    networks = [network("one", 1), network("two", 2)]
    figure = coverage.curves(networks, 0.6, mode).figure
    lines = [trace for trace in figure.data if trace.mode == "lines"]
    marks = [trace for trace in figure.data if trace.mode == "markers"]
    assert [line.name for line in lines] == ["One", "Two"]
    assert lines[0].line.dash != lines[1].line.dash or lines[0].line.color != lines[1].line.color
    for line, mark, item in zip(lines, marks, networks, strict=True):
        assert len(line.x) <= POINTS
        assert line.x[-1] == 100
        assert line.x[0] >= 100 * FIRST
        answered, right = item.coverage.at(0.6)
        assert (mark.x[0], mark.y[0]) == (100 * answered, 100 * right)


@pytest.mark.parametrize("threshold", [None, 1.0])
def test_no_mark_where_nothing_is_answered(threshold: float | None) -> None:
    figure = coverage.curves([network("one", 1)], threshold).figure
    assert len(figure.data) == 1


def test_few_images() -> None:
    figure = coverage.curves([network("one", 1, n=7)]).figure
    assert len(figure.data[0].x) == 7


def test_table_and_description() -> None:
    item = network("one", 1)
    frame = coverage.table([item])
    assert frame["coverage"].is_monotonic_increasing
    assert frame["threshold"].is_monotonic_decreasing
    answered, right = item.coverage.at(0.6)
    assert coverage.describe([item], 0.6) == (
        f"One, answering only when at least 60% sure, answers {100 * answered:.1f}% of the "
        f"images and is right in {100 * right:.1f}% of its answers."
    )
    assert coverage.describe([item], 1.0) == "One is never 100% sure."
    assert coverage.table([]).empty
