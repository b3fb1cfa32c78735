"""Rows of every exported table: one for each face and network, one for each picture without.

Predict, Batch, Live camera and the command line all write these columns. Files are English,
whoever asks for them; `core.batch.sinks.CsvSink` goes on with one that was begun.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from core import __version__
from core.labels import CLASSES
from core.roles import CERTAIN_FROM
from core.text import SOURCE_LANGUAGE, Message, in_language

BEFORE = ("file", "sha256", "seconds", "face", "x", "y", "width", "height", "score", "found")
ANSWER = ("network", "label", "probability", "second", "second_probability")
AFTER = ("certain", "set", "expected_accuracy", "model_sha256", "version", "warning", "error")

CAMERA: Final = "camera"
"""File of a row from the live camera."""

Value = str | int | float | None

NO_FACE = "no face"
"""Warning of a picture in which no face was found."""

DIGITS: Final = 6
"""Decimals of probabilities and scores; coordinates have two, seconds three."""

_COARSE: Final = {"x": 2, "y": 2, "width": 2, "height": 2, "seconds": 3, "expected_accuracy": 3}
_NUMBERS: Final = {*_COARSE, "score", "probability", "second_probability"}

FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""Beginnings that make a spreadsheet run a cell's text."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row.

    Attributes:
        file: name of the file; `CAMERA` for the live camera.
        sha256: of its content; empty where that could not be read.
        seconds: time of the frame in a video, or since the camera's recording began.
        face: number of the face, from 1: in a picture 1 is the largest, in front of the
            camera the first that was seen; None without a face.
        box: x, y, width and height in pixels of the part of the face's box that lies in the
            upright picture.
        score: the detector's, 0 to 1.
        found: how the face was found, a value of `core.faces.search.Found`.
        network: id; empty in a row without a face.
        model_sha256: hash of the network's file.
        probabilities: calibrated, by class name.
        answers: a set of classes that holds the right one as often as stated, most probable
            first; empty where no set was asked for.
        expected: accuracy that was measured on pictures as noisy, blurred, dark or small;
            None where that was not measured.
        warning: what may be wrong with the face, words divided by `; `.
        error: why there is no answer.
    """

    file: str
    sha256: str = ""
    seconds: float | None = None
    face: int | None = None
    box: tuple[float, float, float, float] | None = None
    score: float | None = None
    found: str = ""
    network: str = ""
    model_sha256: str = ""
    probabilities: Mapping[str, float] = field(default_factory=dict)
    answers: tuple[str, ...] = ()
    expected: float | None = None
    warning: str = ""
    error: Message | None = None

    @property
    def ranked(self) -> list[str]:
        """Class names, most probable first; the first in order where two are equal."""
        return sorted(self.probabilities, key=lambda name: -self.probabilities[name])

    @property
    def label(self) -> str:
        """The most probable class; empty without an answer."""
        return max(self.probabilities, key=self.probabilities.__getitem__, default="")

    @property
    def probability(self) -> float:
        """Probability of `label`; 0 without an answer."""
        return max(self.probabilities.values(), default=0.0)

    def certain(self, threshold: float = CERTAIN_FROM) -> str:
        """`yes` or `no`, by whether the answer's probability reaches a threshold; else empty."""
        if not self.probabilities:
            return ""
        return "yes" if self.probability >= threshold else "no"

    def values(self, classes: Sequence[str]) -> dict[str, Value]:
        """The row as a table has it, by the names of `columns(classes)`.

        Numbers have as many decimals as mean something.
        """
        first, second = (*self.ranked, "", "")[:2]
        found: dict[str, Value] = {
            "file": self.file,
            "sha256": self.sha256,
            "seconds": self.seconds,
            "face": self.face,
            **dict(zip(("x", "y", "width", "height"), self.box or (None,) * 4, strict=True)),
            "score": self.score,
            "found": self.found,
            "network": self.network,
            "label": first,
            "probability": self.probabilities.get(first),
            "second": second,
            "second_probability": self.probabilities.get(second),
            **{f"p_{name}": self.probabilities.get(name) for name in classes},
            "certain": self.certain(),
            "set": "; ".join(self.answers),
            "expected_accuracy": self.expected,
            "model_sha256": self.model_sha256,
            "version": __version__,
            "warning": self.warning,
            "error": self._error(),
        }
        return {
            name: round(value, _COARSE.get(name, DIGITS)) if isinstance(value, float) else value
            for name, value in found.items()
        }

    def _error(self) -> str:
        if self.error is None:
            return ""
        with in_language(SOURCE_LANGUAGE):
            return str(self.error)


def columns(classes: Sequence[str]) -> list[str]:
    """Names of the columns, in their order, for networks that know `classes` in all."""
    return [*BEFORE, *ANSWER, *(f"p_{name}" for name in classes), *AFTER]


class Knows(Protocol):
    """Something that tells expressions apart: a card for one."""

    @property
    def classes(self) -> Sequence[str]:
        """Their names."""


def all_classes(networks: Iterable[Knows]) -> list[str]:
    """Every class that one of the networks knows: FER-2013's seven first, then the others."""
    others = {name: None for network in networks for name in network.classes if name not in CLASSES}
    return [*CLASSES, *others]


def cell(value: Value) -> Value:
    """A value as it stands in a CSV file.

    Spreadsheets run what begins with = + - @ as a formula, also when it is the name of a
    file; an apostrophe in front makes them show it (OWASP, "CSV Injection").
    """
    if isinstance(value, str) and value.lstrip("'").startswith(FORMULA):
        return f"'{value}"
    return "" if value is None else value


def original(text: str) -> str:
    """The text from which `cell` made this one."""
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(FORMULA) else text


def csv_text(rows: Iterable[Row], classes: Sequence[str], header: bool = True) -> str:
    """Rows as CSV (RFC 4180, lines end in CR LF)."""
    text = io.StringIO()
    writer = csv.writer(text)
    if header:
        writer.writerow(columns(classes))
    for row in rows:
        writer.writerow([cell(value) for value in row.values(classes).values()])
    return text.getvalue()


def json_lines(rows: Iterable[Row], classes: Sequence[str]) -> str:
    """Rows as one JSON object a line."""
    return "".join(
        json.dumps(row.values(classes), ensure_ascii=False, allow_nan=False) + "\n" for row in rows
    )


def parquet(rows: Iterable[Row], classes: Sequence[str]) -> bytes:
    """Rows as a Parquet file with typed columns; what does not apply is null."""
    import pyarrow
    from pyarrow import parquet as files

    kinds = {
        name: pyarrow.float64() if name in _NUMBERS or name.startswith("p_") else pyarrow.string()
        for name in columns(classes)
    }
    kinds["face"] = pyarrow.int32()
    table = pyarrow.Table.from_pylist(
        [row.values(classes) for row in rows], schema=pyarrow.schema(list(kinds.items()))
    )
    stream = io.BytesIO()
    files.write_table(table, stream)
    return stream.getvalue()
