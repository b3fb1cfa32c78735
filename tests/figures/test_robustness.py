from __future__ import annotations

import numpy as np
import pytest

from core.evaluation.conformal import SetCheck
from core.figures import robustness, sets
from core.figures.entries import Score
from core.figures.robustness import Course, Held
from core.text import LANGUAGES, in_language


def score(value: float, name: str = "a") -> Score:
    return Score(name, name.upper(), value, value - 0.02, value + 0.03)


@pytest.mark.parametrize("language", LANGUAGES)
def test_tradeoff_draws_both_accuracies_with_whiskers(language: str) -> None:
    held = [Held(score(0.7), score(0.5)), Held(score(0.6, "b"), score(0.55, "b"))]
    with in_language(language):
        chart = robustness.tradeoff(held, "light")
    figure = chart.figure
    assert [round(trace.x[0]) for trace in figure.data] == [70, 60]
    assert [round(trace.y[0]) for trace in figure.data] == [50, 55]
    assert figure.data[0].error_y.array[0] == pytest.approx(3)
    assert chart.table is not None
    assert chart.table["changed"].tolist() == [0.5, 0.55]
    with in_language("en"):
        sentence = robustness.tradeoff(held).sentence
    assert sentence.index("B 60") < sentence.index("A 70")


def test_courses_fill_the_gap_of_one_network_only() -> None:
    one = Course("a", "A", [0, 5, 10], [score(0.7), score(0.4), score(0.2)], [0.7, 0.6, 0.9])
    other = Course("b", "B", [0, 5, 10], [score(0.6), score(0.5), score(0.4)], [0.6, 0.5, 0.4])
    chart = robustness.courses([one], "Noise", "px")
    together = robustness.courses([one, other], "Noise", "px")
    alone = chart.figure
    assert [trace.fill for trace in alone.data] == [None, "tonexty"]
    assert not any(trace.fill for trace in together.figure.data)
    assert list(alone.data[1].y) == [70, 60, 90]
    assert together.table is not None
    assert len(together.table) == 6
    assert "sure 70.0% and 90.0%" in chart.sentence


def test_losses_are_points_below_clean() -> None:
    values = np.array([[0.6, 0.5], [0.7, 0.71]])
    chart = robustness.losses(["x", "y"], values, 0.7, "Lost.")
    figure = chart.figure
    assert [list(row) for row in figure.data[0].text] == [["10", "20"], ["0", "\u22121"]]
    assert figure.data[0].z[1][1] == 0
    assert chart.table is not None
    assert chart.table["2"].tolist() == [0.5, 0.71]


def test_set_sizes_add_up_to_all_images() -> None:
    found = SetCheck(
        n=10,
        covered=9,
        sizes=np.array([5, 3, 2]),
        class_n=np.array([4, 6, 0]),
        class_covered=np.array([3, 6, 0]),
        class_size=np.array([2.0, 1.5, np.nan]),
    )
    drawn = [sets.Sets("a", "A", found)]
    chart = sets.sizes(drawn)
    assert sum(trace.x[0] for trace in chart.figure.data) == pytest.approx(100)
    assert chart.table is not None
    assert chart.table["mean_size"].iloc[0] == pytest.approx(1.7)
    assert chart.sentence.endswith("A 1.70.")
    assert np.isnan(sets.class_table(found, ["x", "y", "z"])["coverage"].iloc[2])
