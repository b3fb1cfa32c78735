"""Where rows go while a batch runs: CSV or lines of JSON, complete after every picture."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO, Protocol, Self

from core.errors import ResultsError
from core.inference.batch.pipeline import Key
from core.inference.batch.rows import Row, Value, columns

DIGITS = 6
"""Decimals of probabilities and scores; coordinates have two."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_COARSE = {"x", "y", "width", "height"}


def cell(value: Value) -> Value:
    """A value as it stands in a CSV file.

    Spreadsheets run what begins with = + - @ as a formula, also when it is the name of a
    file; an apostrophe in front makes them show it (OWASP, "CSV Injection").
    """
    if isinstance(value, str) and value.lstrip("'").startswith(_FORMULA):
        return f"'{value}"
    return "" if value is None else value


def rounded(row: Row, classes: Sequence[str]) -> dict[str, Value]:
    """The values of a row with as many decimals as mean something."""
    return {
        name: round(value, 2 if name in _COARSE else DIGITS) if isinstance(value, float) else value
        for name, value in row.values(classes).items()
    }


def csv_text(rows: Iterable[Row], classes: Sequence[str], header: bool = True) -> str:
    """Rows as CSV (RFC 4180, lines end in CR LF)."""
    text = io.StringIO()
    writer = csv.writer(text)
    if header:
        writer.writerow(columns(classes))
    for row in rows:
        writer.writerow([cell(value) for value in rounded(row, classes).values()])
    return text.getvalue()


def json_lines(rows: Iterable[Row], classes: Sequence[str]) -> str:
    """Rows as one JSON object a line."""
    return "".join(
        json.dumps(rounded(row, classes), ensure_ascii=False, allow_nan=False) + "\n"
        for row in rows
    )


class Sink(Protocol):
    """Takes the rows of one picture after the other; leave its context to close it."""

    def __enter__(self) -> Self:
        """Open it."""

    def __exit__(self, *exc: object) -> None:
        """Close it."""

    def write(self, rows: Sequence[Row]) -> None:
        """Add the rows of one picture, all or nothing as far as the system can."""


class JsonLines:
    """Lines of JSON to a stream, which stays open.

    Args:
        stream: of text.
        classes: of the networks; see `columns`.
    """

    def __init__(self, stream: IO[str], classes: Sequence[str]) -> None:
        self._stream = stream
        self._classes = classes

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._stream.flush()

    def write(self, rows: Sequence[Row]) -> None:
        """Add the rows of one picture."""
        self._stream.write(json_lines(rows, self._classes))
        self._stream.flush()


class CsvSink:
    """A CSV file with a fixed header that grows by the rows of one picture at a time.

    Opened on a file that holds results already, it goes on behind them. The last picture
    in it may have been cut short when that run was killed: its rows are taken away, so
    that it is looked at again.

    Args:
        path: of the file; its folder is made.
        classes: of the networks; see `columns`.
        networks: ids. A file with answers of other networks is refused.

    Attributes:
        done: pictures whose rows stand in the file.
        failed: how many of these with an error.

    Raises:
        ResultsError: if the file is something else or of other networks.
    """

    def __init__(self, path: Path, classes: Sequence[str], networks: Sequence[str]) -> None:
        self._path = path
        self._classes = classes
        self._networks = set(networks)
        self._stream: IO[bytes] | None = None
        self.done: set[Key] = set()
        self.failed = 0

    def __enter__(self) -> Self:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        exists = self._path.exists() and self._path.stat().st_size > 0
        kept = self._resume() if exists else 0
        self._stream = self._path.open("r+b" if exists else "wb")
        self._stream.truncate(kept)
        self._stream.seek(kept)
        if not kept:
            self._put(csv_text((), self._classes))
        return self

    def __exit__(self, *exc: object) -> None:
        if self._stream is not None:
            self._stream.close()

    def write(self, rows: Sequence[Row]) -> None:
        """Add the rows of one picture."""
        self._put(csv_text(rows, self._classes, header=False))

    def _put(self, text: str) -> None:
        if self._stream is None:
            raise ValueError("Expected an opened sink.")
        self._stream.write(text.encode())
        self._stream.flush()

    def _resume(self) -> int:
        """Read what the file holds; returns how many of its bytes stay."""
        header = csv_text((), self._classes).encode()
        kept = 0
        last: tuple[Key, int, bool] | None = None
        with self._path.open("rb") as stream:
            start = stream.read(len(header))
            if start != header:
                if header.startswith(start):
                    return 0
                raise ResultsError(
                    f"{self._path} is not a table of these networks. Expected the columns "
                    f"{', '.join(columns(self._classes))}. Name another file."
                )
            kept = len(header)
            for line, values in _records(stream):
                row = dict(zip(columns(self._classes), values, strict=False))
                if len(values) != len(columns(self._classes)):
                    break
                self._check(row)
                key = _key(row)
                if last is None or last[0] != key:
                    self._finished(last)
                    last = (key, kept, False)
                last = (key, last[1], last[2] or bool(row["error"]))
                kept += len(line)
        return last[1] if last else kept

    def _finished(self, last: tuple[Key, int, bool] | None) -> None:
        if last is not None:
            self.done.add(last[0])
            self.failed += last[2]

    def _check(self, row: dict[str, str]) -> None:
        if row["network"] and row["network"] not in self._networks:
            raise ResultsError(
                f"{self._path} holds answers of {row['network']}. Expected only those of "
                f"{', '.join(sorted(self._networks))}. Name another file."
            )


def _records(stream: IO[bytes]) -> Iterable[tuple[bytes, list[str]]]:
    """Complete records with their bytes; a name may hold a line break, a quoted one."""
    record = b""
    for line in stream:
        record += line
        if record.count(b'"') % 2 or not record.endswith(b"\r\n"):
            continue
        yield record, next(csv.reader([record.decode("utf-8", "replace")], strict=False))
        record = b""


def _key(row: dict[str, str]) -> Key:
    name = row["file"]
    if name.startswith("'") and name.lstrip("'").startswith(_FORMULA):
        name = name[1:]
    return name, float(row["seconds"]) if row["seconds"] else None
