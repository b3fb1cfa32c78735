"""Zip archives of pictures, read member by member: nothing is unpacked, no bomb goes off."""

from __future__ import annotations

import struct
import tempfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from core.batch.kinds import (
    KNOWN,
    START,
    Kind,
    is_hidden,
    kind_of,
    problem_of,
    suffix,
)
from core.data import zips
from core.errors import ImageError
from core.faces.photo import MAX_BYTES
from core.files import shown
from core.text import Message, later

MAX_VIDEO = 2 * 1024**3
"""Largest video that is unpacked, to a temporary file."""

_BLOCK = 1 << 20

_DAMAGE = (
    *(OSError, EOFError, ValueError, IndexError, zlib.error, zipfile.BadZipFile),
    *(NotImplementedError, RuntimeError, struct.error),
)


@dataclass(frozen=True)
class Member:
    """A file of an archive, or what is wrong with it.

    Attributes:
        name: in the archive, `/` between its parts; empty for the archive itself.
        kind: what it is; "other" for what is no picture.
        problem: why it cannot be used; None where it can be tried.
        foreign: whether the problem is its kind, which is read nowhere here.
    """

    name: str
    kind: Kind = "photo"
    problem: Message | None = None
    foreign: bool = False
    _archive: zipfile.ZipFile | None = None
    _info: zipfile.ZipInfo | None = None

    def read(self) -> bytes:
        """The member's content, cut one byte beyond what `decode` accepts.

        Several threads may read members of one archive at once.

        Raises:
            ImageError: with a sentence.
        """
        try:
            with self._open() as stream:
                return stream.read(MAX_BYTES + 1)
        except _DAMAGE as reason:
            raise ImageError(_damaged()) from reason

    @contextmanager
    def unpacked(self) -> Iterator[Path]:
        """A temporary file with the member's content, for readers that want a file.

        Raises:
            ImageError: with a sentence.
            OSError: if the temporary file cannot be written.
        """
        with tempfile.NamedTemporaryFile(suffix=suffix(self.name)) as copy:
            for block in self._blocks():
                copy.write(block)
                if copy.tell() > MAX_VIDEO:
                    raise ImageError(too_large())
            copy.flush()
            yield Path(copy.name)

    def _blocks(self) -> Iterator[bytes]:
        try:
            with self._open() as stream:
                while block := stream.read(_BLOCK):
                    yield block
        except _DAMAGE as reason:
            raise ImageError(_damaged()) from reason

    def _open(self) -> zipfile.ZipExtFile:
        if self._archive is None or self._info is None:
            raise ValueError("Expected a member that can be read.")
        return self._archive.open(self._info)  # type: ignore[return-value]


def members(path: Path) -> Iterator[Member]:
    """The files of an archive, sorted by name.

    A member that points out of the archive, is too large, encrypted, packed in an unknown way
    or an archive itself comes with its problem, and so does the archive as a whole where it
    cannot be opened. Files of systems are passed over.
    """
    try:
        archive = zips.opened(path)
        infos = archive.infolist()
    except zips.TooManyError:
        yield Member("", "other", later("The archive holds too many files."))
        return
    except Exception:  # noqa: BLE001  (damaged directories raise whatever they reach)
        yield Member("", "other", later("The archive is damaged or is no zip file."))
        return
    if zips.expands_too_far(infos, path.stat().st_size):
        bomb = later("The archive would expand too far: it looks like a zip bomb.")
        yield Member("", "other", bomb)
        return
    times: Counter[str] = Counter()
    used: set[str] = set()
    for entry in zips.entries(archive):
        name, info, problem = shown(entry.name), entry.info, entry.problem
        if is_hidden(name):
            continue
        start = None if problem else _start(archive, info)
        kind = kind_of(name, start or b"")
        if kind == "other" and (problem is None or suffix(name) not in KNOWN):
            yield Member(name, kind)
            continue
        if problem is None:
            problem = _problem(kind, info)
        foreign = None if problem else problem_of(kind, name, start)
        unused = _unused(name, used, times)
        if problem or foreign:
            yield Member(unused, kind, problem or foreign, foreign is not None)
        else:
            yield Member(unused, kind, None, False, archive, info)


def _start(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes | None:
    """The first bytes of a member; None where it is damaged."""
    try:
        with archive.open(info) as stream:
            return stream.read(START)
    except _DAMAGE:
        return None


def _problem(kind: Kind, info: zipfile.ZipInfo) -> Message | None:
    if kind == "archive":
        return later("An archive inside an archive is not opened.")
    if info.file_size > (MAX_VIDEO if kind == "video" else MAX_BYTES):
        return too_large()
    return None


def _unused(name: str, used: set[str], times: Counter[str]) -> str:
    """The name, with a number before its ending if another member goes by it already."""
    stem, _dot, end = name.rpartition(".")
    shown = name
    while shown in used:
        times[name] += 1
        shown = f"{stem} ({times[name] + 1}).{end}"
    used.add(shown)
    return shown


def too_large() -> Message:
    """That a file expands beyond what is read."""
    return later("The file is too large to be read.")


def _damaged() -> Message:
    return later("This file of the archive is damaged.")
