from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.live.smoothing import Smoother, steady

A = np.array([1.0, 0.0])
B = np.array([0.0, 1.0])


def test_after_half_its_life_a_value_counts_half() -> None:
    smoother = Smoother()
    smoother.update("face", A, 10.0, half_life=0.5)
    np.testing.assert_allclose(smoother.update("face", B, 10.5, half_life=0.5), [0.5, 0.5])


@given(st.integers(1, 40))
def test_the_frame_rate_does_not_matter(frames: int) -> None:
    smoother = Smoother()
    smoother.update("face", A, 0.0, half_life=0.4)
    for frame in range(1, frames + 1):
        seen = smoother.update("face", B, frame / frames, half_life=0.4)
    np.testing.assert_allclose(seen[0], 0.5 ** (1 / 0.4))


@given(
    st.lists(st.lists(st.floats(0.01, 1), min_size=7, max_size=7), min_size=1, max_size=20),
    st.floats(0, 3),
)
def test_probabilities_stay_probabilities(rows: list[list[float]], half_life: float) -> None:
    smoother = Smoother()
    for place, row in enumerate(rows):
        values = np.array(row) / np.sum(row)
        seen = smoother.update("face", values, 0.03 * place, half_life)
        assert seen.min() >= 0
        assert seen.sum() == pytest.approx(1)


def test_none_is_none() -> None:
    smoother = Smoother()
    smoother.update("face", A, 0.0, half_life=0.0)
    np.testing.assert_array_equal(smoother.update("face", B, 0.01, half_life=0.0), B)


def test_faces_do_not_mix_and_are_forgotten() -> None:
    smoother = Smoother()
    smoother.update(1, A, 0.0, half_life=9.0)
    np.testing.assert_array_equal(smoother.update(2, B, 0.0, half_life=9.0), B)
    smoother.keep({2})
    np.testing.assert_array_equal(smoother.update(1, B, 0.1, half_life=9.0), B)


def test_another_number_of_classes_begins_anew() -> None:
    smoother = Smoother()
    smoother.update("face", A, 0.0, half_life=9.0)
    assert smoother.update("face", np.ones(3) / 3, 0.1, half_life=9.0).shape == (3,)


@pytest.mark.parametrize(
    ("previous", "probabilities", "label"),
    [
        (None, [0.2, 0.5, 0.3], 1),  # the first time, the likeliest
        (0, [0.48, 0.52, 0.0], 0),  # a breath ahead is not enough
        (0, [0.40, 0.60, 0.0], 1),  # a clear lead is
        (5, [0.40, 0.60, 0.0], 1),  # of a network with more classes
    ],
)
def test_a_label_does_not_flicker(
    previous: int | None, probabilities: list[float], label: int
) -> None:
    assert steady(previous, np.array(probabilities)) == label
