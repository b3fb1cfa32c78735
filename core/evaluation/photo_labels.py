"""The expressions that people gave their own pictures, and how networks do on these."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath

import numpy as np

from core.errors import ResultsError
from core.evaluation.measured import Measured
from core.evaluation.metrics import confusion
from core.evaluation.upload import SYNONYMS
from core.labels import CLASSES
from core.schema import PredictionTable
from core.text import _, number

LIMIT = 20 * 2**20
"""Bytes of a file of labels."""

FILES = ("file", "filename", "file_name", "image", "path", "name", "photo")
LABELS = ("label", "expression", "emotion", "class", "true", "target")


def class_of(text: str) -> str | None:
    """The class that a word names, `Anger` for one; None where it names none."""
    word = text.strip().lower()
    word = SYNONYMS.get(word, word)
    return word if word in CLASSES else None


def label_of(name: str) -> str | None:
    """The label that a file's name carries.

    The folder closest to the file that is named after a class counts, then the beginning
    of the file's own name: `photos/angry/1.jpg`, `happy_003.png`, `Sad 2.jpg`.
    """
    *folders, last = PurePosixPath(name).parts or ("",)
    for folder in reversed(folders):
        if found := class_of(folder):
            return found
    return class_of(re.split(r"[^A-Za-z]", last, maxsplit=1)[0])


def read_labels(content: bytes, name: str) -> dict[str, str]:
    """A CSV file with a column of file names and one of expressions, by file name.

    Raises:
        ResultsError: saying what was expected and what stood there.
    """
    if len(content) > LIMIT:
        raise ResultsError(_("{name} is too large for a list of labels.").format(name=name))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ResultsError(
            _("{name} is no text file. Save it as CSV (UTF-8).").format(name=name)
        ) from None
    first = next((line for line in text.splitlines() if line.strip()), "")
    try:
        rows = list(
            csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count))
        )
    except csv.Error as reason:
        raise ResultsError(f"{name}: {reason}.") from reason
    rows = [row for row in rows if any(row)]
    header = [field.strip().lower() for field in rows[0]] if rows else []
    file = next((header.index(word) for word in FILES if word in header), None)
    label = next((header.index(word) for word in LABELS if word in header), None)
    if file is None or label is None:
        raise ResultsError(
            _("{name}: Expected a header with the columns file and label.").format(name=name)
        )
    found: dict[str, str] = {}
    for line, row in enumerate(rows[1:], 2):
        fields = [*row, *[""] * (len(header) - len(row))]
        known = class_of(fields[label])
        if known is None:
            raise ResultsError(
                _("{name}: line {line}: Expected one of {classes}. Received: {word}.").format(
                    name=name,
                    line=number(line),
                    classes=", ".join(CLASSES),
                    word=fields[label][:40] or "–",
                )
            )
        found[fields[file].strip().replace("\\", "/")] = known
    return found


def labels_of(names: Iterable[str], table: Mapping[str, str]) -> dict[str, str]:
    """The labels of files: those of the table first, else what their names carry.

    A table may name files with or without their folders; a bare name that stands there
    for several files of the batch counts for all of them.
    """
    bare = {PurePosixPath(name).name: label for name, label in table.items()}
    found = {}
    for name in names:
        label = table.get(name) or bare.get(PurePosixPath(name).name) or label_of(name)
        if label:
            found[name] = label
    return found


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
