"""Figures of the dataset hold its counts and never more than averages."""

from __future__ import annotations

import numpy as np
import pytest

from core.data.supports import SUPPORTS
from core.figures import dataset, theme
from core.labels import CLASSES

SPLITS = {name: SUPPORTS[name] for name in ("Training", "PublicTest", "PrivateTest")}


@pytest.mark.parametrize("mode", theme.MODES)
def test_counts_stack_to_the_totals(mode: theme.Mode) -> None:
    figure = dataset.counts(SPLITS, CLASSES, mode).figure
    bars = [trace for trace in figure.data if trace.type == "bar"]
    assert [bar.name for bar in bars] == list(SPLITS)
    assert sum(sum(bar.x) for bar in bars) == 35_887
    totals = figure.data[-1]
    np.testing.assert_array_equal(totals.x, np.sum(list(SPLITS.values()), axis=0))
    assert totals.text[3].strip() == "8,989"
    assert figure.layout.barmode == "stack"
    assert len({bar.marker.pattern.shape for bar in bars}) == 3


@pytest.mark.parametrize("mode", theme.MODES)
def test_shares_add_up_in_each_split(mode: theme.Mode) -> None:
    figure = dataset.shares(SPLITS, CLASSES, mode).figure
    for trace in figure.data[:3]:
        assert sum(trace.x) == pytest.approx(100)
    assert len({trace.marker.symbol for trace in figure.data[:3]}) == 3
    assert figure.layout.shapes[0].x0 == pytest.approx(100 / 7)
    assert figure.data[3].name == "equal shares, 14.3%"


def test_split_without_images_has_no_shares() -> None:
    figure = dataset.shares({"Training": [0] * 7}, CLASSES).figure
    assert sum(figure.data[0].x) == 0


def test_spread_draws_the_given_percentiles() -> None:
    row = dataset.Percentiles("happy", mean=130, p5=70, p25=105, p50=128, p75=150, p95=185)
    box = dataset.spread([row], "Brightness (0 to 255)").figure.data[0]
    found = [box.lowerfence[0], box.q1[0], box.median[0], box.q3[0], box.upperfence[0]]
    assert found == [70, 105, 128, 150, 185]
    assert box.mean[0] == 130


def test_description_names_largest_and_smallest_class() -> None:
    assert dataset.describe(SPLITS, CLASSES) == (
        "35,887 images. The largest class is Happy with 8,989, the smallest Disgust with 547: "
        "16.4 to one."
    )
