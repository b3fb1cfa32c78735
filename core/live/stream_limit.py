"""Limit of the cameras that one server serves at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

GONE = 10.0
"""Seconds without a frame after which a stream's place is free again."""


class Seats:
    """Places for streams, taken by the first frame and kept by each further one.

    Args:
        limit: places.
        clock: seconds that only grow.
    """

    def __init__(self, limit: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.limit = limit
        self._clock = clock
        self._lock = threading.Lock()
        self._taken: dict[str, float] = {}

    def keep(self, stream: str) -> bool:
        """Take or keep the place of a stream; False where all are taken."""
        with self._lock:
            self._sweep()
            if stream not in self._taken and len(self._taken) >= self.limit:
                return False
            self._taken[stream] = self._clock()
            return True

    def leave(self, stream: str) -> None:
        """Free a stream's place at once."""
        with self._lock:
            self._taken.pop(stream, None)

    def free(self, stream: str) -> bool:
        """Whether this stream has a place or could take one."""
        with self._lock:
            self._sweep()
            return stream in self._taken or len(self._taken) < self.limit

    def _sweep(self) -> None:
        now = self._clock()
        self._taken = {name: last for name, last in self._taken.items() if now - last <= GONE}
