"""Parts of a batch: files, folders, patterns, zip archives and lists of them.

Nothing is read here: an item says how its content is fetched when its turn comes. What
cannot be used becomes a `Problem` in the same sequence, so that no input ends a batch and
none is passed over without a word.
"""

from __future__ import annotations

import glob
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from core.batch import zips
from core.batch.kinds import (
    HEIC,
    KNOWN,
    RAW,
    START,
    VIDEOS,
    Kind,
    is_hidden,
    kind_of,
    problem_of,
    suffix,
)
from core.errors import ImageError
from core.faces.photo import MAX_BYTES
from core.files import shown
from core.text import Message, later


@dataclass(frozen=True)
class Photo:
    """A picture: its name in the batch, and how to read the bytes of its file.

    `read` raises `ImageError` with a sentence where it cannot.
    """

    name: str
    read: Callable[[], bytes]


@dataclass(frozen=True)
class Video:
    """A video.

    Attributes:
        name: in the batch.
        opened: a context that gives a file to open.
        path: the file where it lies open already; None in an archive.
    """

    name: str
    opened: Callable[[], AbstractContextManager[Path]]
    path: Path | None = None


@dataclass(frozen=True)
class Problem:
    """Something in the batch that cannot be used, and why.

    Attributes:
        name: in the batch.
        sentence: the reason.
        foreign: for a file of a folder or archive whose kind is read nowhere here, the ending
            by which its kind is counted; empty for all others.
    """

    name: str
    sentence: Message
    foreign: str = ""


@dataclass(frozen=True)
class LeftOut:
    """A file of a folder or archive that is no picture."""

    name: str


Item = Photo | Video | Problem | LeftOut


@dataclass(frozen=True)
class Given:
    """A file or folder of the batch, under the name that its results are to carry.

    Attributes:
        name: of the results.
        path: of the file.
        named: whether it was asked for by itself, and so is tried whatever it is.
    """

    name: str
    path: Path
    named: bool = True


def printable(path: str | os.PathLike[str]) -> str:
    """A path as text that every file and terminal can hold.

    Bytes that are no UTF-8 and control characters are escaped.
    """
    return shown(os.fsencode(path).decode("utf-8", "backslashreplace"))


def given(arguments: Iterable[str]) -> Iterator[Given | Problem]:
    """The files and folders that a command line names, patterns such as `**/*.jpg` resolved.

    Of a path that exists no character is taken for a pattern.
    """
    for argument in arguments:
        path = Path(argument)
        # No name holds a zero; `glob` takes it amiss.
        if "\0" not in argument and not _asks(path.exists) and glob.has_magic(argument):
            empty = True
            # Path.glob takes no absolute pattern.
            for found in sorted(glob.iglob(argument, recursive=True)):  # noqa: PTH207
                empty = False
                yield Given(printable(Path(found)), Path(found), named=False)
            if empty:
                yield Problem(printable(argument), later("No file matches this pattern."))
        else:
            yield Given(printable(path), path)


def items(places: Iterable[Given | Problem]) -> Iterator[Item]:
    """Everything that the places hold, folders in the order of their names, lazily.

    In folders and archives only pictures, videos and archives count, as their content or else
    their names have it, and nothing hidden; other files come as `LeftOut`. A file that is
    named itself is always tried.
    """
    visited: dict[tuple[int, int], str] = {}
    for place in places:
        if isinstance(place, Problem):
            yield place
        else:
            yield from _place(place, visited)


def _place(place: Given, visited: dict[tuple[int, int], str]) -> Iterator[Item]:
    name, path = place.name, place.path
    try:
        is_folder, is_file = path.is_dir(), path.is_file()
    except (OSError, ValueError) as reason:
        yield Problem(name, _unreadable(reason))
        return
    if is_folder:
        yield from _folder(name, path, visited, ())
    else:
        yield from _file(name, path, is_file, place.named)


def _file(name: str, path: Path, is_file: bool, named: bool) -> Iterator[Item]:
    """The items of a file; `named` where it was asked for by its name."""
    start = _start(path) if is_file else None
    kind = kind_of(name, start or b"")
    if problem := problem_of(kind, name, start):
        yield Problem(name, problem, "" if named else _ending(kind, name))
    elif is_file and kind == "archive":
        yield from _archive(name, path)
    elif is_file and kind == "video":
        yield Video(name, partial(_lying_open, path), path)
    elif kind == "other" and not named:
        yield LeftOut(name)
    else:
        yield Photo(name, partial(read_file, path))


def _start(path: Path) -> bytes | None:
    try:
        with path.open("rb") as stream:
            return stream.read(START)
    except OSError:
        return None


def _ending(kind: Kind, name: str) -> str:
    """The ending of a file, or a usual one of its kind where it says something else."""
    end = suffix(name)
    usual = {"heic": (HEIC, ".heic"), "raw": (RAW, ".cr3"), "video": (VIDEOS, ".mp4")}
    endings, other = usual.get(kind, (KNOWN, end))
    return end if end in endings else other


def _folder(
    name: str, path: Path, visited: dict[tuple[int, int], str], above: tuple[tuple[int, int], ...]
) -> Iterator[Item]:
    try:
        state = path.stat()
        identity = (state.st_dev, state.st_ino)
        if identity in above:
            yield Problem(name, later("This link leads back into a folder that contains it."))
            return
        if identity in visited:
            if visited[identity] != name:
                yield Problem(name, later("This folder was read already under another name."))
            return
        visited[identity] = name
        with os.scandir(path) as found:
            entries = sorted(entry.name for entry in found)
    except (OSError, ValueError) as reason:
        yield Problem(name, _unreadable(reason))
        return
    for entry in entries:
        if is_hidden(entry):
            continue
        inner, place = f"{name}/{printable(entry)}", path / entry
        if _asks(place.is_dir):
            yield from _folder(inner, place, visited, (*above, identity))
        elif place.is_symlink() and not _asks(place.exists) and suffix(entry) not in KNOWN:
            yield Problem(inner, later("This link leads nowhere."))
        else:
            is_file = _asks(place.is_file)
            yield from _file(inner, place, is_file, named=False)


def _archive(name: str, path: Path) -> Iterator[Item]:
    for member in zips.members(path):
        inner = f"{name}/{member.name}" if member.name else name
        if member.problem:
            foreign = _ending(member.kind, member.name) if member.foreign else ""
            yield Problem(inner, member.problem, foreign)
        elif member.kind == "other":
            yield LeftOut(inner)
        elif member.kind == "video":
            yield Video(inner, member.unpacked)
        else:
            yield Photo(inner, member.read)


def wanted(found: Iterable[Item], left_out: Counter[str]) -> Iterator[Item]:
    """The items without those that are left out, which are counted by ending.

    Files of kinds that are read nowhere here are problems of a batch that holds anything else;
    where there is nothing else, there is nothing to do, and they are left out as well.
    """
    waiting: list[Problem] | None = []
    for item in found:
        if isinstance(item, LeftOut):
            left_out[suffix(item.name)] += 1
        elif waiting is None:
            yield item
        elif isinstance(item, Problem) and item.foreign:
            waiting.append(item)
        else:
            yield from waiting
            waiting = None
            yield item
    left_out.update(problem.foreign for problem in waiting or ())


def _lying_open(path: Path) -> AbstractContextManager[Path]:
    return nullcontext(path)


def read_file(path: Path) -> bytes:
    """The content of a picture file, cut one byte beyond what `decode` accepts.

    Raises:
        ImageError: with a sentence.
    """
    try:
        # Anything else, a pipe for one, could keep the reader waiting for ever.
        if path.exists() and not path.is_file():
            raise ImageError(later("This is not a file."))
        with path.open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as reason:
        if isinstance(reason, ImageError):
            raise
        raise ImageError(_unreadable(reason)) from reason


def _asks(question: Callable[[], bool]) -> bool:
    """The answer, or False where the system gives none, for a name that is too long."""
    try:
        return question()
    except (OSError, ValueError):
        return False


def _unreadable(reason: Exception) -> Message:
    detail = getattr(reason, "strerror", None) or str(reason)
    return later("The file cannot be read: {reason}.", reason=detail)
