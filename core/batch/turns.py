"""Turns of the jobs: few are at work at once, and all who wait come round.

Every job at work has threads of its own that decode and look for faces. Without a bound, ten of
them on two cores would leave nothing to the pages and the camera, and all ten would end late.
"""

from __future__ import annotations

import os
import threading
import time
from contextlib import suppress

AT_ONCE = 2
"""Jobs at work."""

SPELL = 5.0
"""Seconds for which a job works before it lets another one that waits have its place."""

NICENESS = 10
"""What is added to the niceness of a job's threads: pages and the camera come first."""


class Turns:
    """Places for jobs at work, and the line of those that wait for one."""

    def __init__(self, places: int = AT_ONCE, spell: float = SPELL) -> None:
        """Places and the seconds for which one is kept while others wait."""
        self._places = places
        self._spell = spell
        self._changed = threading.Condition()
        self._line: list[Turn] = []
        self._working: set[Turn] = set()

    def turn(self, stop: threading.Event) -> Turn:
        """A turn for one job, which waits in line for no place yet.

        Args:
            stop: ends its waiting.
        """
        return Turn(self, stop)


class Turn:
    """One job's place, at work or in line. Of one thread, but for `ahead`."""

    def __init__(self, turns: Turns, stop: threading.Event) -> None:
        self._turns = turns
        self._stop = stop
        self._since = 0.0

    def take(self) -> bool:
        """Wait for a place; whether there is one, rather than that the job was stopped."""
        turns = self._turns
        with turns._changed:
            turns._line.append(self)
            try:
                while len(turns._working) >= turns._places or turns._line[0] is not self:
                    if self._stop.is_set():
                        return False
                    # Nobody tells the line when a job is stopped or forgotten.
                    turns._changed.wait(0.2)
                turns._working.add(self)
                self._since = time.monotonic()
                return True
            finally:
                turns._line.remove(self)
                turns._changed.notify_all()

    def pass_on(self) -> bool:
        """Let another have the place, where one waits and this one has had its time.

        Returns:
            Whether the job has a place now, after waiting for one if need be; False where it was
            stopped meanwhile.
        """
        turns = self._turns
        with turns._changed:
            if not turns._line or time.monotonic() - self._since < turns._spell:
                return True
        self.leave()
        return self.take()

    def leave(self) -> None:
        """Give the place up; nothing happens without one."""
        turns = self._turns
        with turns._changed:
            turns._working.discard(self)
            turns._changed.notify_all()

    @property
    def ahead(self) -> int | None:
        """Jobs that stand before it in line; None where it does not wait."""
        with self._turns._changed:
            line = self._turns._line
            return line.index(self) if self in line else None


TURNS = Turns()
"""Those of this process."""


def step_back() -> None:
    """Let other threads of this machine go first, this one's rest; nothing where that cannot be."""
    with suppress(AttributeError, OSError):  # a system that has no niceness of threads
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
