"""Rows of a CSV file: columns found by name, lines read one at a time and never too long."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from core.data.archives import ByteStream
from core.errors import DataError

MAX_LINE = 64 * 1024
"""A line of `fer2013.csv` has at most 9.3 kB."""


def rows(stream: ByteStream, name: str, columns: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Each row's values of `columns`, in that order.

    Column names match without regard to case and surrounding spaces; more columns may
    stand between. Empty lines are left out.

    Args:
        stream: the CSV file, with a header line, in UTF-8.
        name: what errors call the file.
        columns: names of the wanted columns.

    Raises:
        DataError: if a column is missing, a row is short or a line is too long.
    """
    table = csv.reader(_lines(stream, name))
    try:
        header = [title.strip().lower() for title in next(table, [])]
        missing = [column for column in columns if column.lower() not in header]
        if missing:
            received = ", ".join(header)[:80] or "an empty file"
            raise DataError(
                f"{name} lacks the column {missing[0]}. Expected {', '.join(columns)}. "
                f"Received: {received}."
            )
        places = [header.index(column.lower()) for column in columns]
        for row in table:
            if not row:
                continue
            if len(row) <= max(places):
                raise DataError(
                    f"{name} ends or breaks off in line {table.line_num}. Expected {len(header)} "
                    f"columns. Received: {len(row)}."
                )
            yield tuple(row[place].strip() for place in places)
    except csv.Error as error:
        raise DataError(f"{name} is not a CSV file: line {table.line_num}: {error}.") from error


def _lines(stream: ByteStream, name: str) -> Iterator[str]:
    encoding = "utf-8-sig"
    while line := stream.readline(MAX_LINE):
        if len(line) == MAX_LINE:
            raise DataError(f"{name} is not FER-2013: it has a line of more than {MAX_LINE} bytes.")
        yield line.decode(encoding)
        encoding = "utf-8"
