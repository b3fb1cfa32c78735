"""Dividing Training: shares, classes, copies, repeatability."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from core.data.audit import groups
from core.data.division import Division, Parts, divide
from core.data.store import Split
from core.errors import DataError

TENTHS = Division(validation=0.1, test=0.1, seed=3)


def split_of(labels: np.ndarray, copies: int = 0, seed: int = 0) -> Split:
    """Images that are all different but for `copies` of them, which repeat others."""
    rng = np.random.default_rng(seed)
    faces = rng.integers(0, 256, (len(labels), 48, 48), dtype=np.uint8)
    faces[rng.permutation(len(labels))[:copies]] = faces[rng.integers(0, len(labels), copies)]
    return Split(100 + np.arange(len(labels)), faces, labels.astype(np.uint8), None)


def all_parts(parts: Parts) -> list[Split]:
    return [parts.training, parts.validation, parts.test]


def test_every_class_is_divided_in_the_wanted_shares() -> None:
    whole = split_of(np.repeat(np.arange(7), [400, 44, 410, 722, 483, 317, 497]))
    parts = divide(whole, TENTHS)
    counts = np.array([np.bincount(part.labels, minlength=7) for part in all_parts(parts)])
    expected = np.outer([0.8, 0.1, 0.1], np.bincount(whole.labels))
    assert np.abs(counts - expected).max() <= 1
    assert sorted(np.concatenate([part.index for part in all_parts(parts)])) == sorted(whole.index)
    assert all((np.diff(part.index) > 0).all() for part in all_parts(parts))


@given(seed=st.integers(0, 50), copies=st.integers(0, 60))
@settings(max_examples=20)
def test_copies_stay_together(seed: int, copies: int) -> None:
    whole = split_of(np.arange(210) % 7, copies, seed)
    parts = divide(whole, Division(validation=0.2, test=0.1, seed=seed))
    group = groups(whole.faces)
    found = [set(group[part.index - 100]) for part in all_parts(parts)]
    assert not found[0] & found[1]
    assert not found[0] & found[2]
    assert not found[1] & found[2]


def test_copies_with_other_labels_stay_together_too() -> None:
    whole = split_of(np.arange(140) % 7)
    whole.faces[1::2] = whole.faces[::2]
    parts = divide(whole, TENTHS)
    for part in all_parts(parts):
        assert len(part.index) % 2 == 0


def test_the_seed_alone_decides() -> None:
    whole = split_of(np.arange(210) % 7)
    again = divide(whole, TENTHS)
    other = divide(whole, Division(validation=0.1, test=0.1, seed=4))
    assert np.array_equal(divide(whole, TENTHS).test.index, again.test.index)
    assert not np.array_equal(again.test.index, other.test.index)


def test_an_empty_part_is_refused() -> None:
    with pytest.raises(DataError, match=r"data\.split: expected images in every part"):
        divide(split_of(np.arange(7)), TENTHS)


@pytest.mark.parametrize(
    "values",
    [
        {"validation": 0, "test": 0.1, "seed": 1},
        {"validation": 0.1, "test": 1.0, "seed": 1},
        {"validation": 0.3, "test": 0.3, "seed": 1},
        {"validation": 0.1, "test": 0.1, "seed": -1},
        {"validation": 0.1, "test": 0.1},
    ],
)
def test_impossible_divisions(values: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        Division.model_validate(values)
