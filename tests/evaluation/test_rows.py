"""Images of a cell, their order, and finding them in another table."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.evaluation.metrics import predictions, table_confusion
from core.evaluation.rows import cell_rows, rows_of
from tests.factories import make_table

TABLE = make_table(n=210)


@given(st.integers(0, 6), st.integers(0, 6))
def test_cells_hold_what_the_matrix_counts(true: int, predicted: int) -> None:
    rows = cell_rows(TABLE, true, predicted)
    assert len(rows) == table_confusion(TABLE)[true, predicted]
    assert (TABLE.label[rows] == true).all()
    assert (predictions(TABLE)[rows] == predicted).all()


@pytest.mark.parametrize(
    ("order", "key", "sign"), [("surest", "share", -1), ("unsurest", "share", 1), ("row", "row", 1)]
)
def test_orders(order, key: str, sign: int) -> None:
    rows = cell_rows(TABLE, 3, 3, order)
    values = {"share": TABLE.probabilities[rows, 3], "row": TABLE.index[rows]}[key]
    assert len(rows) > 5
    assert (sign * np.diff(values.astype(float)) >= 0).all()


@given(st.lists(st.integers(0, 700), max_size=30))
def test_rows_of_images(index: list[int]) -> None:
    order = np.random.default_rng(0).permutation(len(TABLE.index))
    shuffled = TABLE.model_copy(
        update={
            "index": TABLE.index[order],
            "label": TABLE.label[order],
            "probabilities": TABLE.probabilities[order],
        }
    )
    places = rows_of(shuffled, np.array(index, dtype=np.int64))
    for image, place in zip(index, places, strict=True):
        if place < 0:
            assert image not in TABLE.index
        else:
            assert shuffled.index[place] == image


def test_an_empty_table_has_no_image() -> None:
    empty = TABLE.model_copy(
        update={"index": TABLE.index[:0], "label": TABLE.label[:0],
                "probabilities": TABLE.probabilities[:0]}
    )  # fmt: skip
    assert rows_of(empty, np.array([1, 2])).tolist() == [-1, -1]
