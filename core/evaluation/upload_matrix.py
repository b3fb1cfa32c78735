"""Somebody else's confusion matrix: counts, with or without names above and beside."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from core.data import vocabularies
from core.data.supports import recognise
from core.data.tables import Table, received, value
from core.data.vocabularies import Order
from core.errors import ResultsError
from core.evaluation.class_order import choose
from core.evaluation.measured import Measured
from core.labels import CLASSES
from core.text import _, number

MOST = 10**9
"""The largest count of a cell."""

MOST_LINES = 12
"""Lines below a header up to which a table may be a matrix."""

FEW = 4
"""Classes up to which a matrix is that of a network for these alone; from five on it is one of
seven that lacks some."""

TRUTH = (
    *("true", "y_true", "truth", "ground_truth", "gt", "actual", "actual_label", "true_label"),
    *("true_class", "label_true", "target", "expected", "label", "emotion", "expression", "class"),
)
"""Titles of a column of true classes, surest first."""

PREDICTED = (
    *("predicted", "y_pred", "prediction", "pred", "predicted_label", "pred_label", "label_pred"),
    *("predicted_class", "predicted_emotion", "predictions", "output", "answer"),
)
"""Titles of a column of predicted classes."""

IMAGE = (
    *("image", "file", "filename", "file_name", "image_path", "filepath", "path", "name"),
    *("photo", "img", "id", "index"),
)
"""Titles of a column that says which image a line is about."""

LIST_TITLES = {*TRUTH, *PREDICTED, *IMAGE}

_SUMS = {"all", "total", "sum", "jumlah", "grand total", "totals"}


def looks_like(table: Table) -> bool:
    """Whether a table is a matrix and no list of images."""
    titles = [field.strip().lower() for field in table.records[0][1]]
    rows = table.records[1:]
    if all(value(title) is not None for title in titles if title):
        return len(titles) > 2
    if any(title in LIST_TITLES or _is_probability(title) for title in titles[1:]):
        return False
    if _is_probability(titles[0]) or len(rows) > MOST_LINES:
        return False
    if titles[0] in LIST_TITLES:
        # A corner, as pandas names it after the rows, or a column of labels beside others.
        first = [fields[0].strip().lower() for _line, fields in rows]
        return len(set(first)) == len(first) and not _are_shares(rows)
    return True


def _is_probability(title: str) -> bool:
    """Whether a title such as `p0` or `prob_angry` stands above probabilities."""
    named = vocabularies.class_of(title) is None and value(title) is None
    return named and (
        vocabularies.class_of_column(title) is not None
        or vocabularies.number_of_column(title) is not None
    )


def _are_shares(records: list[tuple[int, list[str]]]) -> bool:
    sums = [sum(v for f in fields[1:] if (v := value(f)) is not None) for _line, fields in records]
    return all(abs(total - 1) < 0.05 for total in sums)


def read(table: Table, title: str, order: str | None = None) -> Measured:
    """Read a matrix of counts, rows true.

    Args:
        table: see `looks_like`.
        title: what to call it.
        order: id of the order of classes that the viewer chose for numbers.

    Raises:
        OrderError: where numbers stand in another order than FER-2013's, most likely.
        ResultsError: saying which line is wrong, what was expected and what stood there.
    """
    records = table.records
    columns, records, line = _header(records)
    rows, cells = _beside(records)
    cells, rows, columns = _without_sums(cells, rows, columns)
    _check_shape(cells, rows, columns, line)
    values = np.array([[_count(*cell, row) for cell in fields] for row, fields in cells])
    _check_counts(values)
    matrix = values.astype(np.int64)
    notes: list[str] = []
    row_names = _names(rows, _("the first column")) if rows and not _numbers(rows) else None
    column_names = (
        _names(columns, _("line {line}").format(line=line))
        if columns and not _numbers(columns)
        else None
    )
    used = ""
    if row_names or column_names:
        classes, matrix = _by_names(matrix, row_names, column_names, notes)
    else:
        classes = CLASSES
        matrix, used = _by_numbers(matrix, _numbers(rows or columns or ()), order, notes)
    _check_direction(matrix, classes)
    return Measured(
        id="upload",
        title=title,
        split=recognise(matrix.sum(axis=1), classes) or "",
        classes=classes,
        matrix=matrix,
        located=False,
        notes=tuple(notes),
        order=used,
    )


Cells = list[tuple[int, list[tuple[int, str]]]]
"""Line, and of every field its column, counted from 1, and text."""


def _header(
    records: list[tuple[int, list[str]]],
) -> tuple[list[str] | None, list[tuple[int, list[str]]], int]:
    """The names above the columns, None without; the other records; the header's line."""
    line, first = records[0]
    texts = [field.strip() for field in first]
    words = [text for text in texts[1:] if value(text) is None and text]
    counting = [value(text) for text in texts if text] in _countings(len(first))
    corner = not texts[0] or value(texts[0]) is None
    # A first line of names, or the 0 to 6 that pandas puts above a matrix without any.
    if words or (counting and (corner or len(records) == len(first) + 1)):
        width = max(len(fields) for _line, fields in records[1:]) if len(records) > 1 else 0
        beside = width == len(first) and (corner or len(records) - 1 < width)
        beside &= not (
            value(texts[0]) is None
            and vocabularies.class_of(texts[0]) is not None
            and width == len(records) - 1
        )
        return (texts[1:] if beside else texts), records[1:], line
    return None, records, 0


def _countings(width: int) -> list[list[float]]:
    return [
        [float(n) for n in range(start, start + size)]
        for start in (0, 1)
        for size in (width, width - 1)
    ]


def _beside(records: list[tuple[int, list[str]]]) -> tuple[list[str] | None, Cells]:
    """The names in the first column, None without, and the cells."""
    cells: Cells = [
        (line, list(enumerate((field.strip() for field in fields), 1))) for line, fields in records
    ]
    first = [fields[0][1] for _line, fields in cells if fields]
    width = max((len(fields) for _line, fields in cells), default=0)
    words = any(value(text) is None and text for text in first)
    count = sum(1 for text in first if text.lower() not in _SUMS)
    counted = [value(text) for text in first] in _countings(len(first))
    if words or (counted and width == count + 1):
        return first, [(line, fields[1:]) for line, fields in cells]
    return None, cells


def _without_sums(
    cells: Cells, rows: list[str] | None, columns: list[str] | None
) -> tuple[Cells, list[str] | None, list[str] | None]:
    """The same without a row and a column of sums at the end."""
    if rows and rows[-1].lower() in _SUMS:
        rows, cells = rows[:-1], cells[:-1]
    if columns and columns[-1].lower() in _SUMS:
        columns = columns[:-1]
        cells = [(line, fields[: len(columns)]) for line, fields in cells]
    return cells, rows, columns


def _check_shape(
    cells: Cells, rows: list[str] | None, columns: list[str] | None, line: int
) -> None:
    size = len(columns) if columns else len(CLASSES)
    if columns and not 2 <= size <= len(CLASSES) + 1:
        raise ResultsError(
            _("Line {line}: Expected {expected} class names. Received: {count}.").format(
                line=number(line), expected=number(len(CLASSES)), count=number(size)
            )
        )
    named = bool(rows) and bool(columns)
    widths = {len(fields) for _line, fields in cells}
    sizes = {size} if columns or rows else {len(CLASSES), len(CLASSES) + 1}
    if columns and not named and len(widths) == 1 and widths != {size}:
        raise ResultsError(
            _("Line {line}: Expected {expected} class names. Received: {count}.").format(
                line=number(line), expected=number(min(widths)), count=number(size)
            )
        )
    if not named and (len(cells) not in sizes or widths == {len(CLASSES)} != {len(cells)}):
        raise ResultsError(
            _("Expected a matrix of 7 rows of counts. Received: {count} rows.").format(
                count=number(len(cells))
            )
        )
    width = size if columns or rows else len(cells)
    for row, fields in cells:
        if len(fields) == width:
            continue
        raise ResultsError(
            _("Line {line}: Expected {expected} counts. Received: {count}.").format(
                line=number(row), expected=number(width), count=number(len(fields))
            )
        )


def _numbers(names: Sequence[str]) -> list[int] | None:
    """Class numbers, where names are nothing else."""
    found = [vocabularies.number_of(name) for name in names]
    return [n for n in found if n is not None] if None not in found else None


def _names(fields: Sequence[str], where: str) -> list[str]:
    found: list[str] = []
    for place, field in enumerate(fields, 1):
        name = vocabularies.class_of(field)
        if name is None:
            raise ResultsError(
                _(
                    "{where}, name {place}: Expected class names among {names}. "
                    "Received: {received}."
                ).format(
                    where=where,
                    place=number(place),
                    names=vocabularies.expected(),
                    received=received(field),
                )
                + vocabularies.did_you_mean(field)
            )
        if name in found:
            raise ResultsError(
                _("{where}: the class {name} appears twice.").format(where=where, name=name)
            )
        found.append(name)
    return found


def _by_names(
    matrix: np.ndarray,
    rows: list[str] | None,
    columns: list[str] | None,
    notes: list[str],
) -> tuple[tuple[str, ...], np.ndarray]:
    """Classes and the matrix in their order; what is missing is empty, contempt left out."""
    true, predicted = rows or columns or [], columns or rows or []
    if len(true) != matrix.shape[0] or len(predicted) != matrix.shape[1]:
        raise ResultsError(
            _(
                "Expected as many names as rows and columns, {names}. "
                "Received: {rows} by {columns}."
            ).format(
                names=number(len(true)), rows=number(len(matrix)), columns=number(matrix.shape[1])
            )
        )
    present = [name for name in CLASSES if name in {*true, *predicted}]
    classes = tuple(present) if len(present) <= FEW else CLASSES
    whole = np.zeros((len(classes), len(classes)), dtype=np.int64)
    for row, name in enumerate(true):
        for column, other in enumerate(predicted):
            if name in classes and other in classes:
                whole[classes.index(name), classes.index(other)] = matrix[row, column]
    note_contempt(notes, int(matrix.sum() - whole.sum()))
    missing = [name for name in classes if name not in true or name not in predicted]
    if missing:
        notes.append(_("The file has no {classes}: empty here.").format(classes=", ".join(missing)))
    return classes, whole


def _by_numbers(
    matrix: np.ndarray, names: list[int] | None, order: str | None, notes: list[str]
) -> tuple[np.ndarray, str]:
    """A square matrix without names, whose order must show, in that of `CLASSES`; the order."""
    size = len(matrix)
    used = names if names is not None and len(names) == size else list(range(size))

    def placed(by: Order) -> np.ndarray:
        whole = np.zeros((len(CLASSES), len(CLASSES)), dtype=np.int64)
        kept = [(n, by.class_of(value)) for n, value in enumerate(used)]
        for row, name in kept:
            for column, other in kept:
                if name in CLASSES and other in CLASSES:
                    whole[CLASSES.index(name), CLASSES.index(other)] = matrix[row, column]
        return whole

    def proves(by: Order) -> str:
        split = recognise(placed(by).sum(axis=1))
        return _("the rows add up to the classes of {split}").format(split=split) if split else ""

    reading = choose(set(used), order, proves)
    if reading.note:
        notes.append(reading.note)
    found = placed(reading.order)
    note_contempt(notes, int(matrix.sum() - found.sum()))
    return found, reading.order.id


def note_contempt(notes: list[str], count: int) -> None:
    """Say that the eighth class was left out."""
    if count:
        notes.append(
            _("Contempt, which is no class of FER-2013, was left out: {count} images.").format(
                count=number(count)
            )
        )


def _check_direction(matrix: np.ndarray, classes: tuple[str, ...]) -> None:
    if recognise(matrix.sum(axis=1), classes) is None and (
        split := recognise(matrix.sum(axis=0), classes)
    ):
        raise ResultsError(
            _(
                "The columns, not the rows, add up to the classes of {split}. Expected rows to be "
                "the true and columns the predicted classes: exchange rows and columns."
            ).format(split=split)
        )


def _count(column: int, field: str, line: int) -> float:
    found = value(field)
    if found is not None and found % 1 and field.count(",") == 1:
        # 1,234: no count has decimals, so that the comma divides thousands.
        found = value(field.replace(",", ""))
    if found is None or not math.isfinite(found) or not 0 <= found <= MOST:
        raise ResultsError(
            _(
                "Line {line}, column {column}: Expected counts of zero or more. "
                "Received: {received}."
            ).format(line=number(line), column=number(column), received=received(field))
        )
    return found


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
            ).format(sum="100" if sums[0] > 50 else number(1))
        )
    wrong = values[values != np.rint(values)][0]
    raise ResultsError(
        _("Expected whole numbers of images. Received: {received}.").format(received=f"{wrong:g}")
    )
