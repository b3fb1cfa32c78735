"""Zip archives of pictures, read member by member: nothing is unpacked, no bomb goes off."""

from __future__ import annotations

import stat
import struct
import tempfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from core.errors import ImageError
from core.faces.photo import MAX_BYTES
from core.inference.batch.kinds import ARCHIVES, IMAGES, VIDEOS, is_hidden, suffix
from core.text import _

MAX_MEMBERS = 200_000

MAX_RATIO = 100
"""Expanded over packed size that no archive of pictures reaches ..."""

SMALL = 256 * 1024**2
"""... but for this many expanded bytes, which do no harm."""

MAX_VIDEO = 2 * 1024**3
"""Largest video that is unpacked, to a temporary file."""

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
        problem: why it cannot be used; empty where it can be tried.
    """

    name: str
    problem: str = ""
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
        """
        with tempfile.NamedTemporaryFile(suffix=suffix(self.name)) as copy:
            try:
                with self._open() as stream:
                    while block := stream.read(_BLOCK):
                        copy.write(block)
                        if copy.tell() > MAX_VIDEO:
                            raise ImageError(too_large())
                copy.flush()
            except ImageError:
                raise
            except _DAMAGE as reason:
                raise ImageError(_damaged()) from reason
            yield Path(copy.name)

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
        archive = zipfile.ZipFile(path)
        found = archive.infolist()
    except Exception:  # noqa: BLE001  (damaged directories raise whatever they reach)
        yield Member("", _("The archive is damaged or is no zip file."))
        return
    expanded = sum(info.file_size for info in found)
    packed = max(1, sum(info.compress_size for info in found))
    if len(found) > MAX_MEMBERS:
        yield Member("", _("The archive holds too many files."))
        return
    if expanded > SMALL and expanded / min(packed, path.stat().st_size) > MAX_RATIO:
        yield Member("", _("The archive would expand too far: it looks like a zip bomb."))
        return
    times: Counter[str] = Counter()
    for info in sorted(found, key=lambda info: info.filename):
        name = _clean(info.filename)
        if is_hidden(name) or suffix(name) not in IMAGES | VIDEOS | ARCHIVES:
            continue
        times[name] += 1
        shown = name if times[name] == 1 else f"{name} ({times[name]})"
        problem = _problem(name, info)
        yield Member(shown, problem) if problem else Member(shown, "", archive, info)


def _clean(name: str) -> str:
    text = name.replace("\\", "/").encode("utf-8", "backslashreplace").decode()
    return text.replace("\0", "")


def _problem(name: str, info: zipfile.ZipInfo) -> str:
    place = PurePosixPath(name)
    if place.is_absolute() or ".." in place.parts:
        return _("This name points out of the archive.")
    if info.flag_bits & 1:
        return _("This file is protected by a password.")
    if stat.S_ISLNK(info.external_attr >> 16):
        return _("This is a link, not a file.")
    if suffix(name) in ARCHIVES:
        return _("An archive inside an archive is not opened.")
    if info.file_size > (MAX_VIDEO if suffix(name) in VIDEOS else MAX_BYTES):
        return too_large()
    return ""


def too_large() -> str:
    """That a file expands beyond what is read."""
    return _("The file is too large to be read.")


def _damaged() -> str:
    return _("This file of the archive is damaged.")
