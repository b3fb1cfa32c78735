"""Temperature scaling as scipy has it, and roles that hold together."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import log_softmax, softmax

from core import paths, roles
from core.roles import apply_temperature


@given(st.floats(0.05, 20))
def test_temperature_equals_dividing_logits(temperature: float) -> None:
    logits = np.random.default_rng(2).normal(size=(5, 7))
    found = apply_temperature(softmax(logits, axis=1), temperature)
    np.testing.assert_allclose(found, softmax(logits / temperature, axis=1), atol=1e-9)
    np.testing.assert_array_equal(found.argmax(axis=1), logits.argmax(axis=1))


def test_a_temperature_of_one_changes_nothing() -> None:
    certain = np.array([[1.0, 0.0], [0.5, 0.5]], dtype=np.float32)
    np.testing.assert_array_equal(apply_temperature(certain, 1), certain)


def test_zero_probabilities_stay_finite() -> None:
    certain = np.array([[1.0, 0.0], [0.0, 1.0]])
    assert np.isfinite(apply_temperature(certain, 0.05)).all()
    assert np.isfinite(roles.log_probabilities(certain)).all()


@pytest.mark.parametrize("shape", [(0, 7), (0, 2), (1, 1), (3, 7)])
def test_logarithms_are_those_of_scipy(shape: tuple[int, int]) -> None:
    logits = np.random.default_rng(3).normal(size=shape)
    found = roles.log_probabilities(softmax(logits, axis=1), 1.7)
    np.testing.assert_allclose(found, log_softmax(logits / 1.7, axis=1), atol=1e-9)


def test_the_networks_to_compare_have_recipes() -> None:
    compared = {roles.PLAIN, roles.PROPOSED, roles.ABLATION}
    assert compared <= {path.stem for path in paths.recipes().glob("*.toml")}
