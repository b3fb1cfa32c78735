"""Zip archives of pictures, read member by member: nothing is unpacked, no bomb goes off."""

from __future__ import annotations

import io
import stat
import struct
import tempfile
import weakref
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from core.batch.kinds import ARCHIVES, IMAGES, VIDEOS, is_hidden, suffix
from core.errors import ImageError
from core.faces.photo import MAX_BYTES
from core.text import Message, later

MAX_MEMBERS = 200_000

MAX_RATIO = 100
"""Expanded over packed size that no archive of pictures reaches ..."""

SMALL = 256 * 1024**2
"""... but for this many expanded bytes, which do no harm."""

MAX_VIDEO = 2 * 1024**3
"""Largest video that is unpacked, to a temporary file."""

_DIRECTORY = 2 * MAX_BYTES
"""Bytes that the list of the members may take; nothing else is read so much at once."""

_BLOCK = 1 << 20

_DAMAGE = (
    *(OSError, EOFError, ValueError, IndexError, zlib.error, zipfile.BadZipFile),
    *(NotImplementedError, RuntimeError, struct.error),
)


@dataclass(frozen=True)
class Member:
    """A picture or video of an archive, or what is wrong with it.

    Attributes:
        name: in the archive, `/` between its parts; empty for the archive itself.
        problem: why it cannot be used; None where it can be tried.
    """

    name: str
    problem: Message | None = None
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
    """The pictures and videos of an archive, sorted by name; other files are passed over.

    A member that points out of the archive, is too large, encrypted, or an archive itself
    comes with its problem, and so does the archive as a whole where it cannot be opened.
    """
    try:
        archive = _opened(path)
        found = archive.infolist()
    except _TooManyError:
        yield Member("", later("The archive holds too many files."))
        return
    except Exception:  # noqa: BLE001  (damaged directories raise whatever they reach)
        yield Member("", later("The archive is damaged or is no zip file."))
        return
    expanded = sum(info.file_size for info in found)
    packed = max(1, sum(info.compress_size for info in found))
    if expanded > SMALL and expanded / min(packed, path.stat().st_size) > MAX_RATIO:
        yield Member("", later("The archive would expand too far: it looks like a zip bomb."))
        return
    times: Counter[str] = Counter()
    used: set[str] = set()
    for info in sorted(found, key=lambda info: info.filename):
        name = _clean(info.filename)
        if is_hidden(name) or suffix(name) not in IMAGES | VIDEOS | ARCHIVES:
            continue
        shown = _unused(name, used, times)
        problem = _problem(name, info)
        yield Member(shown, problem) if problem else Member(shown, None, archive, info)


class _TooManyError(ValueError):
    """The directory of an archive names more members than are read."""


class _Reader(io.BufferedReader):
    """An archive's file, which hands over no directory of too many members.

    zipfile reads the directory in one go, wherever the archive's end says that it lies, and
    then takes a kilobyte for each member: too late to count them.
    """

    def read(self, size: int | None = -1, /) -> bytes:
        """The next bytes."""
        if (size or 0) > _DIRECTORY:
            raise _TooManyError
        data = super().read(size)
        if data.count(b"PK\1\2") > MAX_MEMBERS:
            raise _TooManyError
        return data


def _opened(path: Path) -> zipfile.ZipFile:
    stream = _Reader(io.FileIO(path))
    try:
        archive = zipfile.ZipFile(stream)
    except Exception:
        stream.close()
        raise
    weakref.finalize(archive, stream.close)
    return archive


def _unused(name: str, used: set[str], times: Counter[str]) -> str:
    """The name, with a number before its ending if another member goes by it already."""
    stem, _dot, end = name.rpartition(".")
    shown = name
    while shown in used:
        times[name] += 1
        shown = f"{stem} ({times[name] + 1}).{end}"
    used.add(shown)
    return shown


def _clean(name: str) -> str:
    text = name.replace("\\", "/").encode("utf-8", "backslashreplace").decode()
    return text.replace("\0", "")


def _problem(name: str, info: zipfile.ZipInfo) -> Message | None:
    place = PurePosixPath(name)
    if place.is_absolute() or ".." in place.parts:
        return later("This name points out of the archive.")
    if info.flag_bits & 1:
        return later("This file is protected by a password.")
    if stat.S_ISLNK(info.external_attr >> 16):
        return later("This is a link, not a file.")
    if suffix(name) in ARCHIVES:
        return later("An archive inside an archive is not opened.")
    if info.file_size > (MAX_VIDEO if suffix(name) in VIDEOS else MAX_BYTES):
        return too_large()
    return None


def too_large() -> Message:
    """That a file expands beyond what is read."""
    return later("The file is too large to be read.")


def _damaged() -> Message:
    return later("This file of the archive is damaged.")
