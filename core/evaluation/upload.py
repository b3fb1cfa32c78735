"""Somebody else's confusion matrix or predictions, read from a CSV file.

Two forms are understood. A matrix: seven rows of seven counts, rows the true classes,
with or without names above and beside. Predictions: the columns `image`, `label` and
`p0` to `p6`, one line an image, classes in FER-2013's order. Commas, semicolons or tabs
may divide the fields; after semicolons and tabs a decimal comma is understood too.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence
from pathlib import PurePath

import numpy as np

from core.data.supports import recognise
from core.errors import ResultsError
from core.evaluation.measured import Measured, of_table
from core.labels import CLASSES
from core.schema import PredictionTable
from core.text import _, number

LIMIT = 20 * 2**20
"""Bytes; 35,887 lines of predictions take about 4 MB."""

ROWS = 100_000
MOST = 10**9
"""The largest count of a cell."""

COLUMNS = ("image", "label", *(f"p{place}" for place in range(len(CLASSES))))

SYNONYMS: dict[str, str] = {
    "anger": "angry",
    "disgusted": "disgust",
    "fearful": "fear",
    "afraid": "fear",
    "happiness": "happy",
    "sadness": "sad",
    "surprised": "surprise",
}
"""Other names of the classes, from FER+ and common code."""

Table = list[tuple[int, list[str]]]
"""(line number, fields) of every line that is not empty."""


def read(content: bytes, name: str, known: Mapping[str, PredictionTable] | None = None) -> Measured:
    """Read either form of CSV.

    Args:
        content: the file.
        name: what the viewer calls the file; becomes the title.
        known: by split, predictions of a network over all seven classes. Where the file's
            labels are those of a split, image by image, its predictions are joined to
            that split's images.

    Returns:
        Classes in FER-2013's order; `table` is None for a matrix. `split` is "" where the
        row sums belong to no split of FER-2013.

    Raises:
        ResultsError: saying which line is wrong, what was expected and what stood there.
    """
    table, decimal_comma = _table(content, name)
    title = PurePath(name).stem or name
    header = [field.strip().lower() for field in table[0][1]]
    if {"image", "label"} & set(header) or "p0" in header:
        return _predictions(table, header, decimal_comma, title, known or {})
    matrix = _matrix(table, decimal_comma)
    return Measured(
        id="upload",
        title=title,
        split=recognise(matrix.sum(axis=1)) or "",
        classes=CLASSES,
        matrix=matrix,
        located=False,
    )


def _table(content: bytes, name: str) -> tuple[Table, bool]:
    if not content.strip():
        raise ResultsError(_("{name} is empty.").format(name=name))
    if len(content) > LIMIT:
        raise ResultsError(
            _("{name}: Expected at most {limit} MB. Received: {size} MB.").format(
                name=name, limit=LIMIT // 2**20, size=number(len(content) / 2**20, 1)
            )
        )
    try:
        text = content.decode(
            "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
        )
    except UnicodeDecodeError:
        text = ""
    if not text or "\0" in text:
        raise ResultsError(_("{name} is no text file. Save it as CSV (UTF-8).").format(name=name))
    first = next((line for line in text.splitlines() if line.strip()), "")
    divider = max("\t;,", key=first.count)
    if not first.count(divider):
        raise ResultsError(
            _("{name}: Expected fields divided by commas, semicolons or tabs.").format(name=name)
        )
    reader = csv.reader(io.StringIO(text), delimiter=divider)
    try:
        rows = [(reader.line_num, row) for row in reader if any(field.strip() for field in row)]
    except csv.Error as reason:
        raise ResultsError(
            _("{name}: line {line}: {reason}.").format(
                name=name, line=reader.line_num, reason=reason
            )
        ) from reason
    if not rows:
        raise ResultsError(_("{name} is empty.").format(name=name))
    if len(rows) > ROWS:
        raise ResultsError(
            _("{name}: Expected at most {limit} lines. Received: {count}.").format(
                name=name, limit=number(ROWS), count=number(len(rows))
            )
        )
    return rows, divider != ","


def _number(field: str, decimal_comma: bool) -> float | None:
    text = field.strip()
    try:
        return float(text.replace(",", ".") if decimal_comma else text)
    except ValueError:
        return None


def _class(field: str) -> str | None:
    name = field.strip().lower()
    name = SYNONYMS.get(name, name)
    return name if name in CLASSES else None


def _received(field: str) -> str:
    text = field.strip()
    return f"'{text[:20]}{'…' if len(text) > 20 else ''}'"


def _matrix(table: Table, decimal_comma: bool) -> np.ndarray:
    size = len(CLASSES)
    columns: Sequence[str] | None = None
    line, first = table[0]
    if not all(_number(field, decimal_comma) is not None for field in first):
        named = first[1:] if len(first) > size else first
        if any(_number(field, decimal_comma) is None for field in named):
            columns = _names(named, _("line {line}").format(line=line))
            table = table[1:]
    if len(table) != size:
        raise ResultsError(
            _("Expected a matrix of 7 rows of counts. Received: {count} rows.").format(
                count=number(len(table))
            )
        )
    named_rows = len(table[0][1]) == size + 1
    fields = [row[1:] if named_rows else row for _line, row in table]
    for (line, _row), row in zip(table, fields, strict=True):
        if len(row) != size:
            raise ResultsError(
                _("Line {line}: Expected 7 counts. Received: {count}.").format(
                    line=line, count=len(row)
                )
            )
    lines = [line for line, _row in table]
    values = np.array(
        [
            [_count(field, line, decimal_comma) for field in row]
            for line, row in zip(lines, fields, strict=True)
        ]
    )
    _check_counts(values)
    rows = _names([row[0] for _line, row in table], _("the first column")) if named_rows else None
    matrix = values.astype(np.int64)
    if rows or columns:
        matrix = matrix[np.ix_(_order(rows or columns or ()), _order(columns or rows or ()))]
    if recognise(matrix.sum(axis=1)) is None and (split := recognise(matrix.sum(axis=0))):
        raise ResultsError(
            _(
                "The columns, not the rows, add up to the classes of {split}. Expected rows to be "
                "the true and columns the predicted classes: exchange rows and columns."
            ).format(split=split)
        )
    return matrix


def _order(names: Sequence[str]) -> list[int]:
    return [list(names).index(name) for name in CLASSES]


def _names(fields: Sequence[str], where: str) -> list[str]:
    found = []
    for field in fields:
        name = _class(field)
        if name is None:
            raise ResultsError(
                _("{where}: Expected class names among {names}. Received: {received}.").format(
                    where=where, names=", ".join(CLASSES), received=_received(field)
                )
            )
        if name in found:
            raise ResultsError(
                _("{where}: the class {name} stands there twice.").format(where=where, name=name)
            )
        found.append(name)
    if len(found) != len(CLASSES):
        raise ResultsError(
            _("{where}: Expected 7 class names. Received: {count}.").format(
                where=where, count=len(found)
            )
        )
    return found


def _count(field: str, line: int, decimal_comma: bool) -> float:
    value = _number(field, decimal_comma)
    if value is None or not math.isfinite(value) or not 0 <= value <= MOST:
        raise ResultsError(
            _("Line {line}: Expected counts of zero or more. Received: {received}.").format(
                line=line, received=_received(field)
            )
        )
    return value


def _check_counts(values: np.ndarray) -> None:
    if not values.any():
        raise ResultsError(_("The matrix holds only zeros: Expected counts of images."))
    if (values == np.rint(values)).all():
        return
    sums = values.sum(axis=1)
    if np.allclose(sums, 1, atol=0.05) or np.allclose(sums, 100, atol=5):
        raise ResultsError(
            _(
                "The rows add up to {sum}: these are shares, and a share does not say of how many "
                "images. Expected counts."
            ).format(sum="100%" if sums[0] > 50 else number(1))
        )
    wrong = values[values != np.rint(values)][0]
    raise ResultsError(
        _("Expected whole numbers of images. Received: {received}.").format(received=f"{wrong:g}")
    )


def _predictions(
    table: Table,
    header: list[str],
    decimal_comma: bool,
    title: str,
    known: Mapping[str, PredictionTable],
) -> Measured:
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        raise ResultsError(
            _("Line 1: Expected the columns image, label, p0 to p6. Missing: {missing}.").format(
                missing=", ".join(missing)
            )
        )
    repeated = [name for name in COLUMNS if header.count(name) > 1]
    if repeated:
        raise ResultsError(
            _("Line 1: the column {name} stands there twice.").format(name=repeated[0])
        )
    if len(table) == 1:
        raise ResultsError(_("Expected one line for each image. Received: only the header."))
    places = [header.index(name) for name in COLUMNS]
    images: dict[str, int] = {}
    labels, rows = [], []
    for line, fields in table[1:]:
        if len(fields) != len(header):
            raise ResultsError(
                _("Line {line}: Expected {expected} fields. Received: {count}.").format(
                    line=line, expected=len(header), count=len(fields)
                )
            )
        image, label, *values = (fields[place] for place in places)
        if image.strip() in images:
            raise ResultsError(
                _("Line {line}: the image {image} stood in line {first} already.").format(
                    line=line, image=_received(image), first=images[image.strip()]
                )
            )
        images[image.strip()] = line
        labels.append(_label(label, line))
        rows.append(_row(values, line, decimal_comma))
    label_array = np.array(labels, dtype=np.uint8)
    split, index = _locate(list(images), label_array, known)
    probabilities = np.array(rows, dtype=np.float64)
    found = PredictionTable(
        split=split or recognise(np.bincount(label_array, minlength=len(CLASSES))) or "",
        index=-1 - np.arange(len(labels)) if index is None else index,
        label=label_array,
        probabilities=(probabilities / probabilities.sum(axis=1, keepdims=True)).astype(np.float32),
    )
    measured = of_table("upload", title, found)
    if index is not None:
        return measured
    return Measured(measured.id, title, found.split, CLASSES, measured.matrix, found, located=False)


def _label(field: str, line: int) -> int:
    text = field.strip()
    if text.isdecimal() and int(text) < len(CLASSES):
        return int(text)
    name = _class(field)
    if name is None:
        raise ResultsError(
            _("Line {line}: label: Expected 0 to 6 or a class name. Received: {received}.").format(
                line=line, received=_received(field)
            )
        )
    return CLASSES.index(name)


def _row(fields: Sequence[str], line: int, decimal_comma: bool) -> list[float]:
    values = []
    for place, field in enumerate(fields):
        value = _number(field, decimal_comma)
        if value is None or not 0 <= value <= 1:
            raise ResultsError(
                _(
                    "Line {line}: p{place}: Expected a probability from 0 to 1. "
                    "Received: {received}."
                ).format(line=line, place=place, received=_received(field))
            )
        values.append(value)
    if abs(sum(values) - 1) > 0.01:
        raise ResultsError(
            _("Line {line}: Expected probabilities that add up to 1. Received: {sum}.").format(
                line=line, sum=number(sum(values), 3)
            )
        )
    return values


def _locate(
    images: Sequence[str], labels: np.ndarray, known: Mapping[str, PredictionTable]
) -> tuple[str, np.ndarray | None]:
    """The split and the rows of FER-2013 that the images are, as far as their labels prove it.

    Either `image` holds rows of fer2013.csv and every label agrees, or the labels in file
    order are those of a whole split.
    """
    for split, table in known.items():
        order = np.argsort(table.index)
        index, label = table.index[order], table.label[order]
        if len(label) == len(labels) and np.array_equal(label, labels):
            return split, index
        if not all(image.isdecimal() and len(image) < 10 for image in images):
            continue
        rows = np.array([int(image) for image in images])
        place = np.searchsorted(index, rows).clip(max=len(index) - 1)
        if np.array_equal(index[place], rows) and np.array_equal(label[place], labels):
            return split, rows
    return "", None
