"""Confidence of right and wrong predictions, and errors by band."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.evaluation.confidence import bands, confidence, gap, right
from tests.factories import make_table

PROBABILITIES = np.array([[0.9, 0.1], [0.55, 0.45], [0.3, 0.7], [0.2, 0.8], [0.35, 0.65]])
LABEL = np.array([0, 1, 1, 0, 0])


def test_confidence_and_right() -> None:
    assert confidence(PROBABILITIES) == pytest.approx([0.9, 0.55, 0.7, 0.8, 0.65])
    assert right(PROBABILITIES, LABEL).tolist() == [True, False, True, False, False]


def test_gap() -> None:
    found = gap(PROBABILITIES, LABEL)
    assert (found.n_right, found.n_wrong) == (2, 3)
    assert found.right == pytest.approx(0.8)
    assert found.wrong == pytest.approx((0.55 + 0.8 + 0.65) / 3)
    assert found.overconfidence == pytest.approx(0.72 - 0.4)


def test_gap_without_errors_or_images() -> None:
    assert np.isnan(gap(PROBABILITIES[:1], LABEL[:1]).wrong)
    empty = gap(np.zeros((0, 2)), np.zeros(0, int))
    assert np.isnan([empty.right, empty.overall, empty.accuracy]).all()


@pytest.mark.parametrize(
    ("value", "place"),
    [
        (0.5, 0),
        (0.5999, 0),
        (0.6, 1),  # an edge belongs to the band above it
        (0.7999, 1),
        (0.8, 2),
        (1.0, 2),
    ],
)
def test_band_of_a_confidence(value: float, place: int) -> None:
    found = bands(np.array([[value, 1 - value]]), np.array([1 if value > 0.5 else 0]))
    assert [band.images for band in found] == [int(i == place) for i in range(3)]


def test_bands_of_a_table() -> None:
    low, middle, high = bands(PROBABILITIES, LABEL)
    assert (low.images, low.errors, middle.images, middle.errors) == (1, 1, 2, 1)
    assert (high.images, high.errors, high.error_rate) == (2, 1, 0.5)
    assert [band.of_errors for band in (low, middle, high)] == pytest.approx([1 / 3] * 3)


def test_bands_without_images() -> None:
    found = bands(np.zeros((0, 2)), np.zeros(0, int))
    assert [band.images for band in found] == [0, 0, 0]
    assert np.isnan(found[0].error_rate)


@given(seed=st.integers(0, 99), edges=st.lists(st.floats(0.2, 0.95), unique=True, max_size=4))
def test_bands_part_the_predictions(seed: int, edges: list[float]) -> None:
    table = make_table(seed=seed, n=70)
    found = bands(table.probabilities, table.label, sorted(edges))
    whole = gap(table.probabilities, table.label)
    assert sum(band.images for band in found) == len(table.label)
    assert sum(band.errors for band in found) == whole.n_wrong
