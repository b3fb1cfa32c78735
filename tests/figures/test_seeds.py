"""Dots of runs around their mean."""

from __future__ import annotations

import pytest

from core.evaluation.results import load_all
from core.evaluation.seeds import Spread, spreads
from core.figures import seeds, theme
from tests.conftest import Lab
from tests.factories import make_seed


@pytest.fixture
def found(lab: Lab) -> list[Spread]:
    for seed in (1, 2):
        make_seed(lab.results, "plain_net", seed)
        make_seed(lab.results, "plain_net", seed, size=96)
    return spreads(load_all(), "PrivateTest")


@pytest.mark.parametrize("mode", theme.MODES)
def test_every_run_is_a_dot_around_the_mean(found: list[Spread], mode: theme.Mode) -> None:
    figure = seeds.dots(found, mode).figure
    low, high = figure.layout.xaxis.range
    for spread in found:
        runs, mean = (trace for trace in figure.data if trace.name == spread.label)
        assert list(runs.x) == [100 * run.accuracy for run in spread.runs]
        assert mean.x[0] == pytest.approx(100 * spread.mean)
        assert mean.error_x.array[0] == pytest.approx(100 * spread.deviation)
        assert low < min(runs.x)
        assert max(runs.x) < high
    assert set(figure.layout.yaxis.ticktext) == {"Plain Net, 48 px", "Plain Net, 96 px"}


def test_table_and_description(found: list[Spread]) -> None:
    table = seeds.table(found)
    assert table.groupby("size")["seed"].apply(list).to_dict() == {48: [0, 1, 2], 96: [1, 2]}
    assert "Plain Net, 48 px: 3 runs, mean accuracy" in seeds.describe(found)
