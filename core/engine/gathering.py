"""Requests of many threads gathered into batches, without a thread of its own.

Whoever asks while nothing runs becomes the leader and runs at once, so that a lone caller
waits for nobody. Those who ask meanwhile queue up; when the leader is done, the first of
them leads and takes along all that fit.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

import numpy as np

Arrays = tuple[np.ndarray, ...]


class _Request:
    __slots__ = ("_arrays", "_rows", "chips", "error", "leads", "turn")

    def __init__(self, chips: np.ndarray) -> None:
        self.chips = chips
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
        self._waiting: deque[_Request] = deque()
        self._busy = False

    def __call__(self, chips: np.ndarray) -> Arrays:
        """Rows of the results that belong to `chips`, which may be any number.

        More than `most` rows go in several batches, between which others get their turn.
        Whatever `run` raises is raised in every caller of the batch.
        """
        if len(chips) <= self._most:
            return self._submit(chips)
        starts = range(0, len(chips), self._most)
        parts = [self._submit(chips[start : start + self._most]) for start in starts]
        return tuple(np.concatenate(arrays) for arrays in zip(*parts, strict=True))

    def _submit(self, chips: np.ndarray) -> Arrays:
        request = _Request(chips)
        with self._lock:
            self._waiting.append(request)
            request.leads = not self._busy
            self._busy = True
        if not request.leads:
            request.turn.acquire()
        if request.leads:
            self._lead()
        if request.error is not None:
            raise request.error
        return request.result()

    def _lead(self) -> None:
        """Run a batch that begins with the leader's own request, then hand over."""
        with self._lock:
            batch = self._take()
        arrays: Arrays = ()
        error: Exception | None = RuntimeError("the batch was interrupted")
        try:
            arrays = self._run(_joined(batch))
            error = None
        except Exception as reason:  # noqa: BLE001  (every caller of the batch raises it)
            error = reason
        finally:
            with self._lock:
                following = self._waiting[0] if self._waiting else None
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

    def _take(self) -> list[_Request]:
        batch = [self._waiting.popleft()]
        rows = len(batch[0].chips)
        while self._waiting and rows + len(self._waiting[0].chips) <= self._most:
            batch.append(self._waiting.popleft())
            rows += len(batch[-1].chips)
        return batch


def _joined(batch: list[_Request]) -> np.ndarray:
    if len(batch) == 1:
        return batch[0].chips
    return np.concatenate([request.chips for request in batch])
