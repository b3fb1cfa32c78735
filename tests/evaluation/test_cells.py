"""Means of cells: by hand, batch by batch, and never of too few images."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from core.errors import ResultsError
from core.evaluation.cells import (
    MINIMUM,
    Cells,
    CellSums,
    read_cells,
    relative_maps,
    write_cells,
)

N = 60


def batch() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    generator = np.random.default_rng(0)
    label = np.repeat([0, 1, 2], N // 3)
    predicted = label.copy()
    predicted[: MINIMUM - 1] = 2
    faces = generator.integers(0, 256, size=(N, 48, 48), dtype=np.uint8)
    return label, predicted, faces, generator.normal(size=(N, 3, 4, 5))


def means(step: int = N) -> Cells:
    sums = CellSums("PrivateTest", 3)
    for start in range(0, N, step):
        sums.add(*(part[start : start + step] for part in batch()))
    return sums.means()


def test_means_are_those_of_the_cells_images() -> None:
    label, predicted, faces, maps = batch()
    found = means()
    cell = (label == 1) & (predicted == 1)
    assert found.count[1, 1] == cell.sum() == 20
    np.testing.assert_array_equal(found.face[1, 1], np.rint(faces[cell].mean(axis=0)))
    expected = relative_maps(maps[cell, 1]).mean(axis=0)
    np.testing.assert_allclose(found.activation[1, 1], expected, atol=1e-6)


def test_batches_do_not_matter() -> None:
    whole, parts = means(), means(7)
    np.testing.assert_array_equal(whole.face, parts.face)
    np.testing.assert_allclose(whole.activation, parts.activation, atol=1e-6)


def test_cells_of_few_images_show_none_of_them() -> None:
    found = means()
    assert found.count[0, 2] == MINIMUM - 1
    assert not found.has_mean(0, 2)
    assert not found.face[0, 2].any()
    assert not found.activation[0, 2].any()
    assert found.has_mean(0, 0)


def test_maps_are_relative_to_their_own_maximum() -> None:
    maps = np.array([[[-1.0, 2.0], [4.0, 0.0]], [[-1.0, -2.0], [-3.0, 0.0]]])
    expected = np.array([[[0, 0.5], [1, 0]], [[0, 0], [0, 0]]])
    np.testing.assert_allclose(relative_maps(maps), expected)


def test_nothing_added_has_no_means() -> None:
    with pytest.raises(ResultsError, match="at least one batch"):
        CellSums("PrivateTest", 3).means()


def test_written_cells_are_read_again(tmp_path: Path) -> None:
    first = means()
    write_cells(tmp_path / "cells.npz", [first])
    found = read_cells(tmp_path / "cells.npz")["PrivateTest"]
    np.testing.assert_array_equal(found.count, first.count)
    np.testing.assert_array_equal(found.face, first.face)
    np.testing.assert_allclose(found.activation, first.activation, atol=1e-3)


def test_writing_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one.npz", "two.npz"):
        write_cells(tmp_path / name, [means()])
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()


def damaged(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:200])


def without_face(path: Path) -> None:
    arrays = dict(np.load(path))
    del arrays["PrivateTest/face"]
    np.savez(path, **arrays)


def of_wrong_shape(path: Path) -> None:
    arrays = dict(np.load(path))
    arrays["PrivateTest/face"] = arrays["PrivateTest/face"][:, :, :40]
    np.savez(path, **arrays)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (Path.unlink, "is missing"),
        (damaged, "is damaged"),
        (without_face, "PrivateTest/face is missing"),
        (of_wrong_shape, "Expected shape .3, 3, 48, 48.. Received: .3, 3, 40, 48."),
    ],
)
def test_a_bad_file_is_named(tmp_path: Path, spoil: Callable[[Path], None], message: str) -> None:
    path = tmp_path / "cells.npz"
    write_cells(path, [means()])
    spoil(path)
    with pytest.raises(ResultsError, match=message) as caught:
        read_cells(path)
    assert str(path) in str(caught.value)
