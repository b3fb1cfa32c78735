from __future__ import annotations

import numpy as np

from core.figures.batch import (
    Answers,
    confidence,
    confidence_table,
    counts,
    counts_table,
    describe_confidence,
    describe_counts,
    over_time,
    time_table,
)
from core.labels import CLASSES

NETWORKS = [
    Answers("one", "One", ["happy", "happy", "sad"], np.array([0.9, 0.5, 1.0])),
    Answers("two", "Two", ["sad", "fear", "sad"], np.array([0.4, 0.3, 0.2])),
]


def test_every_face_is_counted_once() -> None:
    figure = counts(NETWORKS, CLASSES).figure
    assert [sum(bar.x) for bar in figure.data] == [3, 3]
    assert list(figure.data[0].x) == [0, 0, 0, 2, 1, 0, 0]
    assert counts_table(NETWORKS, CLASSES)["two"].sum() == 3
    assert describe_counts(NETWORKS[:1], CLASSES) == "One: most often Happy, 2 of 3 faces."


def test_every_confidence_falls_into_a_step() -> None:
    frame = confidence_table(NETWORKS)
    assert frame[["one", "two"]].sum().tolist() == [3, 3]
    assert frame["one"].iloc[-1] == 1
    assert len(confidence(NETWORKS).figure.data) == 2
    assert "One: half of the answers are at least 90% sure." in describe_confidence(NETWORKS)


def test_probabilities_over_time_are_percent() -> None:
    shares = {"happy": [0.25, 0.5], "sad": [0.75, 0.5]}
    figure = over_time([0.0, 1.5], shares, "film.mp4").figure
    assert [list(line.y) for line in figure.data] == [[25, 50], [75, 50]]
    assert time_table([0.0, 1.5], shares)["seconds"].tolist() == [0.0, 1.5]
