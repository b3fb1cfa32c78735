"""Freed memory goes back to the system.

Every stream has threads of its own: decoder, encoder, processor. The GNU C library gives
threads separate heaps, and keeps what is freed in them. After a few starts and stops that
is tens of megabytes which nothing holds any more: no Python object of a stream is left.
So threads share few heaps, and what is free at their ends is given back a while after.
"""

from __future__ import annotations

import ctypes
import gc
import threading
from collections.abc import Callable, Sequence
from functools import cache

AFTER = (10.0, 150.0)
"""Seconds after a stream's end: by the first its connection, its threads and its codecs are
gone; by the second the session of a closed tab too, which Streamlit keeps for two minutes."""

HEAPS = 2
"""Heaps that all threads share. After twenty starts and stops the server held 10 MB more than
before the first; with as many heaps as there are threads, 67 MB."""

_M_ARENA_MAX = -8  # of malloc.h


@cache
def share_heaps() -> bool:
    """Have threads share heaps from now on; False where this C library has no way to.

    Call it early: heaps that there are stay.
    """
    choose = _of_libc("mallopt")
    return choose is not None and bool(choose(_M_ARENA_MAX, HEAPS))


@cache
def _of_libc(name: str) -> Callable[..., int] | None:
    try:
        found: Callable[..., int] = getattr(ctypes.CDLL(None), name)
    except (AttributeError, OSError, TypeError):  # another C library
        return None
    return found


def give_back() -> bool:
    """Give freed memory back; False where this C library has no way to."""
    trim = _of_libc("malloc_trim")
    if trim is None:
        return False
    # Frames and connections refer to each other in circles.
    gc.collect()
    trim(0)
    return True


class Later:
    """Does something a while after it was last wanted; safe for threads.

    Args:
        action: to be done.
        after: seconds to wait, once for each.
    """

    def __init__(
        self, action: Callable[[], object] = give_back, after: Sequence[float] = AFTER
    ) -> None:
        self._action = action
        self._after = tuple(after)
        self._lock = threading.Lock()
        self._waiting: list[threading.Timer] = []

    def want(self) -> None:
        """Have it done; the waits begin anew."""
        with self._lock:
            for timer in self._waiting:
                timer.cancel()
            self._waiting = [threading.Timer(seconds, self._action) for seconds in self._after]
            for timer in self._waiting:
                timer.daemon = True
                timer.start()
