"""One command at a time for a file or a folder that it writes.

The lock lies among the system's temporary files, under a name that follows from the path, so that
nothing is left beside results. The system lets go of it when the process ends, however it ends.
"""

from __future__ import annotations

import getpass
import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from core.errors import FerLabError
from core.files import shown
from core.text import _


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keep other commands from writing `path` within the block; it need not exist yet.

    A block within a block of the same process may hold the same path.

    Raises:
        FerLabError: if another command holds it, naming the path.
    """
    lock = FileLock(_place(path), is_singleton=True)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise FerLabError(
            _(
                "{path} is being written by another command. Wait until that one has ended, or "
                "name another place."
            ).format(path=shown(str(path)))
        ) from None
    try:
        yield
    finally:
        lock.release()


def _place(path: Path) -> Path:
    """Where the lock of a path lies; the same for every way to write that path."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a container's user without a name
        user = "nobody"
    folder = Path(tempfile.gettempdir()) / f"fer_locks_{user}"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder / hashlib.sha256(str(path.resolve()).encode(errors="replace")).hexdigest()[:32]
