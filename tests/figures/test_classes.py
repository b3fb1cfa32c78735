"""Bars of each class's scores with their intervals."""

from __future__ import annotations

import numpy as np
import pytest

from core.evaluation.metrics import SCORES, ClassScore, class_interval, f1, recall
from core.figures import classes, theme
from core.figures.entries import Matrix
from core.labels import CLASSES
from tests.evaluation.test_metrics import PUBLISHED

THREE = Matrix("three", "Three", [[30, 5, 5], [4, 60, 6], [1, 2, 37]], ["angry", "sad", "surprise"])
SEVEN = Matrix("seven", "Seven", PUBLISHED, CLASSES)


@pytest.mark.parametrize("mode", theme.MODES)
@pytest.mark.parametrize("score", list(SCORES))
def test_bars_and_whiskers_are_the_scores_and_their_intervals(
    score: ClassScore, mode: theme.Mode
) -> None:
    figure = classes.per_class([SEVEN, THREE], score, mode).figure
    bar = figure.data[0]
    low, high = class_interval(PUBLISHED, score)
    np.testing.assert_allclose(bar.x, 100 * SCORES[score](PUBLISHED))
    np.testing.assert_allclose(bar.x - bar.error_x.arrayminus, 100 * low)
    np.testing.assert_allclose(bar.x + bar.error_x.array, 100 * high)
    assert (bar.error_x.array >= 0).all()
    assert (bar.error_x.arrayminus >= 0).all()
    assert classes.score_name(score) in figure.layout.xaxis.title.text


def test_networks_differ_by_pattern_too() -> None:
    figure = classes.per_class([SEVEN, THREE]).figure
    assert figure.data[0].marker.pattern.shape != figure.data[1].marker.pattern.shape
    assert [trace.name for trace in figure.data] == ["Seven", "Three"]


def test_classes_keep_their_order_whichever_network_comes_first() -> None:
    figure = classes.per_class([THREE, SEVEN]).figure
    found = list(figure.layout.yaxis.categoryarray)
    assert [label.split()[1].lower() for label in found] == list(CLASSES)
    assert len(figure.data[0].y) == 3


def test_more_networks_make_a_higher_figure() -> None:
    one, two = classes.per_class([SEVEN]).figure, classes.per_class([SEVEN, THREE]).figure
    assert two.layout.height > one.layout.height


def test_table_has_scores_with_intervals() -> None:
    found = classes.table([SEVEN, THREE])
    assert len(found) == 10
    happy = found[(found["network"] == "seven") & (found["class"] == "happy")].iloc[0]
    assert happy["support"] == 895
    assert happy["recall"] == pytest.approx(recall(PUBLISHED)[3])
    assert happy["f1_low"] < f1(PUBLISHED)[3] < happy["f1_high"]


def test_description_names_best_and_worst() -> None:
    assert classes.describe([SEVEN], "recall") == (
        "Seven: Recall is highest for Happy (89.1%) and lowest for Fear (57.3%)."
    )
