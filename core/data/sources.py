"""The forms in which people have FER-2013, each read as a stream of labelled images."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np
from PIL import Image

from core.data import archives, tables
from core.data.archives import ByteStream
from core.data.fingerprint import SIDE
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

_SYNONYMS = ("anger", "disgusted", "fearful", "happiness", "sadness", "surprised")
_FOLDERS = {name: label for names in (CLASSES, _SYNONYMS) for label, name in enumerate(names)}


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


def records(path: Path) -> Iterator[Record]:
    """Every image of FER-2013 in a file, folder or archive, one at a time.

    Raises:
        DataError: if nothing that looks like FER-2013 is there, or it is damaged; the
            message says what is expected.
    """
    with archives.readable(path), archives.members(path) as members:
        if members is None:
            with archives.open_plain(path) as stream:
                yield from _csv_records(stream, path.name)
            return
        table = _table_among(members)
        if table is not None:
            with table.open() as stream:
                yield from _csv_records(stream, table.name)
            return
        images = [(member, place) for member in members if (place := _place(member.name))]
        if not images:
            raise DataError(f"No FER-2013 in {path}. {EXPECTED}.")
        for member, (label, split) in images:
            with member.open() as stream:
                content = stream.read(MAX_IMAGE + 1)
            yield Record(_decoded(content, f"{path}: {member.name}"), label, split)


def _table_among(members: list[archives.Member]) -> archives.Member | None:
    tables_there = [member for member in members if member.name.lower().endswith(".csv")]
    for known in CSV_NAMES:
        for member in tables_there:
            if PurePosixPath(member.name).name.lower() == known:
                return member
    return tables_there[0] if len(members) == len(tables_there) == 1 else None


def _csv_records(stream: ByteStream, name: str) -> Iterator[Record]:
    for number, row in enumerate(tables.rows(stream, name, COLUMNS), start=1):
        yield _parsed(row, f"{name}: image {number}")


def _parsed(row: tuple[str, ...], where: str) -> Record:
    emotion, pixels, usage = row
    if emotion not in {str(label) for label in range(len(CLASSES))}:
        raise DataError(f"{where}: expected an emotion from 0 to 6. Received: {emotion[:20]!r}.")
    if usage not in SPLITS:
        raise DataError(
            f"{where}: expected Usage to be one of {', '.join(SPLITS)}. Received: {usage[:20]!r}."
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
    return Record(face, int(emotion), SPLITS.index(usage))


def _place(name: str) -> tuple[int, int] | None:
    """Label and split that a member's name gives, or None where it is no dataset image."""
    path = PurePosixPath(name)
    label = _FOLDERS.get(path.parent.name.lower())
    hidden = path.name.startswith(".") or "__MACOSX" in path.parts
    if label is None or hidden or path.suffix.lower() not in SUFFIXES:
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
