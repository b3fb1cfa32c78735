"""Learning curves show the numbers of the history and star the epoch that was kept."""

from __future__ import annotations

import plotly.graph_objects as go
import pytest

from core.figures import learning, theme
from core.figures.entries import Curve
from tests.factories import make_history

RUNS = [
    Curve("one", "One", make_history("one", epochs=12, best=8)),
    Curve("two", "Two", make_history("two", epochs=20, best=5)),
]


def stars(figure: go.Figure) -> list[tuple[int, float]]:
    return [
        (trace.x[0], trace.y[0])
        for trace in figure.data
        if trace.marker.symbol == "star" and trace.x[0] is not None
    ]


@pytest.mark.parametrize("mode", theme.MODES)
@pytest.mark.parametrize("metric", learning.METRICS)
def test_curves_are_those_of_the_history(metric: learning.Metric, mode: theme.Mode) -> None:
    figure = learning.curves(RUNS, metric, mode).figure
    training, validation = figure.data[:2]
    rows = RUNS[0].history.epochs
    if metric == "accuracy":
        assert list(training.y) == [100 * row.accuracy for row in rows]
        assert list(validation.y) == [100 * row.val_accuracy for row in rows]
    else:
        assert list(training.y) == [row.loss for row in rows]
        assert list(validation.y) == [row.val_loss for row in rows]
    assert list(validation.x) == list(range(1, 13))
    assert figure.layout.xaxis.title.text == "Epoch"
    assert figure.layout.yaxis.title.text == learning.metric_title(metric)


def test_seeds_span_a_band_over_their_shared_epochs() -> None:
    others = [make_history("one", epochs=10, seed=1), make_history("one", epochs=14, seed=2)]
    run = Curve("one", "One", RUNS[0].history, others)
    band = learning.curves([run]).figure.data[0]
    runs = [[100 * row.val_accuracy for row in item.epochs] for item in (run.history, *others)]
    assert list(band.x) == [*range(1, 11), *range(10, 0, -1)]
    assert list(band.y[:10]) == [max(values) for values in zip(*runs, strict=False)]
    assert list(band.y[:9:-1]) == [min(values) for values in zip(*runs, strict=False)]
    assert all(trace.fill is None for trace in learning.curves(RUNS).figure.data)


def test_star_marks_the_kept_epoch_not_the_last() -> None:
    found = stars(learning.curves(RUNS).figure)
    assert found == [
        (8, 100 * RUNS[0].history.epochs[7].val_accuracy),
        (5, 100 * RUNS[1].history.epochs[4].val_accuracy),
    ]


def test_training_and_validation_differ_by_dash_and_networks_by_symbol() -> None:
    traces = learning.curves(RUNS).figure.data
    assert traces[0].line.dash == traces[2].line.dash == "dot"
    assert traces[1].line.dash is None
    assert traces[1].marker.symbol != traces[3].marker.symbol


def test_legend_names_each_network_once_and_explains_the_signs() -> None:
    shown = [
        trace.name for trace in learning.curves(RUNS).figure.data if trace.showlegend is not False
    ]
    assert shown == ["One", "Two", "training", "validation", "kept weights"]


def test_symbols_do_not_crowd_a_long_run() -> None:
    run = Curve("long", "Long", make_history("long", epochs=300, best=200))
    sizes = learning.curves([run]).figure.data[1].marker.size
    assert 5 <= sum(size > 0 for size in sizes) <= 2 * learning.MARKS


def test_stage_boundary_lies_between_two_epochs_and_is_named_for_one_network() -> None:
    alone, both = learning.curves(RUNS[:1]).figure, learning.curves(RUNS).figure
    assert [shape.x0 for shape in alone.layout.shapes] == [4.5]
    assert [note.text for note in alone.layout.annotations] == ["stage 'all layers'"]
    assert [shape.x0 for shape in both.layout.shapes] == [4.5, 6.5]
    assert not both.layout.annotations


@pytest.mark.parametrize("metric", learning.METRICS)
def test_gap_is_positive_where_the_network_overfits(metric: learning.Metric) -> None:
    figure = learning.gap(RUNS, metric).figure
    last = RUNS[0].history.epochs[-1]
    expected = (
        100 * (last.accuracy - last.val_accuracy)
        if metric == "accuracy"
        else last.val_loss - last.loss
    )
    assert figure.data[0].y[-1] == pytest.approx(expected)
    assert figure.data[0].y[-1] > 0


def test_learning_rate_of_zero_leaves_a_hole_in_the_logarithm() -> None:
    history = RUNS[0].history
    stopped = history.epochs[-1].model_copy(update={"learning_rate": 0.0})
    changed = history.model_copy(update={"epochs": [*history.epochs[:-1], stopped]})
    figure = learning.learning_rate([Curve("one", "One", changed)]).figure
    assert figure.layout.yaxis.type == "log"
    assert figure.data[0].y[-1] is None
    assert figure.data[0].y[0] == history.epochs[0].learning_rate


def test_one_epoch_can_be_drawn() -> None:
    run = Curve("short", "Short", make_history("short", epochs=1, best=1))
    for figure in (
        learning.curves([run]).figure,
        learning.gap([run]).figure,
        learning.learning_rate([run]).figure,
    ):
        assert len(figure.data[0].x) == 1


def test_table_has_a_row_an_epoch() -> None:
    found = learning.table(RUNS)
    assert len(found) == 32
    kept = found[found["kept"]]
    assert kept["network"].tolist() == ["one", "two"]
    assert kept["epoch"].tolist() == [8, 5]


def test_description_names_the_kept_epoch() -> None:
    assert "One: 12 epochs, weights kept from epoch 8" in learning.describe(RUNS)


@pytest.mark.parametrize("weight", [0.0, 0.5, 0.9])
def test_smoothing_starts_at_the_first_value_and_keeps_a_constant(weight: float) -> None:
    assert learning.smoothed([3.0, 5.0], weight)[0] == pytest.approx(3.0)
    assert learning.smoothed([2.0] * 6, weight) == pytest.approx([2.0] * 6)
    assert learning.smoothed([], weight) == []


def test_smoothing_is_the_corrected_moving_average() -> None:
    # (0.5 * 1 + 1 * 4) / 1.5 and (0.25 * 1 + 0.5 * 4 + 1 * 7) / 1.75
    assert learning.smoothed([1.0, 4.0, 7.0], 0.5) == pytest.approx([1.0, 3.0, 9.25 / 1.75])


def test_raw_curves_stay_behind_the_smoothed_ones_and_the_star_in_place() -> None:
    raw, smooth = learning.curves(RUNS).figure, learning.curves(RUNS, smoothing=0.6).figure
    assert len(smooth.data) == len(raw.data) + 2 * len(RUNS)
    assert list(smooth.data[1].y) == list(raw.data[1].y)
    assert list(smooth.data[5].y) != list(raw.data[1].y)
    assert stars(smooth) == stars(raw)
    assert [trace.showlegend for trace in smooth.data[:4]] == [False] * 4


def test_seconds_of_every_epoch() -> None:
    figure = learning.seconds(RUNS).figure
    assert list(figure.data[0].y) == [row.seconds for row in RUNS[0].history.epochs]
