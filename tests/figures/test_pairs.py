"""Bars of confused pairs and bubbles of costs: numbers, clicks, words."""

from __future__ import annotations

import numpy as np
import pytest

from core.evaluation.pairs import confused_pairs
from core.figures import pairs, theme, tradeoff
from core.figures.entries import Score
from core.figures.tradeoff import Priced
from core.labels import CLASSES
from tests.evaluation.test_upload import PUBLISHED

RANKED = confused_pairs(np.array(PUBLISHED))


@pytest.mark.parametrize("mode", theme.MODES)
def test_every_bar_names_the_cell_that_it_counts(mode: theme.Mode) -> None:
    figure = pairs.bars(RANKED, CLASSES, mode).figure
    total = 0
    for bar in figure.data:
        for length, (true, predicted) in zip(bar.x, bar.customdata, strict=True):
            assert length == PUBLISHED[CLASSES.index(true)][CLASSES.index(predicted)]
            total += length
    assert total == 3589 - sum(PUBLISHED[i][i] for i in range(7))
    sums = np.sum([bar.x for bar in figure.data], axis=0)
    assert (np.diff(sums) <= 0).all(), "the most confused pair stands first"


def test_table_and_sentence() -> None:
    frame = pairs.table(RANKED, CLASSES)
    assert list(frame.iloc[0][["first", "second", "both"]]) == ["sad", "neutral", 169]
    assert frame.iloc[0]["share_of_first"] == 91 / 653
    assert pairs.describe(RANKED, CLASSES) == (
        "Most confused: Sad and Neutral, 169 mistakes in both directions together."
    )
    assert pairs.describe([], CLASSES) == "No class is taken for another."
    assert list(pairs.table([], CLASSES).columns) == list(frame.columns)


def priced(name: str, accuracy: float, parameters: int, time: float | None = None) -> Priced:
    score = Score(name, name.title(), accuracy, accuracy - 0.02, accuracy + 0.02)
    return Priced(score, parameters, parameters / 1e6, time, time)


SMALL, GOOD, BAD = (
    priced("small", 0.6, 1_000_000, 2.0),
    priced("good", 0.7, 15_000_000, 9.0),
    priced("bad", 0.65, 20_000_000),
)


@pytest.mark.parametrize("by", ["parameters", "megabytes"])
def test_front_joins_what_none_beats(by: tradeoff.Cost) -> None:
    figure = tradeoff.bubbles([BAD, GOOD, SMALL], by).figure
    front = figure.data[0]
    assert front.mode == "lines"
    assert list(front.x) == [1, 15]
    assert list(front.y) == pytest.approx([60, 70])
    assert tradeoff.describe([BAD, GOOD, SMALL], by).endswith("than: Good, Small.")
    sizes = [bubble.marker.size for bubble in figure.data[1:]]
    assert sizes[0] > sizes[1] > sizes[2]
    assert sizes[2] >= 12, "the smallest can still be pointed at"


def test_networks_without_a_time_are_left_out() -> None:
    figure = tradeoff.bubbles([BAD, GOOD, SMALL], "single_ms").figure
    assert [bubble.name for bubble in figure.data[1:]] == ["Good", "Small"]
    assert list(figure.data[1].x) == [9.0]
    low, high = figure.layout.xaxis.range
    assert low < np.log10(2) < np.log10(9) < high
    assert tradeoff.describe([BAD], "batch_ms") == "Nothing was measured."
    assert len(tradeoff.table([BAD, GOOD, SMALL])) == 3


def test_names_of_bubbles_that_lie_together_stand_below_each_other() -> None:
    near = [priced(name, 0.69 + step / 1000, 15_000_000) for step, name in enumerate("abc")]
    figure = tradeoff.bubbles([SMALL, *near]).figure
    low, high = figure.layout.yaxis.range
    heights = {
        note.text: note.yshift + tradeoff.PLOT * (note.y - low) / (high - low)
        for note in figure.layout.annotations
    }
    assert set(heights) == {"A", "B", "C", "Small"}
    assert heights["C"] - heights["B"] >= tradeoff.LINE - 1
    assert heights["B"] - heights["A"] >= tradeoff.LINE - 1
    alone = {note.text: note.yshift for note in figure.layout.annotations}
    assert alone["C"] == alone["Small"] == tradeoff.LIFT


def test_one_network_needs_no_front() -> None:
    assert [trace.name for trace in tradeoff.bubbles([GOOD]).figure.data] == ["Good"]
    assert not tradeoff.bubbles([]).figure.data
