"""Where rows go while a batch runs: CSV or lines of JSON, complete after every picture."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Protocol, Self

from core.batch.pipeline import Key
from core.errors import ResultsError
from core.files import atomic_write, sha256
from core.locks import locked
from core.rows import Row, columns, csv_text, json_lines, original


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


@dataclass
class Tail:
    """The last picture of a file that holds results already.

    Attributes:
        key: what it is of.
        content: its rows as they stand in the file, whole ones only.
        failed: whether there is an error in it.
        networks: ids of those that answered.
    """

    key: Key
    content: bytes = b""
    failed: bool = False
    networks: set[str] = field(default_factory=set)


class CsvSink:
    """A CSV file with a fixed header that grows by the rows of one picture at a time.

    Opened on a file that holds results already, it goes on behind them. The last picture
    in it may have been cut short when that run was killed: it is not among those that are
    done. Its rows stay the last ones of the file until it is written anew, so that they are
    neither lost where it does not turn up again nor ever taken for complete.

    Tables from before version 0.2 number the faces of a picture from 0. They are numbered
    anew, from 1, before anything is added.

    Args:
        path: of the file; its folder is made.
        classes: of the networks; see `columns`.
        networks: `model_sha256` of each, by id. A file with answers of others, of other
            files of theirs, or without some of theirs is refused.

    Attributes:
        done: pictures whose rows stand in the file, but for the tail.
        failed: how many of these with an error.
        tail: the last picture, as long as it is not written anew.
        renumbered: whether the file's faces were numbered from 0.

    Raises:
        ResultsError: if the file is something else or of other networks.
    """

    def __init__(self, path: Path, classes: Sequence[str], networks: Mapping[str, str]) -> None:
        self._path = path
        self._classes = classes
        self._networks = networks
        self._stream: IO[bytes] | None = None
        self._lock = ExitStack()
        self._end = 0
        self.done: set[Key] = set()
        self._hashes: dict[str, str] = {}
        self.failed = 0
        self.tail: Tail | None = None
        self.renumbered = False

    def __enter__(self) -> Self:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with ExitStack() as stack:
            stack.enter_context(locked(self._path))
            self._open()
            self._lock = stack.pop_all()
        return self

    def _open(self) -> None:
        exists = self._path.exists() and self._path.stat().st_size > 0
        if exists:
            self._resume()
            if self.renumbered:
                self._renumber()
                self.done, self.failed, self.tail = set(), 0, None
                self._resume()
        self._stream = self._path.open("r+b" if exists else "wb", buffering=0)
        self._stream.truncate(self._end + len(self.tail.content if self.tail else b""))
        if not self._end:
            self._put(csv_text((), self._classes))

    def __exit__(self, *exc: object) -> None:
        with self._lock:
            if self._stream is not None:
                with self._stream:
                    if any(exc):  # perhaps in the middle of a picture
                        self._put("")

    def write(self, rows: Sequence[Row]) -> None:
        """Add the rows of one picture."""
        if self.tail and any((row.file, row.seconds) == self.tail.key for row in rows):
            self.tail = None
        self._put(csv_text(rows, self._classes, header=False))

    def _put(self, text: str) -> None:
        """Add to the file, in front of the tail."""
        if self._stream is None:
            raise ValueError("Expected an opened sink.")
        added = text.encode()
        self._stream.seek(self._end)
        self._stream.truncate()
        left = added + (self.tail.content if self.tail else b"")
        try:
            while left:
                left = left[self._stream.write(left) :]
        except OSError as reason:
            raise ResultsError(
                f"{self._path}: {reason.strerror}. The pictures in it are whole: make room and run "
                "the same command again, it goes on where this one stopped."
            ) from reason
        self._end += len(added)

    def _resume(self) -> None:
        """Read what the file holds."""
        names = columns(self._classes)
        header = csv_text((), self._classes).encode()
        with self._path.open("rb") as stream:
            start = stream.read(len(header))
            if start != header and header.startswith(start):
                return
            self._expect(
                start == header,
                f"is not a table of these networks. Expected the columns {', '.join(names)}",
            )
            self._end = len(header)
            for line, values in _records(stream):
                self._expect(
                    len(values) == len(names),
                    f"has a row of {len(values)} columns. Expected {len(names)}",
                )
                row = dict(zip(names, values, strict=True))
                self._check(row)
                self.renumbered |= row["face"] == "0"
                key = _key(row)
                if self.tail is None or self.tail.key != key:
                    self._settle()
                    self.tail = Tail(key)
                self._hashes[key[0]] = row["sha256"]
                self.tail.content += line
                self.tail.failed |= bool(row["error"])
                self.tail.networks |= {row["network"]} - {""}

    def forget_changed(self, path_of: Callable[[str], Path | None]) -> list[str]:
        """Take out the rows of files whose content is another than the one they tell of.

        Args:
            path_of: where the file of that name lies; None for what is no file by itself, as a
                member of an archive.

        Returns:
            Names of these files, which are then not among those that are done.
        """
        changed = []
        for name, digest in self._hashes.items():
            path = path_of(name)
            if digest and path is not None and path.is_file() and sha256(path) != digest:
                changed.append(name)
        if changed:
            self._remove(set(changed))
        return changed

    def _remove(self, names: set[str]) -> None:
        """Write the file anew without the rows of these files, and go on behind it."""
        place = columns(self._classes).index("file")
        with self._path.open("rb") as old, atomic_write(self._path) as new:
            new.write(old.readline())
            for line, values in _records(old):
                if original(values[place]) not in names:
                    new.write(line)
        if self._stream is not None:
            self._stream.close()
        self.done, self.failed, self.tail, self._end = set(), 0, None, 0
        self._resume()
        self._stream = self._path.open("r+b", buffering=0)

    def _renumber(self) -> None:
        """Number the faces from 1."""
        place = columns(self._classes).index("face")
        with self._path.open("rb") as old, atomic_write(self._path) as new:
            new.write(old.readline())
            for _line, values in _records(old):
                if values[place]:
                    values[place] = str(int(values[place]) + 1)
                line = io.StringIO()
                csv.writer(line).writerow(values)
                new.write(line.getvalue().encode())

    def _settle(self) -> None:
        """Another picture follows the tail so far: that one is complete."""
        if self.tail is None:
            return
        missing = self._networks.keys() - self.tail.networks if self.tail.networks else set()
        self._expect(
            not missing,
            f"holds no answers of {', '.join(sorted(missing))} for {self.tail.key[0]}. "
            f"Expected those of {self._asked()}",
        )
        self.done.add(self.tail.key)
        self.failed += self.tail.failed
        self._end += len(self.tail.content)

    def _check(self, row: dict[str, str]) -> None:
        network, found = row["network"], row["model_sha256"]
        self._expect(
            not network or network in self._networks,
            f"holds answers of {network}. Expected only those of {self._asked()}",
        )
        expected = self._networks.get(network, found)
        self._expect(
            found == expected,
            f"holds answers of another {network}, whose file has the SHA-256 {found[:12]}. "
            f"Expected {expected[:12]}",
        )

    def _asked(self) -> str:
        return ", ".join(sorted(self._networks))

    def _expect(self, holds: bool, otherwise: str) -> None:
        if not holds:
            raise ResultsError(f"{self._path} {otherwise}. Name another file.")


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
    return original(row["file"]), float(row["seconds"]) if row["seconds"] else None
