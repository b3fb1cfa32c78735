from __future__ import annotations

import math
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from core.data.augment import Augmentation, Change, apply
from core.ui.preprocessing import by_hand, by_recipe, chip
from core.ui.preprocessing.by_hand import CONTROLS

NEUTRAL = {control.key: control.neutral for control in CONTROLS}


def test_untouched_controls_change_nothing() -> None:
    assert by_hand.change_of(NEUTRAL, seed=3) == Change()


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"flip": 1}, Change(flip=True)),
        ({"rotation": -20}, Change(rotation=-20.0)),
        ({"shift_x": 10, "shift_y": -5}, Change(shift_x=0.1, shift_y=-0.05)),
        ({"zoom": 120}, Change(zoom=1.2)),
        ({"contrast": 50, "brightness": -10}, Change(gain=0.5, bias=-0.1)),
        ({"median": 1}, Change(median=True)),
    ],
)
def test_every_control_has_its_effect(settings: dict[str, int], expected: Change) -> None:
    assert by_hand.change_of(NEUTRAL | settings, seed=0) == expected


@given(some.integers(1, 50), some.integers(0, 999))
def test_erased_square_has_the_area_and_lies_inside(area: int, seed: int) -> None:
    erased = by_hand.change_of(NEUTRAL | {"erased": area}, seed).erased
    assert erased is not None
    left, top, width, height = erased
    assert math.isclose(width * height, area / 100)
    assert 0 <= left <= 1 - width
    assert 0 <= top <= 1 - height
    assert by_hand.change_of(NEUTRAL | {"erased": area}, seed).erased == erased


def test_chip_enlarged_as_networks_do_it() -> None:
    face = np.random.default_rng(0).integers(0, 256, (48, 48), dtype=np.uint8)
    assert (chip.received(face, 48) == face).all()
    large = chip.received(face, 96)
    assert large.shape == (96, 96)
    assert (
        np.abs(
            cv2.resize(large, (48, 48), interpolation=cv2.INTER_AREA).astype(int).mean()
            - face.mean()
        )
        < 1
    )


@pytest.mark.parametrize(
    ("change", "long", "short"),
    [
        (Change(), "unchanged", "unchanged"),
        (Change(rotation=0.3, shift_x=0.001), "unchanged", "unchanged"),
        (Change(flip=True, rotation=-8.4), "mirrored, turned −8°", "mirrored, −8°"),
        (Change(shift_x=0.1, shift_y=-0.001), "shifted 5 / 0 px", "unchanged"),
        (
            Change(zoom=1.1, gain=0.8, bias=0.05),
            "zoom 110%, contrast 80%, brightness 5%",
            "× 1.10",
        ),
        (Change(erased=(0, 0, 0.1, 0.1), median=True), "partly erased, median filter", None),
    ],
)
def test_changes_in_words(change: Change, long: str, short: str | None) -> None:
    assert by_recipe.describe(change) == long
    assert by_recipe.in_short(change) == (short or long)


def test_recipes_of_the_project_can_be_drawn_from() -> None:
    found = by_recipe.recipes()
    assert found["vgg16_frozen"][1] == Augmentation()
    assert found["se_vgg16"][1] != Augmentation()


def test_an_unreadable_recipe_is_left_out(
    monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    from pathlib import Path

    folder = Path(str(tmp_path))
    (folder / "good.toml").write_text('title = "Good"\n[data.augmentation]\nflip = 0.5')
    (folder / "bad.toml").write_text("title = ")
    (folder / "wrong.toml").write_text('title = "Wrong"\n[data.augmentation]\nflip = 5')
    (folder / "odd.toml").write_text('title = "Odd"\ndata = 3')
    monkeypatch.setattr("core.paths.recipes", lambda: folder)
    assert list(by_recipe.recipes()) == ["good"]


def test_a_change_is_what_training_would_make_of_it() -> None:
    face = np.random.default_rng(0).integers(0, 256, (48, 48), dtype=np.uint8)
    mirrored = apply(face, by_hand.change_of(NEUTRAL | {"flip": 1}, 0))
    assert (mirrored == face[:, ::-1]).all()


def test_a_second_click_on_undo_finds_nothing_left(monkeypatch: pytest.MonkeyPatch) -> None:
    before, after = NEUTRAL | {"seed": 0}, NEUTRAL | {"seed": 5}
    kept: dict[str, Any] = {by_hand._HISTORY: [before, after]}
    monkeypatch.setattr("core.ui.preprocessing.by_hand.st.session_state", kept)
    for _click in range(2):
        by_hand._undo()
        assert kept[by_hand._HISTORY] == [before]
