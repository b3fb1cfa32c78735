"""Atomic writes and hashes, used wherever the project writes or trusts a file."""

from __future__ import annotations

import hashlib
import json
import lzma
import os
import re
import struct
import tempfile
import tokenize
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from glob import escape
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final
from zipfile import BadZipFile, ZipFile

from core.errors import FerLabError

if TYPE_CHECKING:
    import numpy as np

UNREADABLE: Final = (
    *(OSError, EOFError, ValueError, LookupError, RuntimeError, MemoryError, OverflowError),
    *(TypeError, SyntaxError, BadZipFile, struct.error, zlib.error, lzma.LZMAError),
    tokenize.TokenError,
)
"""What reading a damaged JSON, `.npy` or `.npz` file raises: zip's own errors, those of the
decompression, NotImplementedError for methods that zip names and Python has not, numpy's for
headers that are no Python or claim more than there is, RecursionError for JSON that is nested too
deep, and ValueError for numbers of thousands of digits."""

MOST_BYTES: Final = 2**31
"""Of all arrays in one file, unpacked; FER-2013 has 83 million pixels."""

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def read_json(path: Path, error: type[FerLabError]) -> Any:
    """The content of a JSON file.

    Raises:
        FerLabError: of the given kind, naming the file and what is wrong.
    """
    try:
        text = path.read_text(encoding="utf-8")
        content = json.loads(text)
        if _SURROGATE.search(text):
            # Halves of letters, which no browser and no file takes.
            json.dumps(content, ensure_ascii=False).encode()
    except FileNotFoundError:
        raise error(f"{path} is missing.") from None
    except UNREADABLE as reason:
        raise error(f"{path} is not readable JSON: {_reason(reason)}.") from reason
    return content


def read_arrays(path: Path, error: type[FerLabError]) -> dict[str, np.ndarray]:
    """Every array of an `.npz` file, of numbers or of text.

    Raises:
        FerLabError: of the given kind, naming the file and what is wrong.
    """
    import numpy as np

    try:
        with ZipFile(path) as archive:
            size = sum(member.file_size for member in archive.infolist())
        if size > MOST_BYTES:
            raise ValueError(f"it claims {size} bytes")
        with np.load(path, allow_pickle=False) as members:
            arrays = {key: members[key] for key in members.files}
    except FileNotFoundError:
        raise error(f"{path} is missing.") from None
    except UNREADABLE as reason:
        raise error(f"{path} is damaged: {_reason(reason)}.") from reason
    for key, array in arrays.items():
        if not isinstance(array, np.ndarray) or array.dtype.kind not in "biufU":
            raise error(f"{path} is damaged: {key} is no array of numbers or text.")
    return arrays


def _reason(reason: Exception) -> str:
    """An error in few words: some repeat a whole file, some say nothing."""
    return shown(str(reason))[:200].rstrip(".") or type(reason).__name__


@contextmanager
def atomic_write(path: Path) -> Iterator[IO[bytes]]:
    """Open a temporary file beside `path` that replaces it when the block succeeds.

    A reader sees the old file or the new one, never half of it. On an error the
    temporary file is removed and the old file stays.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    _remove_leftovers(path)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.{os.getpid()}-")
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _remove_leftovers(path: Path) -> None:
    """Remove temporary files beside `path` whose writers were killed."""
    for left in path.parent.glob(f".{escape(path.name)}.*"):
        found = _TEMPORARY.search(left.name)
        if found is not None and not _runs(int(found[1])):
            left.unlink(missing_ok=True)


def _runs(process: int) -> bool:
    """Whether a process runs; always, where asking would end it."""
    if os.name == "nt":
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OverflowError, PermissionError):
        return True
    return True


_TEMPORARY = re.compile(r"\.(\d{1,9})-\w+$")
_CONTROL = re.compile("[\0-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def shown(name: str) -> str:
    """A name without what moves a terminal's cursor or turns its letters round: escaped."""
    return _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", name)


def json_bytes(value: Any) -> bytes:
    """`value` as UTF-8 JSON, keys in the given order, one trailing newline."""
    return (json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()


def write_json(path: Path, value: Any) -> None:
    """Write `value` as `json_bytes` has it, atomically."""
    with atomic_write(path) as stream:
        stream.write(json_bytes(value))


def sha256(path: Path) -> str:
    """Hexadecimal SHA-256 of a file, read in blocks."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


Stamp = str
"""One text rather than a record a file: Streamlit takes 3% of a page to compare records."""


def stamp(folder: Path, pattern: str) -> Stamp:
    """Name, modification time and size of the matching files: a key for a cache.

    Hidden files are those that a command is just writing, and do not count. A link to nothing, or
    a file that goes meanwhile, has no time and no size.
    """
    found = []
    for path in sorted(folder.glob(pattern)):
        if path.name.startswith("."):
            continue
        try:
            state = path.stat()
            found.append(f"{path}\0{state.st_mtime_ns} {state.st_size}\0")
        except OSError:
            found.append(f"{path}\0")
    return "".join(found)
