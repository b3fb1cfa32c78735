from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.data.fingerprint import Reference
from core.data.matching import place
from core.data.store import Dataset


def shuffled(n: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).permutation(n)


def place_rows(reference: Reference, order: np.ndarray, **changes: np.ndarray) -> np.ndarray:
    labels = changes.get("labels", reference.labels[order])
    splits = changes.get("splits", reference.splits[order].astype(np.int8))
    return place(reference.prints[order], labels, splits, reference).rows


@given(st.integers(0, 2**32 - 1))
def test_any_order_is_undone(reference: Reference, seed: int) -> None:
    order = shuffled(len(reference), seed)
    rows = place_rows(reference, order)
    assert sorted(rows) == list(range(len(reference)))
    assert (reference.prints[rows] == reference.prints[order]).all()
    assert (reference.labels[rows] == reference.labels[order]).all()
    assert (reference.splits[rows] == reference.splits[order]).all()


def test_an_ordered_source_keeps_its_order(reference: Reference) -> None:
    splits = reference.splits.astype(np.int8)
    found = place(reference.prints, reference.labels, splits, reference)
    assert found.in_order
    assert found.matched == len(reference)
    assert (found.rows == np.arange(len(reference))).all()


def test_one_strange_image_does_not_undo_the_order(small: Dataset) -> None:
    faces = np.concatenate([small.faces, small.faces])
    labels = np.concatenate([small.labels, small.labels])
    many = Dataset(faces, labels, np.concatenate([small.splits, small.splits]))
    reference = Reference.of(many)
    prints = reference.prints.copy()
    prints[5] = ~prints[5]
    found = place(prints, many.labels, many.splits.astype(np.int8), reference)
    assert found.in_order
    assert found.rows[5] == 5
    assert found.matched == len(many.labels) - 1


def test_without_splits_the_fingerprint_decides(reference: Reference) -> None:
    order = shuffled(len(reference), 1)
    rows = place_rows(reference, order, splits=np.full(len(order), -1, np.int8))
    twins = np.isin(order, [0, 56])
    assert (rows[~twins] == order[~twins]).all()
    assert set(rows[twins]) == {0, 56}


def test_an_image_under_another_label_finds_its_row(reference: Reference) -> None:
    order = shuffled(len(reference), 2)
    labels = reference.labels[order]
    changed = int(np.flatnonzero(order == 20)[0])
    labels[changed] = (labels[changed] + 1) % 7
    found = place(reference.prints[order], labels, reference.splits[order], reference)
    assert found.rows[changed] == 20
    assert (found.matched, found.relabelled) == (len(reference), 1)


def test_an_unknown_image_takes_the_row_left_over(reference: Reference) -> None:
    order = shuffled(len(reference), 3)
    prints = reference.prints[order]
    strange = np.flatnonzero(np.isin(order, [9, 31, 60]))
    prints[strange] = ~prints[strange]
    found = place(prints, reference.labels[order], reference.splits[order], reference)
    assert sorted(found.rows) == list(range(len(reference)))
    assert found.matched == len(reference) - 3
    assert not found.in_order
    assert (found.rows == order)[strange].all()


@pytest.mark.parametrize("seed", range(3))
def test_exact_copies_go_by_the_order_of_the_source(seed: int) -> None:
    prints = np.zeros((6, 2), np.uint64)
    prints[3:] = 2**64 - 1
    reference = Reference(prints, np.zeros(6, np.uint8), np.zeros(6, np.uint8))
    order = np.concatenate([3 + shuffled(3, seed), shuffled(3, seed + 9)])
    assert place_rows(reference, order).tolist() == [3, 4, 5, 0, 1, 2]
