from __future__ import annotations

import numpy as np
import pytest

from core.figures import probabilities
from core.figures.labels import class_label
from core.figures.probabilities import Answer, all_classes
from core.figures.theme import MODES, Mode
from core.labels import CLASSES

SEVEN = Answer("cnn_48", "CNN", CLASSES, np.array([0.01, 0.02, 0.03, 0.7, 0.04, 0.1, 0.1]))
THREE = Answer("three", "Three", ("sad", "happy", "calm"), np.array([0.5, 0.3, 0.2]))


def test_answer_in_words_of_the_network() -> None:
    assert (SEVEN.label, SEVEN.confidence) == ("happy", 0.7)
    assert THREE.label == "sad"
    assert THREE.of("happy") == pytest.approx(0.3)
    assert THREE.of("fear") is None


def test_classes_of_all_networks_in_the_order_of_the_dataset() -> None:
    assert all_classes([THREE]) == ["happy", "sad", "calm"]
    assert all_classes([THREE, SEVEN]) == [*CLASSES, "calm"]


@pytest.mark.parametrize("mode", MODES)
def test_one_bar_a_class_and_network(mode: Mode) -> None:
    figure = probabilities.bars([SEVEN, THREE], 0.5, mode).figure
    assert [trace.name for trace in figure.data] == ["CNN", "Three"]
    assert list(figure.data[0].x) == pytest.approx(list(100 * SEVEN.probabilities))
    assert list(figure.data[1].y) == [class_label(name) for name in THREE.classes]
    assert figure.layout.shapes[0].x0 == 50
    assert figure.data[0].marker.color != figure.data[1].marker.color


def test_table_holds_every_number() -> None:
    table = probabilities.table([SEVEN, THREE])
    assert len(table) == 10
    assert table[table.network == "three"].probability.sum() == pytest.approx(1)


def test_description_names_first_and_second() -> None:
    assert probabilities.describe([THREE]) == "Three: Sad 50%, then Happy 30%."
