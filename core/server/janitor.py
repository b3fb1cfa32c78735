"""What viewers leave behind goes: sessions, uploads and folders of temporary files.

Streamlit lets go of a lost session when somebody else happens to come, and of what the session
held when Python happens to look for garbage. The janitor looks every few seconds.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from functools import cache

from core import memory, scratch
from core.server import _compat

PERIOD = 5.0
"""Seconds between two looks."""

log = logging.getLogger(__name__)
_chores: list[Callable[[], None]] = []


def add_chore(chore: Callable[[], None]) -> None:
    """Have something done at every look; what it raises is logged."""
    if chore not in _chores:
        _chores.append(chore)


@cache
def start() -> None:
    """Remove what killed processes left, and look from here on; a second call does nothing."""
    if removed := scratch.remove_leftovers():
        log.warning("Removed temporary files of %d processes that were killed", removed)
    add_chore(end_lost_sessions)
    threading.Thread(target=_work, name="janitor", daemon=True).start()


def is_connected(session: str) -> bool:
    """Whether the browser of a session is connected at the moment."""
    return _compat.is_connected(session)


def end_lost_sessions() -> None:
    """End the sessions whose viewers are gone; their uploads go with them."""
    if _compat.end_lost_sessions(PERIOD):
        memory.give_back()


def _work() -> None:
    waiting = threading.Event()
    while not waiting.wait(PERIOD):
        for chore in list(_chores):
            try:
                chore()
            except Exception:
                log.exception("A chore of the janitor failed")
