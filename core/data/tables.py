"""The one reader of CSV tables: whatever a spreadsheet, pandas or a script writes.

UTF-8, UTF-16 and Windows-1252; commas, semicolons, tabs or spaces between fields; line ends
of every system; a first line `sep=;`. Lines come one at a time and are never too long, so
that a table of 300 MB takes no memory.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from core.data.archives import ByteStream
from core.errors import DataError
from core.text import _, number

MAX_LINE = 64 * 1024
"""A line of `fer2013.csv` has at most 9.3 kB."""

LIMIT = 20 * 2**20
"""Bytes of a table that is read as a whole; 35,887 lines of predictions take about 4 MB."""

ROWS = 100_000
"""Lines of a table that is read as a whole."""

SPACES = " "
"""As a divider: any number of spaces, as NumPy prints and saves arrays."""

_START = 64 * 1024
_BYTE_ORDER = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_CONTROL = frozenset(range(32)) - frozenset(b"\t\n\v\f\r")
_SEPARATOR = re.compile(r'"?sep=(.)"?', re.IGNORECASE)
_THOUSANDS = re.compile(r"\d{1,3}(,\d{3})+(\.\d*)?|\d{1,3}(\.\d{3}){2,}(,\d*)?")


@dataclass(frozen=True)
class Table:
    """A table that was read as a whole.

    Attributes:
        name: of the file.
        records: line number, from 1, and fields of every line that is not empty; columns at
            the end that are empty in every line are left out. At least one.
    """

    name: str
    records: list[tuple[int, list[str]]]


def read(content: bytes, name: str) -> Table:
    """Read a table as a whole.

    Args:
        content: the file.
        name: what errors call the file.

    Raises:
        DataError: if it is empty, too large or no text in lines of fields.
    """
    if len(content) > LIMIT:
        raise DataError(
            _("{name}: Expected at most {limit} MB. Received: {size} MB.").format(
                name=name, limit=number(LIMIT / 2**20), size=number(len(content) / 2**20, 1)
            )
        )
    found = []
    for line, fields in records(io.BytesIO(content), name):
        if any(field.strip() for field in fields):
            found.append((line, fields))
        if len(found) > ROWS:
            raise DataError(
                _("{name}: Expected at most {limit} lines. Received: more.").format(
                    name=name, limit=number(ROWS)
                )
            )
    if not found:
        raise _empty(name)
    width = max(_width(fields) for _line, fields in found)
    return Table(name, [(line, fields[:width]) for line, fields in found])


def rows(
    stream: ByteStream, name: str, columns: tuple[str, ...], optional: tuple[str, ...] = ()
) -> Iterator[tuple[str, ...]]:
    """Each row's values of `columns` and of `optional` ones, in that order.

    Column names match without regard to case and surrounding spaces; more columns may
    stand between. Empty lines are left out.

    Args:
        stream: the file, with a header line.
        name: what errors call the file.
        columns: names of the wanted columns.
        optional: names of columns that may be missing; their values are then empty.

    Raises:
        DataError: if a column is missing, a row is short or a line is too long.
    """
    table = records(stream, name)
    header = [title.strip().lower() for title in next(table, (0, [""]))[1]]
    missing = [column for column in columns if column.lower() not in header]
    if missing:
        received = ", ".join(title for title in header if title)[:80] or _("an empty file")
        raise DataError(
            _(
                "{name} lacks the column {missing}. Expected {columns}. Received: {received}."
            ).format(name=name, missing=missing[0], columns=", ".join(columns), received=received)
        )
    places = [header.index(column.lower()) for column in columns]
    extra = [header.index(n) if (n := column.lower()) in header else -1 for column in optional]
    for line, row in table:
        if not any(row):
            continue
        if len(row) <= max(places):
            raise DataError(
                _(
                    "{name} ends or breaks off in line {line}. Expected {expected} columns. "
                    "Received: {received}."
                ).format(name=name, line=number(line), expected=len(header), received=len(row))
            )
        yield (
            *(row[place].strip() for place in places),
            *(row[place].strip() if 0 <= place < len(row) else "" for place in extra),
        )


def records(stream: ByteStream, name: str) -> Iterator[tuple[int, list[str]]]:
    """Line number, from 1, and fields of every record of a table.

    Raises:
        DataError: if it is no text in lines of fields, or a line is too long.
    """
    start = stream.read(_START)
    encoding = _encoding(start, name)
    text = io.TextIOWrapper(
        io.BufferedReader(_Chained(start, stream)), encoding, errors="replace", newline=None
    )
    try:
        yield from _fields(text, name)
    finally:
        text.detach()  # the stream is the caller's to close


def value(field: str) -> float | None:
    """The number in a field: with a decimal comma, a percent sign or brackets too.

    A percentage comes as a share; None where there is no number.
    """
    text = field.strip().strip("[]").strip().replace("\u00a0", "").replace("\u2212", "-")
    share = text.endswith("%")
    text = text.removesuffix("%").strip()
    if len(text) > 64:
        return None
    if _THOUSANDS.fullmatch(text):
        # The sign that comes last or once divides decimals, the other thousands.
        comma, point = text.rfind(","), text.rfind(".")
        if comma >= 0 and (point > comma or text.count(",") > 1):
            text = text.replace(",", "")
        elif text.count(".") > 1:
            text = text.replace(".", "")
    text = text.replace(",", ".", 1) if "." not in text else text
    try:
        return float(text) / (100 if share else 1)
    except ValueError:
        return None


def received(field: str) -> str:
    """A field as an error quotes it."""
    text = field.strip()
    if not text:
        return _("an empty cell")
    return f"'{text[:20]}{'…' if len(text) > 20 else ''}'"


class _Chained(io.RawIOBase):
    """Bytes that were read from a stream, and the rest of it."""

    def __init__(self, start: bytes, stream: ByteStream) -> None:
        self._start = start
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._start[: len(buffer)] or self._stream.read(len(buffer))
        self._start = self._start[len(buffer) :]
        buffer[: len(data)] = data
        return len(data)


def _encoding(start: bytes, name: str) -> str:
    """The encoding of a text by its first bytes."""
    if start.startswith(_BYTE_ORDER):
        return "utf-16"
    if zeros := start.count(0):
        # Without a mark: of Latin letters in UTF-16 every other byte is zero.
        if start[1::2].count(0) == zeros > 0.4 * len(start) / 2:
            return "utf-16-le"
        if start[::2].count(0) == zeros > 0.4 * len(start) / 2:
            return "utf-16-be"
    if start.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise DataError(
            _("{name} is a workbook or an archive, no text file. Save the sheet as CSV.").format(
                name=name
            )
        )
    if _CONTROL & set(start):
        raise DataError(_("{name} is no text file. Save it as CSV (UTF-8).").format(name=name))
    try:
        codecs.getincrementaldecoder("utf-8")().decode(start, final=len(start) < _START)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


def _fields(text: io.TextIOWrapper, name: str) -> Iterator[tuple[int, list[str]]]:
    lines = _lines(text, name)
    skipped = 0
    for first in lines:
        skipped += 1
        separator = _SEPARATOR.fullmatch(first.strip())
        if separator:
            divider = separator[1]
            first = ""
        elif first.strip():
            divider = _divider(first, name)
        else:
            continue
        break
    else:
        return
    if divider == SPACES:
        yield skipped, first.strip(" []\n").split()
        for line, rest in enumerate(lines, skipped + 1):
            yield line, rest.strip(" []\n").split()
        return

    def again() -> Iterator[str]:
        yield first
        yield from lines

    table = csv.reader(again(), delimiter=divider)
    try:
        for fields in table:
            if fields:
                yield skipped - 1 + table.line_num, fields
    except csv.Error as reason:
        raise DataError(
            _("{name}: line {line}: {reason}.").format(
                name=name, line=number(skipped - 1 + table.line_num), reason=reason
            )
        ) from reason


def _divider(first: str, name: str) -> str:
    """What divides the fields of a table, by its first line."""
    plain = re.sub(r'"[^"]*"', "", first)
    divider = max("\t;,", key=plain.count)
    if plain.count(divider):
        return divider
    words = first.strip(" []\n").split()
    if len(words) > 1 and all(value(word) is not None for word in words[1:]):
        return SPACES
    raise DataError(
        _("{name}: line 1: Expected fields divided by commas, semicolons or tabs.").format(
            name=name
        )
    )


def _lines(text: io.TextIOWrapper, name: str) -> Iterator[str]:
    while line := text.readline(MAX_LINE):
        if len(line) == MAX_LINE:
            raise DataError(
                _("{name} has a line of more than {limit} characters.").format(
                    name=name, limit=number(MAX_LINE)
                )
            )
        yield line


def _width(fields: list[str]) -> int:
    return max((place + 1 for place, field in enumerate(fields) if field.strip()), default=0)


def _empty(name: str) -> DataError:
    return DataError(_("{name} is empty.").format(name=name))
