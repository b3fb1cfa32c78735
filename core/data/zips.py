"""Zip archives, guarded: opened without going off, their members named as they were meant.

The importer and the batch both read archives through here. Nothing is unpacked to disk.
"""

from __future__ import annotations

import io
import re
import stat
import weakref
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from core.text import Message, later

MAX_MEMBERS = 200_000

MAX_RATIO = 100
"""Expanded over packed size that no archive of pictures reaches ..."""

SMALL = 256 * 1024**2
"""... but for this many expanded bytes, which do no harm."""

DIRECTORY = 128 * 1024**2
"""Bytes that the list of the members may take; nothing else is read so much at once."""

METHODS = {
    **{1: "Shrink", 6: "Implode", 9: "Deflate64", 10: "Terse", 20: "Zstandard", 93: "Zstandard"},
    **{94: "MP3", 95: "XZ", 96: "JPEG", 97: "WavPack", 98: "PPMd", 99: "AES"},
}
"""Ways to pack that Python cannot undo; it knows stored, Deflate, bzip2 and LZMA."""

_READABLE = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA}
_DRIVE = re.compile("[A-Za-z]:")
_UTF8 = 0x800
_ENCRYPTED = 1


class TooManyError(ValueError):
    """The directory of an archive names more members than are read."""


class _Reader(io.BufferedReader):
    """An archive's file, which hands over no directory of too many members.

    zipfile reads the directory in one go, wherever the archive's end says that it lies, and
    then takes a kilobyte for each member: too late to count them.
    """

    def read(self, size: int | None = -1, /) -> bytes:
        """The next bytes."""
        if (size or 0) > DIRECTORY:
            raise TooManyError
        data = super().read(size)
        if data.count(b"PK\1\2") > MAX_MEMBERS:
            raise TooManyError
        return data


def opened(path: Path) -> zipfile.ZipFile:
    """An archive, which closes with the last member that is held.

    Raises:
        TooManyError: if it has more members than are read.
        Exception: damaged directories raise whatever they reach.
    """
    stream = _Reader(io.FileIO(path))
    try:
        archive = zipfile.ZipFile(stream)
    except Exception:
        stream.close()
        raise
    weakref.finalize(archive, stream.close)
    return archive


@dataclass(frozen=True)
class Entry:
    """A file that an archive lists.

    Attributes:
        name: as it was meant, `/` between its parts.
        info: what the archive says of it.
        problem: why it cannot be read; None where it can be tried.
    """

    name: str
    info: zipfile.ZipInfo
    problem: Message | None


def entries(archive: zipfile.ZipFile) -> list[Entry]:
    """The files of an archive without its folders, sorted by name."""
    infos = archive.infolist()
    return sorted(
        (
            Entry(name, info, problem_of(name, info))
            for name, info in zip(names_of(infos), infos, strict=True)
            if not info.is_dir()
        ),
        key=lambda entry: entry.name,
    )


def is_outside(name: str) -> bool:
    """Whether a member's name, `/` between its parts, leads out of the archive."""
    place = PurePosixPath(name)
    return place.is_absolute() or ".." in place.parts or _DRIVE.match(name) is not None


def expands_too_far(infos: Sequence[zipfile.ZipInfo], size: int) -> bool:
    """Whether the members of an archive of `size` bytes are those of a zip bomb."""
    expanded = sum(info.file_size for info in infos)
    packed = max(1, sum(info.compress_size for info in infos))
    return expanded > SMALL and expanded / min(packed, size) > MAX_RATIO


def problem_of(name: str, info: zipfile.ZipInfo) -> Message | None:
    """Why a member cannot be read; None where it can be tried.

    Args:
        name: of the member, `/` between its parts.
        info: what the archive says of it.
    """
    if is_outside(name):
        return later("This name points out of the archive.")
    if info.flag_bits & _ENCRYPTED:
        return later("This file is protected by a password.")
    if stat.S_ISLNK(info.external_attr >> 16):
        return later("This is a link, not a file.")
    if info.compress_type not in _READABLE:
        return later(
            "This file is packed with {method}, which cannot be read here. Unpack the archive, or "
            "pack it anew with Deflate, the usual way.",
            method=METHODS.get(info.compress_type, str(info.compress_type)),
        )
    return None


def names_of(infos: Sequence[zipfile.ZipInfo]) -> list[str]:
    """The names of an archive's members, `/` between their parts.

    Archives of Windows programs hold names in the code page of the machine, without a word on
    which. It is taken for the one in which the names of the whole archive make sense.
    """
    packed = [
        info.filename.encode("cp437")
        for info in infos
        if not info.flag_bits & _UTF8 and not info.filename.isascii() and _is_cp437(info.filename)
    ]
    encoding = _encoding(packed) if packed else "cp437"
    found = []
    for info in infos:
        name = info.filename
        if not info.flag_bits & _UTF8 and not name.isascii() and _is_cp437(name):
            name = name.encode("cp437").decode(encoding, "replace")
        name = name.replace("\\", "/").replace("\0", "")
        found.append(name.encode("utf-8", "backslashreplace").decode())
    return found


def _is_cp437(name: str) -> bool:
    try:
        name.encode("cp437")
    except UnicodeEncodeError:
        return False
    return True


def _encoding(names: Sequence[bytes]) -> str:
    """The code page in which names make most sense; UTF-8 where they are that."""
    scores = {
        encoding: _score(names, encoding, plausible) for encoding, plausible in _CODE_PAGES.items()
    }
    return max(scores, key=scores.__getitem__)


def _score(names: Sequence[bytes], encoding: str, plausible: Callable[[str], bool]) -> float:
    """Share of the characters beyond ASCII that occur in names; -1 where it cannot be read."""
    try:
        text = "".join(name.decode(encoding) for name in names)
    except UnicodeDecodeError:
        return -1.0
    beyond = [letter for letter in text if not letter.isascii()]
    return sum(map(plausible, beyond)) / len(beyond) if beyond else 0.0


def _in(*ranges: tuple[int, int]) -> Callable[[str], bool]:
    return lambda letter: any(low <= ord(letter) <= high for low, high in ranges)


def _is_common_chinese(letter: str) -> bool:
    """Whether a character is of GB 2312's first level, sorted by use: 3,755 of the commonest."""
    try:
        code = letter.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return len(code) == 2 and 0xB0 <= code[0] <= 0xD7


def _is_common_japanese(letter: str) -> bool:
    """Whether a character is kana of full width or a kanji of JIS X 0208's first level."""
    if _in((0x3041, 0x30FE))(letter):
        return True
    try:
        code = letter.encode("cp932")
    except UnicodeEncodeError:
        return False
    return len(code) == 2 and 0x889F <= int.from_bytes(code, "big") <= 0x9872


def _is_latin(letter: str) -> bool:
    return letter.isalpha() and ord(letter) < 0x180 and letter not in "\u00aa\u00ba"


_CODE_PAGES: dict[str, Callable[[str], bool]] = {
    # Of equal scores the first wins: UTF-8 hardly ever fits by chance.
    "utf-8": lambda letter: True,
    "cp932": _is_common_japanese,
    "gbk": _is_common_chinese,
    "euc_kr": _in((0xAC00, 0xD7A3)),
    "cp1252": _is_latin,
    "cp850": _is_latin,
    "cp866": _in((0x400, 0x4FF)),
    "cp437": _is_latin,
}
"""What the letters beyond ASCII of names in a code page are, mostly."""
