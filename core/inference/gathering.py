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
    __slots__ = ("chips", "error", "leads", "result", "turn")

    def __init__(self, chips: np.ndarray) -> None:
        self.chips = chips
        self.leads = False
        self.turn = threading.Event()
        self.result: Arrays = ()
        self.error: Exception | None = RuntimeError("the batch was interrupted")

    def answer(self, result: Arrays) -> None:
        self.result = result
        self.error = None


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
            request.turn.wait()
        if request.leads:
            self._lead()
        if request.error is not None:
            raise request.error
        return request.result

    def _lead(self) -> None:
        """Run a batch that begins with the leader's own request, then hand over."""
        with self._lock:
            batch = self._take()
        try:
            self._answer(batch)
        except Exception as reason:
            for request in batch:
                request.error = reason
            raise
        finally:
            with self._lock:
                following = self._waiting[0] if self._waiting else None
                self._busy = following is not None
            for request in batch:
                request.turn.set()
            if following is not None:
                following.leads = True
                following.turn.set()

    def _take(self) -> list[_Request]:
        batch = [self._waiting.popleft()]
        rows = len(batch[0].chips)
        while self._waiting and rows + len(self._waiting[0].chips) <= self._most:
            batch.append(self._waiting.popleft())
            rows += len(batch[-1].chips)
        return batch

    def _answer(self, batch: list[_Request]) -> None:
        if len(batch) == 1:
            batch[0].answer(self._run(batch[0].chips))
            return
        arrays = self._run(np.concatenate([request.chips for request in batch]))
        start = 0
        for request in batch:
            end = start + len(request.chips)
            # Copies: a caller who keeps one row must not keep the whole batch.
            request.answer(tuple(array[start:end].copy() for array in arrays))
            start = end
