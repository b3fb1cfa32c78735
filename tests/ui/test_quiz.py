"""Where a viewer is in the quiz."""

from __future__ import annotations

import pytest

from core.ui.learn.quiz import Game


@pytest.mark.parametrize(
    ("text", "seed", "answers"),
    [
        ("1.", 1, ()),
        ("17.3041", 17, (3, 0, 4, 1)),
        ("9999.0123456012", 9999, (0, 1, 2, 3, 4, 5, 6, 0, 1, 2)),
        ("1.7", 1, ()),  # there is no eighth expression
        ("1.01234560123", 1, ()),  # eleven answers
        ("x", 1, ()),
        ("", 1, ()),
    ],
)
def test_game_from_the_address(text: str, seed: int, answers: tuple[int, ...]) -> None:
    assert Game.of(text) == Game(seed, answers)


def test_steps() -> None:
    game = Game(3, (1, 2))
    assert str(game) == "3.12"
    assert Game.of(str(game)) == game
    assert game.answered(6) == Game(3, (1, 2, 6))
    assert game.undone() == Game(3, (1,))
    assert Game(3, ()).undone() == Game(3, ())
    assert game.again() == Game(3, ())
    assert game.other() == Game(4, ())
    assert Game(9999, ()).other() == Game(1, ())
