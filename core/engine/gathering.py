"""Requests of many threads gathered into batches, without a thread of its own.

Whoever asks while nothing runs becomes the leader and runs at once, so that a lone caller
waits for nobody. Those who ask meanwhile queue up; when the leader is done, the next of
them leads and takes along all that fit.

Who is next: shares are fair by caller, not by request. Every caller, a thread, has a clock that
each request moves on by its rows, and the request that would end earliest by these clocks goes
first (self-clocked fair queueing; Golestani 1994, "A self-clocked fair queueing scheme for
broadband applications"). So one face of a camera passes the next 32 of a large batch, and of two
batches neither outruns the other.
"""

from __future__ import annotations

import threading
import time
from bisect import insort
from collections.abc import Callable

import numpy as np

Arrays = tuple[np.ndarray, ...]

SHARED = 4
"""Where others ask too, a large request goes in parts of this fraction of the largest batch: a
batch cannot be interrupted, and a camera waits for one to end."""

LATELY = 2.0
"""Seconds for which someone who asked counts among the others."""


class _Request:
    __slots__ = ("_arrays", "_rows", "begin", "chips", "end", "error", "leads", "turn")

    def __init__(self, chips: np.ndarray) -> None:
        self.chips = chips
        self.begin = self.end = 0.0
        self.leads = False
        # A bare lock, held until it is this one's turn: an Event costs ten times as much.
        self.turn = threading.Lock()
        self.turn.acquire()
        self.error: Exception | None = None
        self._arrays: Arrays = ()
        self._rows = slice(0)

    def answer(self, arrays: Arrays, start: int) -> None:
        self._arrays = arrays
        self._rows = slice(start, start + len(self.chips))

    def result(self) -> Arrays:
        """The rows of this request, taken from those of the batch by who asked for them."""
        if len(self._arrays[0]) == len(self.chips):
            return self._arrays
        # Copies: a caller who keeps one row must not keep the whole batch.
        return tuple(array[self._rows].copy() for array in self._arrays)


class Gatherer:
    """Runs a function of a batch for callers who each bring a part of it.

    Only one batch runs at a time, so `run` need not be safe for threads.

    Args:
        run: takes an array (n, ...) and returns arrays of n rows each.
        most: rows of the largest batch.
    """

    def __init__(self, run: Callable[[np.ndarray], Arrays], most: int) -> None:
        self._run = run
        self._most = most
        self._lock = threading.Lock()
        self._waiting: list[_Request] = []  # the next one first
        self._busy = False
        self._now = 0.0  # where the clock of the request at work stood
        self._clocks: dict[int, float] = {}
        self._seen: dict[int, float] = {}

    def __call__(self, chips: np.ndarray) -> Arrays:
        """Rows of the results that belong to `chips`, which may be any number.

        More than `most` rows go in several batches, between which others get their turn; fewer
        rows too where others have asked of late. Whatever `run` raises is raised in every caller
        of the batch.
        """
        most = self._most if self._is_alone() else max(1, self._most // SHARED)
        if len(chips) <= most:
            return self._submit(chips)
        parts = [self._submit(chips[start : start + most]) for start in range(0, len(chips), most)]
        return tuple(np.concatenate(arrays) for arrays in zip(*parts, strict=True))

    def _is_alone(self) -> bool:
        """Whether no other thread has asked of late; notes that this one does."""
        me, now = threading.get_ident(), time.monotonic()
        with self._lock:
            for caller in [who for who, seen in self._seen.items() if now - seen > LATELY]:
                del self._seen[caller]
            self._seen[me] = now
            return len(self._seen) == 1

    def _submit(self, chips: np.ndarray) -> Arrays:
        request = _Request(chips)
        with self._lock:
            self._date(request)
            request.leads = not self._busy
            self._busy = True
            if not request.leads:
                insort(self._waiting, request, key=lambda waiting: waiting.end)
        if not request.leads:
            request.turn.acquire()
        if request.leads:
            self._lead(request)
        if request.error is not None:
            raise request.error
        return request.result()

    def _date(self, request: _Request) -> None:
        """Put a request where its caller's clock stands; who was away has saved nothing up."""
        me = threading.get_ident()
        for caller in [who for who, clock in self._clocks.items() if clock <= self._now]:
            del self._clocks[caller]
        request.begin = max(self._now, self._clocks.get(me, 0.0))
        self._clocks[me] = request.end = request.begin + len(request.chips)

    def _lead(self, request: _Request) -> None:
        """Run a batch that begins with the leader's own request, then hand over."""
        with self._lock:
            batch = self._take(request)
        arrays: Arrays = ()
        error: Exception | None = RuntimeError("the batch was interrupted")
        try:
            arrays = self._run(_joined(batch))
            error = None
        except Exception as reason:  # noqa: BLE001  (every caller of the batch raises it)
            error = reason
        finally:
            with self._lock:
                following = self._waiting.pop(0) if self._waiting else None
                self._busy = following is not None
            # First of all the next batch, which then runs while these callers go on.
            if following is not None:
                following.leads = True
                following.turn.release()
            start = 0
            for request in batch:
                request.error = error
                request.answer(arrays, start)
                start += len(request.chips)
                request.turn.release()

    def _take(self, first: _Request) -> list[_Request]:
        self._now = max(self._now, first.begin)
        batch, rows = [first], len(first.chips)
        while self._waiting and rows + len(self._waiting[0].chips) <= self._most:
            batch.append(self._waiting.pop(0))
            rows += len(batch[-1].chips)
        return batch


def _joined(batch: list[_Request]) -> np.ndarray:
    if len(batch) == 1:
        return batch[0].chips
    return np.concatenate([request.chips for request in batch])
