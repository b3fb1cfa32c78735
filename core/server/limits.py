"""Bounds on what viewers may upload: for one file, one viewer and all viewers together.

`FER_UPLOAD_FILE`, `FER_UPLOAD_VIEWER` and `FER_UPLOAD_ALL` name them in megabytes. Uploads lie
in the server's memory, so the defaults come from how much of it there is: the limit of the
control group that a container or a hosted app runs in, or else the machine's memory.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from core.errors import FerLabError
from core.text import _

MEGABYTE = 2**20
FILE = 200 * MEGABYTE
"""Largest file where memory allows it."""

SHARE = 4
"""Uploads of all viewers together may take one part in this many of the memory."""

LEAST = 16 * MEGABYTE

_GROUP = Path("/sys/fs/cgroup")
_LIMITS = ("memory.max", "memory/memory.limit_in_bytes")  # of version 2 and 1


@dataclass(frozen=True)
class Limits:
    """Bounds in bytes.

    Attributes:
        file: of one file.
        viewer: of all files of one viewer.
        all: of all files of all viewers.
    """

    file: int
    viewer: int
    all: int

    @classmethod
    def read(cls, memory: int | None = None) -> Limits:
        """The bounds in force.

        Args:
            memory: bytes; what this process may use by default.

        Raises:
            FerLabError: if a setting is no positive number of megabytes.
        """
        share = max(LEAST, (memory or available_memory()) // SHARE)
        everyone = _setting("FER_UPLOAD_ALL") or share
        viewer = min(_setting("FER_UPLOAD_VIEWER") or max(LEAST, everyone // 2), everyone)
        return cls(min(_setting("FER_UPLOAD_FILE") or FILE, viewer), viewer, everyone)


def available_memory(group: Path = _GROUP) -> int:
    """Bytes of memory that this process may use: its control group's limit, or the machine's."""
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    for name in _LIMITS:
        try:
            # No limit is the word "max", or a number beyond any memory.
            return min(machine, int((group / name).read_text()))
        except (OSError, ValueError):
            continue
    return machine


def _setting(name: str) -> int:
    """A setting in bytes; 0 where it is not given."""
    text = os.environ.get(name, "")
    if not text:
        return 0
    if not text.isascii() or not text.isdigit() or not int(text[:9]) > 0 or len(text) > 9:
        raise FerLabError(
            _("{name} must be a number of megabytes, such as 200. Received: {value}").format(
                name=name, value=text[:40]
            )
        )
    return int(text) * MEGABYTE
