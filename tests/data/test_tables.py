"""The one reader of tables: every form that programs write, read alike."""

from __future__ import annotations

import io
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.data import tables
from core.errors import DataError

ROWS = [("1", "2"), ("3", "4")]


def read(content: bytes, *columns: str) -> list[tuple[str, ...]]:
    return list(tables.rows(io.BytesIO(content), "some.csv", columns))


@pytest.mark.parametrize(
    "content",
    [
        b"b,a\n2,1\n4,3\n",
        b"B, A\r\n2, 1\r\n4, 3\r\n",  # other case, stray spaces, Windows line ends
        b"b,a\r2,1\r4,3\r",  # old Mac line ends
        "\ufeffa,c,b\n1,x,2\n\n3,x,4".encode(),  # byte order mark, another column, empty line
        b'a,b\n"1","2"\n3,4\n',  # quotes
        b"a;b\n1;2\n3;4\n",
        b"sep=;\r\na;b\r\n1;2\r\n3;4\r\n",  # as Excel marks it
        b'"sep=|"\na|b\n1|2\n3|4\n',
        b"a\tb\n1\t2\n3\t4\n",
        b"a,b,\n1,2,\n3,4,\n",  # commas at the end
        "a,b\n1,2\n3,4\n".encode("utf-16"),
        "a,b\n1,2\n3,4\n".encode("utf-16-le"),  # without a mark
        "a,b\n1,2\n3,4\n".encode("utf-16-be"),
        "a,b,caf\u00e9\n1,2,\u00fc\n3,4,\n".encode("cp1252"),
        b"\n\na,b\n1,2\n3,4\n",
    ],
)  # fmt: skip
def test_columns_are_found_by_name(content: bytes) -> None:
    assert read(content, "a", "b") == ROWS


def test_columns_that_may_be_missing() -> None:
    found = tables.rows(io.BytesIO(b"a,b\n1,2\n"), "some.csv", ("a",), ("c", "b"))
    assert list(found) == [("1", "", "2")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "lacks the column a. Expected a, b. Received: an empty file"),
        ("a,c\n1,2\n", "lacks the column b. Expected a, b. Received: a, c"),
        ("a,b\n1,2\n3", r"breaks off in line 3. Expected 2 columns. Received: 1"),
        ("a,b\n1," + "2" * tables.MAX_LINE, "a line of more than"),
        ("PK\x03\x04", "is a workbook or an archive"),
        ("a,b\0\n", "is no text file"),
        ("just words\n", "Expected fields divided by commas, semicolons or tabs"),
    ],
)
def test_what_is_wrong_is_said(text: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read(text.encode(), "a", "b")


def test_a_table_as_a_whole_keeps_its_line_numbers() -> None:
    table = tables.read(b"\na,b,,\n,,\n1,2,,\n", "some.csv")
    assert table.records == [(2, ["a", "b"]), (4, ["1", "2"])]


@pytest.mark.parametrize("text", ["[[1 2]\n [3 4]]\n", "1.0 2.0\n3.0 4.0\n", "[[1, 2],\n[3, 4]]"])
def test_arrays_as_numpy_writes_them(text: str) -> None:
    records = tables.read(text.encode(), "some.txt").records
    assert [[tables.value(field) for field in row] for _, row in records] == [[1, 2], [3, 4]]


def test_a_table_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "ROWS", 2)
    with pytest.raises(DataError, match="at most 2 lines"):
        tables.read(b"a,b\n1,2\n3,4\n", "some.csv")
    monkeypatch.setattr(tables, "LIMIT", 5)
    with pytest.raises(DataError, match="at most 0 MB"):
        tables.read(b"a,b\n1,2\n3,4\n", "some.csv")


@pytest.mark.parametrize(
    ("field", "number"),
    [
        *(("0.44", 0.44), ("0,44", 0.44), (" 308 ", 308), ("44 %", 0.44), ("1e2", 100)),
        *(("1,234", 1.234), ("1,234.5", 1234.5), ("1.234.567", 1234567), ("[[3", 3)),
        *(("\u22122", -2), ("", None), ("x", None), ("9" * 5000, None)),
    ],
)
def test_numbers(field: str, number: float | None) -> None:
    assert tables.value(field) == pytest.approx(number)


@given(st.binary(max_size=200))
def test_any_bytes_give_a_table_or_a_readable_error(content: bytes) -> None:
    with suppress(DataError):
        assert tables.read(content, "x.csv").records
