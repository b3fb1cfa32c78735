from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.labels import CLASSES
from core.live.game import READY, ROUND, Game, Score
from core.live.neutral import REST, adjust, factors, reference

rows = st.lists(st.floats(0.001, 1), min_size=7, max_size=7).map(lambda v: np.array(v) / sum(v))


def test_the_measured_face_reads_as_neutral() -> None:
    measured = np.tile([0.05, 0.05, 0.05, 0.05, 0.5, 0.1, 0.2], (30, 1))
    found = adjust(measured[0], factors(measured, CLASSES))
    np.testing.assert_allclose(found, reference(CLASSES), atol=1e-9)
    assert found[CLASSES.index("neutral")] == pytest.approx(REST)


def test_a_clear_expression_stays() -> None:
    measured = np.tile([0.05, 0.05, 0.05, 0.05, 0.5, 0.1, 0.2], (30, 1))
    happy = np.array([0.005, 0.005, 0.005, 0.97, 0.005, 0.005, 0.005])
    assert adjust(happy, factors(measured, CLASSES)).argmax() == 3


@given(rows, rows)
def test_probabilities_stay_probabilities(measured: np.ndarray, seen: np.ndarray) -> None:
    found = adjust(seen, factors(measured[None], CLASSES))
    assert found.sum() == pytest.approx(1)
    assert found.min() >= 0


def test_a_network_without_neutral_is_refused() -> None:
    with pytest.raises(ValueError, match="neutral"):
        factors(np.ones((1, 2)), ["happy", "sad"])


def test_a_game() -> None:
    game = Game(["surprise", "happy"], started=100.0)
    game.see(101.0, {"surprise": 0.99})  # while getting ready
    game.see(104.0, {"surprise": 0.6, "happy": 0.1})
    game.see(105.0, {"surprise": 0.4})
    assert game.scores(105.0) == []
    second = 100.0 + READY + ROUND
    assert game.position(second + READY + 1) == (1, 1)
    game.see(second + READY + 1, {"sad": 0.9})
    over = second + READY + ROUND
    assert not game.over(over - 0.1)
    assert game.over(over)
    assert game.scores(over) == [Score("surprise", 0.6), Score("happy", 0.0)]
    game.see(over + 1, {"happy": 1.0})
    assert game.scores(over + 2)[1].best == 0.0


def test_rounds_are_different_classes() -> None:
    game = Game.of(CLASSES, 0.0, rounds=5, seed=1)
    assert len(set(game.rounds)) == 5
    assert len(Game.of(["happy", "sad"], 0.0).rounds) == 2
