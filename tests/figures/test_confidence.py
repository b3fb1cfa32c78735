"""Confidence of right and wrong predictions as figures."""

from __future__ import annotations

import numpy as np
import pytest

from core.evaluation.confidence import bands, gap
from core.figures import confidence, theme
from tests.factories import make_table

TABLE = make_table(seed=3)
P, Y = TABLE.probabilities, TABLE.label


@pytest.mark.parametrize("mode", theme.MODES)
def test_two_hills_of_a_hundred_percent_each_and_their_means(mode: theme.Mode) -> None:
    figure = confidence.distribution(P, Y, mode).figure
    right, wrong = figure.data
    assert sum(right.y[:-1]) == pytest.approx(100)
    assert sum(wrong.y[:-1]) == pytest.approx(100)
    found = gap(P, Y)
    assert [line.x0 for line in figure.layout.shapes] == pytest.approx(
        [100 * found.right, 100 * found.wrong]
    )
    assert right.line.dash != wrong.line.dash
    assert figure.layout.xaxis.title.text == "Confidence (%)"


def test_distribution_without_errors_marks_one_mean() -> None:
    figure = confidence.distribution(np.eye(3), np.arange(3)).figure
    assert len(figure.layout.shapes) == 1
    assert sum(figure.data[1].y) == 0


def test_distribution_table_counts_every_prediction() -> None:
    frame = confidence.distribution_table(P, Y)
    assert frame[["right", "wrong"]].to_numpy().sum() == len(Y)
    assert frame["to"].iloc[-1] == 1


def test_bands_stack_to_all_predictions_and_say_their_error_rate() -> None:
    found = bands(P, Y)
    figure = confidence.by_band(found).figure
    right, wrong = figure.data
    assert sum(right.x) + sum(wrong.x) == len(Y)
    assert list(wrong.y) == ["below 60%", "60% to 80%", "80% and above"]
    rates = [note.text for note in figure.layout.annotations]
    assert rates == [f"{100 * band.error_rate:.0f}% wrong" for band in found]
    assert figure.layout.barmode == "stack"


def test_an_empty_band_has_no_error_rate() -> None:
    found = bands(np.array([[0.9, 0.1]]), np.array([0]))
    assert len(confidence.by_band(found).figure.layout.annotations) == 1
    assert confidence.band_table(found)["images"].tolist() == [0, 0, 1]


@pytest.mark.parametrize(
    ("probabilities", "label", "sentence"),
    [
        (
            np.array([[0.9, 0.1], [0.6, 0.4]]),
            np.array([0, 1]),
            "Mean confidence is 90.0% where the network is right and 60.0% where it is wrong.",
        ),
        (np.eye(2), np.arange(2), "All predictions are right, or all are wrong."),
    ],
)
def test_gap_in_a_sentence(probabilities: np.ndarray, label: np.ndarray, sentence: str) -> None:
    assert confidence.describe_gap(probabilities, label) == sentence


def test_bands_in_a_sentence() -> None:
    found = bands(np.array([[0.9, 0.1], [0.55, 0.45]]), np.array([0, 1]))
    assert confidence.describe_bands(found) == (
        "Errors by confidence. below 60%: 1 of 1 wrong; 60% to 80%: 0 of 0 wrong; "
        "80% and above: 0 of 1 wrong."
    )
