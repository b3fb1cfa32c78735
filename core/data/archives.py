"""Folders, zip and tar files as one thing: a list of named members, each opened as a stream.

Nothing is ever unpacked to disk. Names that point out of the archive and archives that
expand beyond any FER-2013 are refused before a byte of them is read.
"""

from __future__ import annotations

import gzip
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO

from core.data import zips
from core.errors import DataError
from core.files import shown

ByteStream = IO[bytes] | gzip.GzipFile | lzma.LZMAFile

MAX_BYTES = 1 << 30
"""Expanded size: `icml_face_data.csv` beside the competition's other files is 0.7 GB."""

_DAMAGE = (
    *(OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, tarfile.TarError),
    # Names without a letter, dates and sizes that cannot be, and what pictures raise.
    *(ValueError, LookupError, ArithmeticError, struct.error, NotImplementedError, RuntimeError),
)


@dataclass(frozen=True)
class Member:
    """One file of a folder or archive: its name with `/` between parts, and how to open it."""

    name: str
    open: Callable[[], ByteStream]


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Turn the many errors of damaged files into one `DataError` that names `path`."""
    try:
        yield
    except DataError:
        raise
    except FileNotFoundError:
        raise DataError(f"{path} does not exist.") from None
    except PermissionError:
        raise DataError(f"{path} may not be read by this user.") from None
    except zips.TooManyError:
        raise DataError(f"{path} holds more than {zips.MAX_MEMBERS:,} files.") from None
    except _DAMAGE as error:
        reason = " ".join(str(error).split()).rstrip(".") or type(error).__name__
        raise DataError(f"{path} is truncated or damaged ({reason}). Download it again.") from error


def open_plain(path: Path) -> ByteStream:
    """A stream over a file, decompressed where it is gzip or xz by its first bytes."""
    with path.open("rb") as stream:
        start = stream.read(6)
    if start.startswith(b"\x1f\x8b"):
        return gzip.open(path)
    if start == b"\xfd7zXZ\x00":
        return lzma.open(path)
    return path.open("rb")


@contextmanager
def members(path: Path) -> Iterator[list[Member] | None]:
    """The regular files of a folder or zip, sorted by name, or of a tar file, in its order.

    Yields None where `path` is a single file. The members can be opened while the context
    lasts; going through those of a compressed tar file in another order is slow. What a
    damaged archive raises is for `readable` to translate.

    Raises:
        DataError: if the archive is too large once expanded, or has a name that points out
            of it.
    """
    if path.is_dir():
        found = (
            Member(file.relative_to(path).as_posix(), partial(_open_file, file))
            for file in path.rglob("*")
            if file.is_file()
        )
        yield sorted(found, key=lambda member: member.name)
    elif _is_zip(path):
        with zips.opened(path) as archive:
            yield _zip_members(path, archive)
    elif tarfile.is_tarfile(path):
        with tarfile.open(path) as tape:
            yield _tar_members(path, tape)
    else:
        yield None


def _open_file(path: Path) -> IO[bytes]:
    return path.open("rb")


def _is_zip(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(4) in (b"PK\x03\x04", b"PK\x05\x06")


def _zip_members(path: Path, archive: zipfile.ZipFile) -> list[Member]:
    found = []
    guard = _Guard(path)
    for entry in zips.entries(archive):
        name = guard.checked(entry.name, entry.info.file_size)
        if entry.problem:
            raise DataError(f"{path}: {name}: {entry.problem}")
        found.append(Member(name, partial(archive.open, entry.info)))
    return found


def _tar_members(path: Path, tape: tarfile.TarFile) -> list[Member]:
    found = []
    guard = _Guard(path)
    for info in tape:
        name = guard.checked(info.name, info.size)
        if info.isreg():
            found.append(Member(name, partial(_extracted, tape, info)))
    return found


def _extracted(tape: tarfile.TarFile, info: tarfile.TarInfo) -> IO[bytes]:
    stream = tape.extractfile(info)
    if stream is None:
        raise tarfile.TarError(f"{info.name} is not a file")
    return stream


class _Guard:
    """Counts an archive's members and bytes as they are listed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._members = 0
        self._bytes = 0

    def checked(self, name: str, size: int) -> str:
        """`name` with `/` between parts, if it and the sum of sizes are acceptable."""
        self._members += 1
        self._bytes += size
        if self._bytes > MAX_BYTES or self._members > zips.MAX_MEMBERS:
            raise DataError(
                f"{self._path} expands too far. Expected FER-2013: at most "
                f"{zips.MAX_MEMBERS:,} files and {MAX_BYTES / 1e9:.1f} GB."
            )
        inner = name.replace("\\", "/")
        if zips.is_outside(inner):
            raise DataError(
                f"{self._path} has a member outside the archive. Expected names inside it. "
                f"Received: {shown(name)}."
            )
        return PurePosixPath(inner).as_posix()
