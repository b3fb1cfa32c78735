"""Rows of exported tables: what their files hold, and that a spreadsheet runs none of it."""

from __future__ import annotations

import csv
import io

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from core import __version__
from core.labels import CLASSES
from core.rows import Row, cell, columns, csv_text, original, parquet
from core.text import in_language, later

ROW = Row(
    "=1+1.jpg",
    "f" * 64,
    face=1,
    box=(1.0, 2.0, 3.0, 4.0),
    score=0.9,
    found="detected",
    network="net",
    probabilities=dict.fromkeys(CLASSES, 1 / 7),
)
LARGE = later("The file is too large. At most {limit} MB are read.", limit=1500)
ROWS = [ROW, Row("http://bad.example/x.jpg", error=LARGE)]


def test_parquet_has_types_and_nulls() -> None:
    frame = pd.read_parquet(io.BytesIO(parquet(ROWS, CLASSES)))
    assert list(frame.columns) == columns(CLASSES)
    assert frame["p_happy"].dtype == "float64"
    assert frame["file"].tolist() == [row.file for row in ROWS]
    assert frame["p_happy"].isna().tolist() == [False, True]
    assert frame["face"].isna().tolist() == [False, True]


def test_csv_and_parquet_hold_the_same_numbers() -> None:
    written = pd.read_csv(io.StringIO(csv_text(ROWS, CLASSES)))
    typed = pd.read_parquet(io.BytesIO(parquet(ROWS, CLASSES)))
    numbers = [name for name in columns(CLASSES) if typed[name].dtype == "float64"]
    pd.testing.assert_frame_equal(written[numbers], typed[numbers])


def test_files_are_english_and_screens_are_not() -> None:
    with in_language("id"):
        (line,) = csv.DictReader(io.StringIO(csv_text([ROWS[1]], CLASSES), newline=""))
        assert line["error"] == "The file is too large. At most 1,500 MB are read."
        assert "1.500" in str(LARGE)
        assert "file is too large" not in str(LARGE)
    assert "1,500 MB" in str(LARGE)


def test_every_row_tells_the_version() -> None:
    lines = list(csv.DictReader(io.StringIO(csv_text(ROWS, CLASSES), newline="")))
    assert [line["version"] for line in lines] == [__version__] * 2


@given(st.text())
def test_no_text_cell_begins_as_a_formula(text: str) -> None:
    assert not str(cell(text)).startswith(("=", "+", "-", "@", "\t", "\r"))
    assert cell(text) in (text, f"'{text}")
    assert original(str(cell(text))) == text


@given(st.lists(st.text(min_size=1, max_size=30).filter(lambda t: t.isprintable()), unique=True))
def test_any_name_is_found_again(names: list[str]) -> None:
    rows = [Row(name) for name in names]
    lines = csv.DictReader(io.StringIO(csv_text(rows, CLASSES), newline=""))
    assert [original(line["file"]) for line in lines] == names
