"""Temporary files of this process: one folder, which goes when the process goes.

Photos of viewers lie here while they are worked on. The folder is locked for as long as the
process lives, by a lock that the system lets go of even when the process is killed: so the
next one can tell which folders nobody uses any more, and removes them.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
import threading
import time
from pathlib import Path

from filelock import FileLock, Timeout

PREFIX = "fer_lab_"
LOCK = "lock"
FRESH = 60.0
"""Seconds for which a folder without a lock may still be in the making."""

_guard = threading.Lock()
_held: tuple[int, Path, FileLock] | None = None


def folder() -> Path:
    """This process's folder for temporary files; made and locked when first asked for.

    Raises:
        OSError: if the system's folder for temporary files cannot be written.
    """
    global _held
    with _guard:
        # A forked process has the parent's folder, but not its lock.
        if _held is None or _held[0] != os.getpid() or not _held[1].is_dir():
            place = Path(tempfile.mkdtemp(prefix=PREFIX))
            lock = FileLock(place / LOCK)
            lock.acquire(timeout=0)
            if _held is None:
                atexit.register(remove)
            _held = (os.getpid(), place, lock)
        return _held[1]


def new_folder(prefix: str) -> tempfile.TemporaryDirectory[str]:
    """A folder inside this process's; removed with the returned object or with the process."""
    return tempfile.TemporaryDirectory(prefix=prefix, dir=folder())


def remove() -> None:
    """Remove this process's folder and everything in it."""
    global _held
    with _guard:
        if _held is not None and _held[0] == os.getpid():
            # First what it holds: once the lock is gone, another process may remove the rest.
            for entry in _held[1].iterdir():
                if entry.is_dir():
                    shutil.rmtree(entry, ignore_errors=True)
            _held[2].release()
            shutil.rmtree(_held[1], ignore_errors=True)
            _held = None


def remove_leftovers() -> int:
    """Remove the folders of processes that were killed; how many these were.

    A folder of a running process, or of another user, stays.
    """
    removed = 0
    for place in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        if place.is_symlink() or not place.is_dir() or not _is_left(place):
            continue
        shutil.rmtree(place, ignore_errors=True)
        removed += not place.exists()
    return removed


def _is_left(place: Path) -> bool:
    """Whether no process holds a folder's lock."""
    try:
        if not (place / LOCK).exists():
            return time.time() - place.stat().st_mtime > FRESH
        lock = FileLock(place / LOCK)
        lock.acquire(timeout=0)
        lock.release()
    except (OSError, Timeout):
        return False
    return True
