"""A batch that runs by itself in a thread, to be looked at, stopped and continued meanwhile."""

from __future__ import annotations

import logging
import tempfile
import threading
import time
import weakref
from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Literal

from core.batch.pipeline import Key, Outcome, Pipeline
from core.batch.sources import Item, wanted
from core.batch.turns import TURNS, Turns, step_back
from core.rows import Row
from core.text import later

log = logging.getLogger(__name__)

RECENT = 30.0
"""Seconds over which the rate is taken."""

State = Literal["waiting", "running", "stopping", "stopped", "finished"]


@dataclass(frozen=True)
class Progress:
    """Where a job stands.

    Attributes:
        state: whether it runs; `waiting` for one of the few places at work.
        done: pictures that are done; a frame of a video counts as one.
        total: pictures there will be, 0 while that is being counted.
        faces: found so far.
        failed: pictures with an error.
        seconds: of work so far, stops not counted.
        rate: pictures a second of late, 0 where that is not known.
        ahead: jobs that get a place before it; 0 unless it waits.
    """

    state: State
    done: int
    total: int
    faces: int
    failed: int
    seconds: float
    rate: float
    ahead: int = 0

    @property
    def left(self) -> float | None:
        """Seconds to go at the rate of late, or None where that is not known."""
        if not self.rate or not self.total or self.state != "running":
            return None
        return max(0, self.total - self.done) / self.rate


class Thumbnails:
    """Small pictures in a temporary file, so that thousands take no memory."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  (it lives as long as this object)
        self._lock = threading.Lock()
        self._places: dict[tuple[Key, int], tuple[int, int]] = {}

    def add(self, key: Key, pictures: Iterable[bytes]) -> None:
        """Keep the JPEG files of a picture's faces."""
        with self._lock:
            for face, data in enumerate(pictures, 1):
                start = self._file.seek(0, 2)
                self._file.write(data)
                self._places[key, face] = (start, len(data))

    def get(self, key: Key, face: int | None) -> bytes | None:
        """The JPEG file of a face, or of the picture where it has none; None without one."""
        with self._lock:
            place = self._places.get((key, face or 1))
            if place is None:
                return None
            start, length = place
            self._file.seek(start)
            return self._file.read(length)

    def clear(self) -> None:
        """Forget all pictures, and give their space back."""
        with self._lock:
            self._places.clear()
            self._file.seek(0)
            self._file.truncate()


class _Work:
    """State that the thread and the job share; the thread must not keep the job itself alive."""

    def __init__(
        self, pipeline: Pipeline, items: Callable[[], Iterable[Item]], turns: Turns
    ) -> None:
        self.pipeline = pipeline
        self.items = items
        self.thumbnails = Thumbnails()
        self.stop = threading.Event()
        self.turn = turns.turn(self.stop)
        self.lock = threading.Lock()
        self.outcomes: list[Outcome] = []
        self.done: set[Key] = set()
        self.faces = self.failed = self.total = 0
        self.seconds = 0.0
        self.since: float | None = None
        self.recent: deque[tuple[float, int]] = deque()
        self.complete = False
        self.left_out: Counter[str] = Counter()

    def run(self, count: Callable[[], int]) -> None:
        """The thread."""
        step_back()
        try:
            if not self.total:
                self.total = count()
            self.left_out.clear()
            items = wanted(self.items(), self.left_out)
            if self.turn.take():
                self._begin()
                for outcome in self.pipeline.run(items, self.done, self.stop):
                    self._add(outcome)
                    self._pass_on()
            self.complete = not self.stop.is_set()
        except Exception:
            log.exception("A batch ended")
            self._add(_fault())
            self.complete = True
        finally:
            self.turn.leave()
            self._pause()

    def _pass_on(self) -> None:
        """Let a job that waits have the place; what is finished still comes after a stop."""
        self._pause()
        self.turn.pass_on()
        self._begin()

    def _begin(self) -> None:
        with self.lock:
            self.since = time.monotonic()

    def _pause(self) -> None:
        """Waiting is no work."""
        with self.lock:
            if self.since is not None:
                self.seconds += time.monotonic() - self.since
            self.since = None

    def _add(self, outcome: Outcome) -> None:
        self.thumbnails.add(outcome.key, outcome.thumbnails)
        now = time.monotonic()
        with self.lock:
            self.outcomes.append(replace(outcome, thumbnails=()))
            self.done.add(outcome.key)
            self.faces += len({row.face for row in outcome.rows if row.face is not None})
            self.failed += outcome.failed
            self.recent.append((now, len(self.outcomes)))
            while now - self.recent[0][0] > RECENT:
                self.recent.popleft()


class Job:
    """Runs a pipeline over items in a thread of its own.

    When nobody holds the job any more, its thread stops by itself after the pictures at
    hand.

    Args:
        pipeline: what to do.
        items: gives the items, from the first one, each time it is called.
        count: gives how many pictures these are; called in the thread.
        turns: places at work, and the line for them; those of the process by default.
    """

    def __init__(
        self,
        pipeline: Pipeline,
        items: Callable[[], Iterable[Item]],
        count: Callable[[], int],
        turns: Turns = TURNS,
    ) -> None:
        self.cards = pipeline.cards
        self._work = _Work(pipeline, items, turns)
        self._count = count
        self._thread: threading.Thread | None = None
        weakref.finalize(self, self._work.stop.set)

    def start(self) -> None:
        """Begin, or go on after a stop; nothing happens while it runs or once it is finished."""
        if self.running or self._work.complete:
            return
        work = self._work
        work.stop.clear()
        work.recent.clear()
        self._thread = threading.Thread(
            target=work.run, args=(self._count,), name="batch job", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Ask it to stop; what is being worked on is finished or done again later."""
        self._work.stop.set()

    def wait(self, seconds: float | None = None) -> None:
        """Wait until it is finished or stopped."""
        if self._thread is not None:
            self._thread.join(seconds)

    @property
    def running(self) -> bool:
        """Whether its thread is alive."""
        return self._thread is not None and self._thread.is_alive()

    @property
    def thumbnails(self) -> Thumbnails:
        """Pictures of the faces found so far."""
        return self._work.thumbnails

    def progress(self) -> Progress:
        """Where it stands."""
        work = self._work
        running = self.running
        ahead = work.turn.ahead
        with work.lock:
            state: State = "stopped"
            if running:
                state = "running" if ahead is None else "waiting"
                if work.stop.is_set():
                    state = "stopping"
            elif work.complete:
                state = "finished"
            now = time.monotonic()
            rate = 0.0
            if len(work.recent) > 1 and now > work.recent[0][0]:
                rate = (work.recent[-1][1] - work.recent[0][1]) / (now - work.recent[0][0])
            return Progress(
                state=state,
                done=len(work.outcomes),
                total=work.total,
                faces=work.faces,
                failed=work.failed,
                seconds=work.seconds + (now - work.since if work.since else 0),
                rate=rate,
                ahead=ahead or 0,
            )

    @property
    def left_out(self) -> Counter[str]:
        """Number of files that were passed over so far, by ending."""
        return self._work.left_out.copy()

    def outcomes(self) -> list[Outcome]:
        """Outcomes so far, in order, without thumbnails."""
        with self._work.lock:
            return list(self._work.outcomes)

    def rows(self) -> list[Row]:
        """The table so far."""
        return [row for outcome in self.outcomes() for row in outcome.rows]


def _fault() -> Outcome:
    row = Row("", error=later("Something went wrong, and the batch ended early."))
    return Outcome(("", None), (row,))
