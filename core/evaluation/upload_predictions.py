"""Somebody else's predictions: one line an image, true class beside prediction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

import numpy as np

from core.data import vocabularies
from core.data.supports import recognise
from core.data.tables import Table, received, value
from core.data.vocabularies import Order
from core.errors import ResultsError
from core.evaluation.class_order import Reading, choose
from core.evaluation.measured import Measured, of_table
from core.evaluation.metrics import confusion
from core.evaluation.upload_matrix import FEW, IMAGE, PREDICTED, TRUTH, note_contempt
from core.labels import CLASSES
from core.schema import PredictionTable
from core.text import _, number

ROUNDING = 0.005
"""By how much a probability of two digits may be off; a row of seven adds up to 0.965 to 1.035."""

LARGEST = max(order.start + len(order.classes) - 1 for order in vocabularies.ORDERS.values())
"""The largest number that any dataset gives to a class."""

_OF_BATCH = {"network", "second_probability"}
"""Columns by which the table of a batch is known: its `label` is the network's answer."""


@dataclass
class _Columns:
    """Which columns hold what; None and empty where there is no such column."""

    titles: list[str]
    truth: int | None = None
    predicted: int | None = None
    image: int | None = None
    named: dict[str, int] = field(default_factory=dict)
    numbered: list[int] = field(default_factory=list)

    @property
    def probabilities(self) -> list[int]:
        """Of every class."""
        return list(self.named.values()) or self.numbered


@dataclass
class _Lines:
    """What stands in the lines, before its order is known.

    Attributes:
        numbers: lines of the file.
        images: what the image column holds, else the line's place.
        truth: words or numbers.
        predicted: likewise; empty where there are probabilities.
        probabilities: float64 (n, C), in the order of the columns.
    """

    numbers: list[int] = field(default_factory=list)
    images: list[str] = field(default_factory=list)
    truth: list[str] = field(default_factory=list)
    predicted: list[str] = field(default_factory=list)
    probabilities: list[list[float]] = field(default_factory=list)


def read(
    table: Table, title: str, known: Mapping[str, PredictionTable], order: str | None = None
) -> Measured:
    """Read predictions.

    Args:
        table: true and predicted classes, or true classes and probabilities; true classes may
            stand in the names of files and folders.
        title: what to call it.
        known: see `upload.read`.
        order: id of the order of classes that the viewer chose for numbers.

    Raises:
        OrderError: where numbers stand in another order than FER-2013's, most likely.
        ResultsError: saying which line and column is wrong, what was expected and what stood
            there.
    """
    notes: list[str] = []
    columns, records = _columns(table)
    lines = _lines(columns, _chosen(columns, records, notes), notes)
    truth, by_name = _classes(lines.truth, lines.numbers, _title(columns, columns.truth))
    if columns.probabilities:
        names = list(columns.named) or None
        predicted = np.array(
            [max(range(len(row)), key=row.__getitem__) for row in lines.probabilities]
        )
        predicted_named = names is not None
        if names is not None:
            predicted = np.array([_place(name) for name in names])[predicted]
    else:
        predicted, predicted_named = _classes(
            lines.predicted, lines.numbers, _title(columns, columns.predicted)
        )
        names = None
    reading = _reading(columns, lines, (truth, by_name), (predicted, predicted_named), known, order)
    if reading is not None:
        if reading.note:
            notes.append(reading.note)
        truth = truth if by_name else reading.places(truth)
        if not predicted_named:
            predicted = reading.places(predicted)
            names = [
                reading.order.class_of(n + reading.order.start) or ""
                for n in range(len(columns.numbered))
            ]
    found = (
        _with_probabilities(title, lines, names or [], truth, known, notes)
        if columns.probabilities
        else _pairs(title, truth, predicted, notes)
    )
    return replace(found, notes=tuple(notes), order=reading.order.id if reading else "")


def _columns(table: Table) -> tuple[_Columns, list[tuple[int, list[str]]]]:
    line, first = table.records[0]
    titles = [field.strip().lower() for field in first]
    columns = _Columns(titles)
    if len(titles) == 2 and all(_is_class(title) for title in titles):
        columns.truth, columns.predicted = 0, 1
        columns.titles = ["y_true", "y_pred"]
        return columns, table.records
    of_batch = set(titles) >= _OF_BATCH

    def first_of(wanted: Sequence[str]) -> int | None:
        return next((titles.index(name) for name in wanted if name in titles), None)

    columns.image = first_of(IMAGE)
    columns.truth = first_of([name for name in TRUTH if not (of_batch and name == "label")])
    columns.predicted = titles.index("label") if of_batch else first_of(PREDICTED)
    taken = {columns.image, columns.truth, columns.predicted}
    for place, name in enumerate(titles):
        if place in taken or not name or (of_batch and not name.startswith("p_")):
            continue
        if (found := vocabularies.class_of_column(first[place].strip())) is not None:
            if found in columns.named:
                raise ResultsError(
                    _("Line {line}: the class {name} appears twice.").format(
                        line=number(line), name=found
                    )
                )
            columns.named[found] = place
    if not columns.named:
        columns.numbered = _numbered(titles, taken, line)
    if len(columns.named) == 1:
        columns.named = {}
    if not columns.probabilities and columns.predicted is None:
        raise ResultsError(
            _(
                "Line {line}: Expected a column of predicted classes, or one of probabilities for "
                "every class, such as p_angry. Received: {titles}."
            ).format(line=number(line), titles=", ".join(filter(None, titles))[:120] or "–")
        )
    if columns.truth is None and columns.image is None:
        raise ResultsError(
            _(
                "Line {line}: Expected a column of true classes, such as label. Received: {titles}."
            ).format(line=number(line), titles=", ".join(filter(None, titles))[:120])
        )
    return columns, table.records[1:]


def _numbered(titles: list[str], taken: set[int | None], line: int) -> list[int]:
    """Places of the columns p0, p1 and so on, in their order."""
    found: dict[int, int] = {}
    for place, name in enumerate(titles):
        value = vocabularies.number_of_column(name) if place not in taken else None
        if value is not None and value in found:
            raise ResultsError(
                _("Line {line}: the column {name} appears twice.").format(
                    line=number(line), name=name
                )
            )
        if value is not None:
            found[value] = place
    start = 0 if 0 in found else 1
    missing = [n for n in range(start, max(found, default=0) + 1) if n not in found]
    if missing or len(found) == 1:
        raise ResultsError(
            _(
                "Line {line}: Expected the columns image, label, p0 to p6. Missing: {missing}."
            ).format(line=number(line), missing=", ".join(f"p{n}" for n in missing) or "p1")
        )
    return [found[n] for n in sorted(found)]


def _title(columns: _Columns, place: int | None) -> str:
    return columns.titles[place] if place is not None else _("file")


def _is_class(text: str) -> bool:
    return vocabularies.class_of(text) is not None or vocabularies.number_of(text) is not None


def _chosen(
    columns: _Columns, records: list[tuple[int, list[str]]], notes: list[str]
) -> list[tuple[int, list[str]]]:
    """Of a batch's table one line a picture: its largest face, the first network."""
    titles = columns.titles
    if not set(titles) >= _OF_BATCH:
        return records
    network, face = titles.index("network"), titles.index("face") if "face" in titles else None
    seconds = titles.index("seconds") if "seconds" in titles else None
    whole = [(line, row) for line, row in records if len(row) == len(titles)]
    answered = [(line, row) for line, row in whole if row[network].strip()]
    names = list(dict.fromkeys(row[network] for _line, row in answered))
    if len(names) > 1:
        notes.append(
            _("The file holds answers of {networks}: those of {first} were read.").format(
                networks=", ".join(names), first=names[0]
            )
        )
    found: dict[str, tuple[int, list[str]]] = {}
    for line, row in answered:
        file = row[columns.image or 0]
        if row[network] != names[0] or (seconds is not None and row[seconds].strip()):
            continue
        place = (value(row[face]) or 0) if face is not None else 0
        if file not in found or (face is not None and place < (value(found[file][1][face]) or 0)):
            found[file] = (line, row)
    pictures = len({row[columns.image or 0] for _line, row in whole})
    if left := pictures - len(found):
        notes.append(
            _("Pictures without a face or an answer, and videos, were left out: {count}.").format(
                count=number(left)
            )
        )
    return list(found.values())


def _lines(columns: _Columns, records: list[tuple[int, list[str]]], notes: list[str]) -> _Lines:
    found = _Lines()
    if not records:
        raise ResultsError(_("Expected one line for each image. Received: only the header."))
    seen: dict[str, int] = {}
    unlabelled = 0
    for line, row in records:
        if len(row) != len(columns.titles):
            raise ResultsError(
                _("Line {line}: Expected {expected} fields. Received: {count}.").format(
                    line=number(line), expected=len(columns.titles), count=len(row)
                )
            )
        image = row[columns.image].strip() if columns.image is not None else str(len(found.images))
        if columns.image is not None and image in seen:
            raise ResultsError(
                _("Line {line}: the image {image} appeared in line {first} already.").format(
                    line=number(line), image=received(image), first=number(seen[image])
                )
            )
        seen[image] = line
        truth = row[columns.truth].strip() if columns.truth is not None else _in_name(image)
        if columns.truth is None and not truth:
            unlabelled += 1
            continue
        found.numbers.append(line)
        found.images.append(image)
        found.truth.append(truth)
        if columns.probabilities:
            found.probabilities.append(
                [
                    _probability(row[place], line, columns.titles[place])
                    for place in columns.probabilities
                ]
            )
        elif columns.predicted is not None:
            found.predicted.append(row[columns.predicted].strip())
    if not found.truth:
        raise ResultsError(
            _(
                "Expected true classes: a column such as true, or files in folders named after the "
                "expressions, such as angry/1.jpg."
            )
        )
    if unlabelled:
        notes.append(
            _("Files whose name carries no class were left out: {count}.").format(
                count=number(unlabelled)
            )
        )
    if columns.probabilities:
        found.probabilities = _as_shares(found)
    return found


def _in_name(file: str) -> str:
    """The class or class number that a file's folders or name carry; empty without one."""
    path = PurePosixPath(file.replace("\\", "/"))
    for folder in reversed(path.parts[:-1]):
        if found := vocabularies.class_of(folder):
            return found
    if found := vocabularies.class_of_file(path.name):
        return found
    parent = path.parent.name
    return parent if vocabularies.number_of(parent) is not None else ""


def _probability(field: str, line: int, title: str) -> float:
    found = value(field)
    if found is None or not 0 <= found <= 100:
        raise ResultsError(
            _(
                "Line {line}: {column}: Expected a probability from 0 to 1. Received: {received}."
            ).format(line=number(line), column=title, received=received(field))
        )
    return found


def _as_shares(lines: _Lines) -> list[list[float]]:
    """Rows that add up to 1, of such or of percentages; rounded numbers may be off a little."""
    size = len(lines.probabilities[0])
    room = ROUNDING * size + 1e-9
    sums = [sum(row) for row in lines.probabilities]
    scale = 100.0 if all(abs(total - 100) <= 100 * room for total in sums) else 1.0
    for line, total in zip(lines.numbers, sums, strict=True):
        if abs(total / scale - 1) > room:
            raise ResultsError(
                _("Line {line}: Expected probabilities that add up to 1. Received: {sum}.").format(
                    line=number(line), sum=number(total, 3)
                )
            )
    return [
        [share / total for share in row]
        for row, total in zip(lines.probabilities, sums, strict=True)
    ]


def _place(name: str) -> int:
    return CLASSES.index(name) if name in CLASSES else -1


def _classes(words: list[str], lines: list[int], title: str) -> tuple[np.ndarray, bool]:
    """Positions in `CLASSES` where words are names, else numbers; int64 (n,), and which it is."""
    numbers = [vocabularies.number_of(word) for word in words]
    is_class = [found is not None and found <= LARGEST for found in numbers]
    if all(is_class):
        return np.array(numbers, dtype=np.int64), False
    by_number = sum(found is not None for found in numbers) > len(words) / 2
    found = []
    for word, numeric, line in zip(words, is_class, lines, strict=True):
        name = vocabularies.class_of(word)
        if by_number and numeric:
            continue
        if name is None or by_number:
            raise ResultsError(
                _(
                    "Line {line}: {column}: Expected 0 to 6 or a class name. Received: {received}."
                ).format(line=number(line), column=title, received=received(word))
                + vocabularies.did_you_mean(word)
            )
        found.append(_place(name))
    return np.array(found, dtype=np.int64), True


def _reading(
    columns: _Columns,
    lines: _Lines,
    truth: tuple[np.ndarray, bool],
    predicted: tuple[np.ndarray, bool],
    known: Mapping[str, PredictionTable],
    order: str | None,
) -> Reading | None:
    """What numbers mean; None where there are none."""
    if truth[1] and predicted[1]:
        return None
    if columns.numbered and len(columns.numbered) < len(CLASSES):
        raise ResultsError(
            _(
                "Expected the columns p0 to p6 for seven classes. Received: {count} columns. Name "
                "them after their classes, such as p_angry."
            ).format(count=number(len(columns.numbered)))
        )
    numbers: set[int] = set(range(len(columns.numbered))) if not predicted[1] else set()
    for values, by_name in (truth, predicted):
        if not by_name:
            numbers |= set(values.tolist())
    if truth[1] != predicted[1]:
        named, numeric = (truth, predicted) if truth[1] else (predicted, truth)
        return choose(numbers, order, answers=(named[0], numeric[0]))

    def proves(by: Order) -> str:
        labels = Reading(by).places(truth[0])
        split = recognise(np.bincount(labels[labels >= 0], minlength=len(CLASSES)))
        split = split or _locate(lines.images, labels, known)[0]
        return _("the labels are those of {split}").format(split=split) if split else ""

    return choose(numbers, order, proves)


def _with_probabilities(
    title: str,
    lines: _Lines,
    names: list[str],
    truth: np.ndarray,
    known: Mapping[str, PredictionTable],
    notes: list[str],
) -> Measured:
    """A prediction table over the classes of the columns, in the order of `CLASSES`."""
    classes = [name for name in CLASSES if name in names]
    probabilities = np.array(lines.probabilities)[:, [names.index(name) for name in classes]]
    places = np.array([classes.index(n) if n in classes else -1 for n in CLASSES] + [-1])[truth]
    total = probabilities.sum(axis=1)
    kept = (places >= 0) & (total > 0)
    note_contempt(notes, int((truth < 0).sum()))
    if left := int(((truth >= 0) & (places < 0)).sum()):
        others = Counter(CLASSES[place] for place in truth[(truth >= 0) & (places < 0)])
        notes.append(
            _("Images of classes that the file has no column for were left out: {classes}.").format(
                classes=", ".join(f"{name} {number(count)}" for name, count in others.items())
            )
        )
    if not kept.any():
        raise ResultsError(
            _("None of the {count} images belongs to a class with a column.").format(
                count=number(left or len(truth))
            )
        )
    images = [image for image, keep in zip(lines.images, kept, strict=True) if keep]
    label = places[kept].astype(np.uint8)
    split, index = _locate(images, label, known) if tuple(classes) == CLASSES else ("", None)
    counts = np.bincount(label, minlength=len(classes))
    found = PredictionTable(
        split=split or recognise(counts, classes) or "",
        index=-1 - np.arange(len(label)) if index is None else index,
        label=label,
        probabilities=(probabilities[kept] / total[kept, None]).astype(np.float32),
    )
    whole = of_table("upload", title, found, classes)
    return Measured(
        whole.id,
        title,
        found.split,
        tuple(classes),
        whole.matrix,
        found,
        located=index is not None,
    )


def _pairs(title: str, truth: np.ndarray, predicted: np.ndarray, notes: list[str]) -> Measured:
    """A matrix of true and predicted classes."""
    kept = (truth >= 0) & (predicted >= 0)
    note_contempt(notes, int((~kept).sum()))
    if not kept.any():
        raise ResultsError(_("No image belongs to one of the seven classes."))
    matrix = confusion(truth[kept], predicted[kept], len(CLASSES))
    used = np.flatnonzero(matrix.sum(axis=0) + matrix.sum(axis=1))
    classes = CLASSES
    if len(used) <= FEW:
        classes = tuple(CLASSES[place] for place in used)
        matrix = matrix[np.ix_(used, used)]
    return Measured(
        "upload",
        title,
        recognise(matrix.sum(axis=1), classes) or "",
        classes,
        matrix,
        located=False,
    )


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
