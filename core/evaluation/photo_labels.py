"""The expressions that people gave their own pictures, and how networks do on these."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

import numpy as np

from core.data import tables, vocabularies
from core.data.vocabularies import ORDERS, Order
from core.errors import ResultsError
from core.evaluation.measured import Measured
from core.evaluation.metrics import confusion
from core.evaluation.upload_matrix import IMAGE, TRUTH
from core.labels import CLASSES
from core.schema import PredictionTable
from core.text import _, number

LEAST_FOLDERS = 3
"""Different numbers as names of folders from which on they are taken for classes."""


@dataclass(frozen=True)
class Labels:
    """The labels of a set of files.

    Attributes:
        by_file: class by name of the file.
        order: what numbers were read by; None where there were none.
        orders: all that the numbers can be.
        left_out: number of files by the word that names no class: a folder beside others that
            do, contempt, or a word with a slip.
    """

    by_file: Mapping[str, str]
    order: Order | None = None
    orders: Sequence[Order] = ()
    left_out: Counter[str] = field(default_factory=Counter)


def read_labels(content: bytes, name: str) -> dict[str, str]:
    """A table with a column of file names and one of expressions: the label by file name.

    Labels are class names or numbers. A table of two columns needs no header.

    Raises:
        FerLabError: saying what was expected and what stood there.
    """
    table = tables.read(content, name)
    header = [field.strip().lower() for field in table.records[0][1]]
    records = table.records[1:]
    file = next((header.index(word) for word in IMAGE if word in header), None)
    label = next((header.index(word) for word in TRUTH if word in header), None)
    if (file is None or label is None) and len(header) == 2 and _is_label(header[1]):
        file, label, records = 0, 1, table.records
    if file is None or label is None:
        raise ResultsError(
            _(
                "{name}: line {line}: Expected a header with the columns file and label. "
                "Received: {titles}."
            ).format(
                name=name,
                line=number(table.records[0][0]),
                titles=", ".join(filter(None, header))[:80],
            )
        )
    found: dict[str, str] = {}
    for line, row in records:
        word = row[label].strip() if label < len(row) else ""
        if not _is_label(word):
            raise ResultsError(
                _(
                    "{name}: line {line}, column {column}: Expected one of {classes}. "
                    "Received: {word}."
                ).format(
                    name=name,
                    line=number(line),
                    column=number(label + 1),
                    classes=vocabularies.expected(),
                    word=tables.received(word),
                )
                + vocabularies.did_you_mean(word)
            )
        if file < len(row):
            found[row[file].strip().replace("\\", "/")] = word
    return found


def _is_label(word: str) -> bool:
    return vocabularies.class_of(word) is not None or vocabularies.number_of(word) is not None


def labels_of(
    names: Iterable[str],
    table: Mapping[str, str],
    order: str | None = None,
    corrections: Mapping[str, str] | None = None,
) -> Labels:
    """The labels of files: those of the table first, else what their names carry.

    Of a name, the folder closest to the file that is named after a class counts, then the
    file's own name: `photos/angry/1.jpg`, `happy_003.png`, JAFFE's `KA.AN1.39.tiff`. Numbers as
    names of folders count where no name carries a word.

    Args:
        names: of the files.
        table: label by file, with or without its folders; a bare name that stands for several
            files counts for all of them.
        order: id of the order of numbers that the viewer chose; the likeliest by default.
        corrections: class by word, for words with a slip.
    """
    corrections = corrections or {}
    bare = {PurePosixPath(name).name: label for name, label in table.items()}
    words: dict[str, str] = {}
    numbers: dict[str, int] = {}
    folders: dict[str, str] = {}
    for name in names:
        path = PurePosixPath(name)
        given = table.get(name) or bare.get(path.name)
        if given is None:
            given = _in_name(path, corrections)
        value = vocabularies.number_of(given or path.parent.name)
        if value is not None:
            numbers[name] = value
        elif given:
            words[name] = vocabularies.class_of(given) or given
        elif path.parent.name:
            folders[name] = path.parent.name
    by_table = any(vocabularies.number_of(word) is not None for word in table.values())
    if not by_table and (words or len(set(numbers.values())) < LEAST_FOLDERS):
        numbers = {}
    orders = vocabularies.fitting(set(numbers.values()))
    chosen = ORDERS[order] if order in ORDERS and ORDERS[order] in orders else None
    chosen = chosen or next(iter(orders), None)
    if chosen is not None:
        for name, value in numbers.items():
            words[name] = chosen.class_of(value) or ""
    left_out = Counter(folders.values()) if words else Counter[str]()
    left_out.update(word for word in words.values() if word not in CLASSES)
    return Labels(
        {name: word for name, word in words.items() if word in CLASSES}, chosen, orders, left_out
    )


def _in_name(path: PurePosixPath, corrections: Mapping[str, str]) -> str | None:
    """The class that a file's folders or its own name carry."""
    for folder in reversed(path.parts[:-1]):
        if found := vocabularies.class_of(folder) or corrections.get(folder):
            return found
    return vocabularies.class_of_file(path.name)


def measure(
    title: str, classes: Sequence[str], labels: Sequence[str], probabilities: np.ndarray
) -> Measured | None:
    """A network on labelled pictures, or None where it knows none of their labels.

    Args:
        title: what to call it.
        classes: of the network, in the order of the columns.
        labels: class names (n,). Pictures of a class that the network does not know are
            left out.
        probabilities: (n, C), rows sum to one.
    """
    kept = [place for place, label in enumerate(labels) if label in classes]
    if not kept:
        return None
    label = np.array([classes.index(labels[place]) for place in kept], dtype=np.uint8)
    chosen = np.asarray(probabilities, dtype=np.float32)[kept]
    table = PredictionTable(
        split="",
        index=-1 - np.arange(len(kept)),
        label=label,
        probabilities=chosen,
    )
    matrix = confusion(label, chosen.argmax(axis=1), len(classes))
    return Measured("upload", title, "", tuple(classes), matrix, table, located=False)
