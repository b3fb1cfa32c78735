from __future__ import annotations

import io

import pytest

from core.data import tables
from core.errors import DataError


def read(text: str, *columns: str) -> list[tuple[str, ...]]:
    return list(tables.rows(io.BytesIO(text.encode()), "some.csv", columns))


@pytest.mark.parametrize(
    "text",
    [
        "b,a\n2,1\n4,3\n",
        "B, A\r\n2, 1\r\n4, 3\r\n",  # other case, stray spaces, Windows line ends
        "\ufeffa,c,b\n1,x,2\n\n3,x,4",  # byte order mark, another column, empty line, no line end
        'a,b\n"1","2"\n3,4\n',  # quotes
    ],
)
def test_columns_are_found_by_name(text: str) -> None:
    assert read(text, "a", "b") == [("1", "2"), ("3", "4")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "lacks the column a. Expected a, b. Received: an empty file"),
        ("a,c\n1,2\n", "lacks the column b. Expected a, b. Received: a, c"),
        ("a,b\n1,2\n3", r"breaks off in line 3. Expected 2 columns. Received: 1"),
        ("a,b\n1," + "2" * tables.MAX_LINE, "a line of more than"),
    ],
)
def test_what_is_wrong_is_said(text: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read(text, "a", "b")
