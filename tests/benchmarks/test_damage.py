from __future__ import annotations

import numpy as np
import pytest

from benchmarks import damage
from benchmarks.examined import Subject
from core.data.measures import CENTRE, sharpness
from core.data.store import Split
from core.faces.quality import Weakness
from core.records import Made
from tests.factories import make_dataset


@pytest.fixture(scope="module")
def chips() -> np.ndarray:
    return np.random.default_rng(0).integers(40, 256, (5, 48, 48), dtype=np.uint8)


def test_darkening_reaches_the_brightness_and_brightens_nothing(chips: np.ndarray) -> None:
    dark = damage.darken(chips, 30)
    assert np.allclose(dark[:, CENTRE, CENTRE].mean(axis=(1, 2)), 30, atol=1)
    assert (damage.darken(chips, 255) == chips).all()


def test_blur_takes_sharpness_away(chips: np.ndarray) -> None:
    steps = [chips[0], *(damage.blur(chips, sigma)[0] for sigma in (0.5, 1, 2))]
    values = [sharpness(chip) for chip in steps]
    assert values == sorted(values, reverse=True)


def test_shrinking_keeps_shape_and_level(chips: np.ndarray) -> None:
    small = damage.shrink(chips, 12)
    assert small.shape == chips.shape
    assert abs(small.mean() - chips.mean()) < 2
    assert (damage.shrink(chips, 48) == chips).all()


def test_tilting_back_and_forth(chips: np.ndarray) -> None:
    smooth = damage.blur(chips, 3)
    back = damage.tilt(damage.tilt(smooth, 20), -20)
    middle = np.s_[:, 14:34, 14:34]
    assert np.abs(back[middle].astype(int) - smooth[middle]).max() < 12
    assert (damage.tilt(chips, 0) == chips).all()


@pytest.mark.parametrize(
    ("quarter", "strip"),
    [(0, np.s_[:, 40:]), (1, np.s_[:, :, :8]), (2, np.s_[:, :8]), (3, np.s_[:, :, 40:])],
)
def test_cut_continues_the_edge_that_is_left(
    chips: np.ndarray, quarter: int, strip: tuple[slice, ...]
) -> None:
    spoilt = damage.cut(chips, 8, quarter)
    changed = spoilt != chips
    assert changed[strip].mean() > 0.9
    untouched = changed.copy()
    untouched[strip] = False
    assert not untouched.any()
    along = 1 if quarter in (0, 2) else 2
    assert (np.diff(spoilt[strip].astype(int), axis=along) == 0).all()


def test_curves_of_a_network_that_only_sees_brightness() -> None:
    faces, labels = make_dataset(14).faces[:28], make_dataset(14).labels[:28]
    split = Split(np.arange(28), faces, labels, None)
    centres = 30 + 25 * np.arange(7)

    def classify(chips: np.ndarray) -> np.ndarray:
        return -np.abs(chips.mean(axis=(1, 2))[:, None] - centres)

    told: list[int] = []
    made = Made(command="test", date="2024-01-01", versions={})
    subject = Subject(split, "PrivateTest", "test", "0" * 64, classify, made)
    found = damage.check(subject, told.append)
    assert found.accuracy > 0.9
    assert {len(found.curves[name]) for name in ("cut", "cut_below")} == {len(damage.BEYOND)}
    elsewhere = {Weakness.NOISY, Weakness.OVEREXPOSED}
    assert set(found.curves) == {*Weakness, "cut_below"} - elsewhere
    assert all(found.curves.values())
    dark = [step.accuracy for step in found.curves["dark"]]
    assert dark[-1] < 0.4 < found.accuracy
    assert [step.accuracy for step in found.curves["blurred"]] == [found.accuracy] * len(
        damage.BLUR
    )
    assert told[-1] == damage.steps() * 28
