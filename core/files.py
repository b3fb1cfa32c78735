"""Atomic writes and hashes, used wherever the project writes or trusts a file."""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final
from zipfile import BadZipFile

UNREADABLE: Final = (OSError, EOFError, ValueError, KeyError, RuntimeError, BadZipFile, zlib.error)
"""What `numpy.load` raises for a damaged `.npy` or `.npz`: zip's own errors, those of the
decompression, and RuntimeError (with NotImplementedError) for methods that zip names and
Python has not."""


@contextmanager
def atomic_write(path: Path) -> Iterator[IO[bytes]]:
    """Open a temporary file beside `path` that replaces it when the block succeeds.

    A reader sees the old file or the new one, never half of it. On an error the
    temporary file is removed and the old file stays.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


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
