"""The forms in which people have FER-2013, each read as a stream of labelled images."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np
from PIL import Image

from core.data import archives, label_order, tables, vocabularies
from core.data.archives import ByteStream
from core.data.fingerprint import SIDE
from core.data.vocabularies import Order
from core.errors import DataError
from core.labels import CLASSES
from core.roles import SPLITS

COLUMNS = ("emotion", "pixels", "Usage")
CSV_NAMES = ("fer2013.csv", "icml_face_data.csv")
SUFFIXES = (".jpg", ".jpeg", ".png")
MAX_IMAGE = 1 << 20
UNKNOWN = -1
"""The split of an image whose file name does not begin with the name of one."""

EXPECTED = (
    "Expected fer2013.csv or icml_face_data.csv (also as .xz, .gz or .zip), fer2013.tar.gz, "
    "or a folder or zip with train/<class>/*.jpg and test/<class>/*.jpg"
)


@dataclass(frozen=True)
class Record:
    """One image of a source.

    Attributes:
        face: uint8 (48, 48).
        label: 0 to 6 in the order of `CLASSES`.
        split: index into `SPLITS`, or `UNKNOWN`.
    """

    face: np.ndarray
    label: int
    split: int


def records(
    path: Path,
    order: Order = label_order.BY_DEFAULT,
    left_out: Counter[str] | None = None,
) -> Iterator[Record]:
    """Every image of FER-2013 in a file, folder or archive, one at a time.

    Args:
        path: of it.
        order: what numbers mean, in a table and as names of folders.
        left_out: counts the images in folders whose name is no class, by that name.

    Raises:
        DataError: if nothing that looks like FER-2013 is there, or it is damaged; the
            message says what is expected.
    """
    with archives.readable(path), archives.members(path) as members:
        if members is None:
            with archives.open_plain(path) as stream:
                yield from _csv_records(stream, path.name, order)
            return
        table = _table_among(members)
        if table is not None:
            with table.open() as stream:
                yield from _csv_records(stream, table.name, order)
            return
        others: Counter[str] = Counter() if left_out is None else left_out
        images = [
            (member, place) for member in members if (place := _place(member.name, order, others))
        ]
        if not images:
            raise DataError(f"No FER-2013 in {path}. {EXPECTED}.{left_out_sentence(others)}")
        for member, (label, split) in images:
            with member.open() as stream:
                content = stream.read(MAX_IMAGE + 1)
            yield Record(_decoded(content, f"{path}: {member.name}"), label, split)


def left_out_sentence(left_out: Counter[str]) -> str:
    """Which folders of images were left out, to follow another sentence; empty for none."""
    if not left_out:
        return ""
    folders = ", ".join(
        f"{folder} ({count:,}{_meant(folder)})" for folder, count in left_out.most_common(8)
    )
    more = f" and {len(left_out) - 8:,} more" if len(left_out) > 8 else ""
    return f" Left out, for their names are no class here: {folders}{more}."


def _meant(folder: str) -> str:
    word = vocabularies.suggestion(folder)
    return f", perhaps {word}?" if word else ""


def _table_among(members: list[archives.Member]) -> archives.Member | None:
    tables_there = [member for member in members if member.name.lower().endswith(".csv")]
    for known in CSV_NAMES:
        for member in tables_there:
            if PurePosixPath(member.name).name.lower() == known:
                return member
    return tables_there[0] if len(members) == len(tables_there) == 1 else None


def _csv_records(stream: ByteStream, name: str, order: Order) -> Iterator[Record]:
    for number, row in enumerate(tables.rows(stream, name, COLUMNS), start=1):
        yield _parsed(row, f"{name}: image {number}", order)


def _parsed(row: tuple[str, ...], where: str, order: Order) -> Record:
    emotion, pixels, usage = row
    label = _label(emotion, order)
    if label is None:
        last = order.start + len(order.classes) - 1
        raise DataError(
            f"{where}: expected an emotion from {order.start} to {last}. "
            f"Received: {tables.received(emotion)}."
        )
    if usage not in SPLITS:
        raise DataError(
            f"{where}: expected Usage to be one of {', '.join(SPLITS)}. "
            f"Received: {tables.received(usage)}."
        )
    try:
        values = np.fromstring(pixels, dtype=np.int64, sep=" ")
    except ValueError:
        raise DataError(f"{where}: expected pixels to be whole numbers between spaces.") from None
    if values.size != SIDE * SIDE:
        raise DataError(f"{where}: expected {SIDE * SIDE} pixels. Received: {values.size}.")
    if values.min() < 0 or values.max() > 255:
        raise DataError(f"{where}: expected pixels from 0 to 255.")
    face = values.astype(np.uint8).reshape(SIDE, SIDE)
    return Record(face, label, SPLITS.index(usage))


def _label(word: str, order: Order) -> int | None:
    """The label, 0 to 6, that a word or a number names; None where it names none."""
    number = vocabularies.number_of(word)
    if number is not None:
        return label_order.label_of(number, order)
    name = vocabularies.class_of(word)
    return CLASSES.index(name) if name in CLASSES else None


def _place(name: str, order: Order, left_out: Counter[str]) -> tuple[int, int] | None:
    """Label and split that a member's name gives, or None where it is no dataset image."""
    path = PurePosixPath(name)
    hidden = path.name.startswith(".") or "__MACOSX" in path.parts
    if hidden or path.suffix.lower() not in SUFFIXES:
        return None
    label = _label(path.parent.name, order)
    if label is None:
        left_out[path.parent.name or "."] += 1
        return None
    prefix = path.stem.split("_")[0].lower()
    names = [split.lower() for split in SPLITS]
    return label, names.index(prefix) if prefix in names else UNKNOWN


def _decoded(content: bytes, where: str) -> np.ndarray:
    if len(content) > MAX_IMAGE:
        raise DataError(f"{where}: expected a {SIDE}x{SIDE} image. Received: more than 1 MB.")
    try:
        with Image.open(io.BytesIO(content)) as image:
            width, height = image.size
            face = np.asarray(image.convert("L")) if width == height == SIDE else None
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise DataError(f"{where}: expected a JPEG or PNG image that can be decoded.") from error
    if face is None:
        raise DataError(f"{where}: expected a {SIDE}x{SIDE} image. Received: {width}x{height}.")
    return face
