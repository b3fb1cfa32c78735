"""Temperatures that are known, bins counted by hand, and properties."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import softmax
from sklearn.metrics import log_loss

from core.evaluation import calibration
from core.roles import FLOOR, apply_temperature
from tests.factories import make_table


def sample(temperature: float, n: int = 20_000) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities whose logits are `temperature` times those that labels were drawn from."""
    generator = np.random.default_rng(1)
    logits = generator.normal(scale=1.5, size=(n, 4))
    cumulated = softmax(logits, axis=1).cumsum(axis=1)
    label = (generator.uniform(size=(n, 1)) > cumulated).sum(axis=1)
    return softmax(logits * temperature, axis=1), label


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0, 4.0])
def test_fit_finds_the_temperature_that_was_put_in(temperature: float) -> None:
    found = calibration.fit_temperature(*sample(temperature))
    assert found == pytest.approx(temperature, rel=0.04)


def test_fitted_temperature_is_a_minimum() -> None:
    probabilities, label = sample(2.0)
    best = calibration.fit_temperature(probabilities, label)
    low, middle, high = (
        calibration.negative_log_likelihood(probabilities, label, best * factor)
        for factor in (0.98, 1, 1.02)
    )
    assert middle < low
    assert middle < high


def test_calibration_lowers_the_error_of_an_overconfident_network() -> None:
    probabilities, label = sample(3.0)
    before = calibration.expected_calibration_error(probabilities, label)
    fitted = calibration.fit_temperature(probabilities, label)
    after = calibration.expected_calibration_error(apply_temperature(probabilities, fitted), label)
    assert before > 0.15
    assert after < 0.02


def test_fit_without_images_is_one() -> None:
    assert calibration.fit_temperature(np.zeros((0, 3)), np.zeros(0, dtype=int)) == 1


def test_zero_probabilities_stay_finite() -> None:
    certain = np.array([[1.0, 0.0], [0.0, 1.0]])
    label = np.array([1, 1])
    wrong = -np.log(FLOOR) / 2
    assert calibration.negative_log_likelihood(certain, label) == pytest.approx(wrong)


def test_likelihood_equals_scikit_learn() -> None:
    table = make_table()
    probabilities = table.probabilities.astype(np.float64)
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    found = calibration.negative_log_likelihood(probabilities, table.label)
    assert found == pytest.approx(log_loss(table.label, probabilities), rel=1e-6)


def test_bins_counted_by_hand() -> None:
    # Two of confidence 0.6, one of them right; two of confidence 0.9, both right.
    probabilities = np.array([[0.6, 0.4], [0.6, 0.4], [0.9, 0.1], [0.1, 0.9]])
    found = calibration.reliability(probabilities, np.array([0, 1, 0, 1]), bins=5)
    np.testing.assert_array_equal(found.count, [0, 0, 2, 0, 2])
    np.testing.assert_allclose(found.confidence[[2, 4]], [0.6, 0.9])
    np.testing.assert_allclose(found.accuracy[[2, 4]], [0.5, 1.0])
    assert np.isnan(found.accuracy[0])
    assert found.ece == pytest.approx((2 * 0.1 + 2 * 0.1) / 4)


@given(st.integers(0, 1000), st.integers(2, 30))
def test_every_prediction_is_in_one_bin(seed: int, bins: int) -> None:
    table = make_table(seed=seed, n=70)
    found = calibration.reliability(table.probabilities, table.label, bins)
    assert found.count.sum() == len(table.label)
    filled = found.count > 0
    assert (found.confidence[filled] >= found.edges[:-1][filled] - 1e-9).all()
    assert (found.confidence[filled] <= found.edges[1:][filled] + 1e-9).all()
    assert 0 <= found.ece <= 1


def test_nothing_predicted_has_no_calibration_error() -> None:
    empty = np.zeros((0, 7))
    assert calibration.expected_calibration_error(empty, np.zeros(0, dtype=int)) == 0


def test_a_certain_right_network_is_calibrated() -> None:
    label = np.array([0, 1, 2])
    assert calibration.expected_calibration_error(np.eye(3), label) == 0


def test_coverage_curve_by_hand() -> None:
    probabilities = np.array([[0.6, 0.4], [0.9, 0.1], [0.2, 0.8]])
    found = calibration.coverage_accuracy(probabilities, np.array([1, 0, 0]))
    np.testing.assert_allclose(found.threshold, [0.9, 0.8, 0.6])
    np.testing.assert_allclose(found.coverage, [1 / 3, 2 / 3, 1])
    np.testing.assert_allclose(found.accuracy, [1, 1 / 2, 1 / 3])
    assert found.at(0.8) == pytest.approx((2 / 3, 1 / 2))
    assert found.at(0.0) == pytest.approx((1, 1 / 3))
    coverage, accuracy = found.at(0.95)
    assert coverage == 0
    assert np.isnan(accuracy)


@given(st.integers(0, 1000), st.floats(0, 1))
def test_coverage_equals_asking_every_image(seed: int, threshold: float) -> None:
    table = make_table(seed=seed, n=70)
    values = table.probabilities.astype(np.float64)
    answered = values.max(axis=1) >= threshold
    right = values.argmax(axis=1) == table.label
    coverage, accuracy = calibration.coverage_accuracy(table.probabilities, table.label).at(
        threshold
    )
    assert coverage == pytest.approx(answered.mean())
    if answered.any():
        assert accuracy == pytest.approx(right[answered].mean())
