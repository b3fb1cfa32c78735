"""Few jobs at once, and all who wait come round: by order of events, never by the clock."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from core.batch.job import Job
from core.batch.pipeline import Pipeline
from core.batch.sources import Item, Photo
from core.batch.turns import Turns, step_back
from core.engine.engine import Engine
from core.faces.detector import FaceDetector
from tests.conftest import Lab


def until(condition: Callable[[], object]) -> None:
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


def work(turns: Turns, name: str, steps: int, log: list[str]) -> threading.Thread:
    """A job of some steps that would let others have its place after each."""

    def run() -> None:
        turn = turns.turn(threading.Event())
        assert turn.take()
        for _ in range(steps):
            log.append(name)
            turn.pass_on()
        turn.leave()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_a_long_job_and_many_short_ones_alternate() -> None:
    turns = Turns(places=1, spell=0.0)
    log: list[str] = []
    held = turns.turn(threading.Event())
    assert held.take()
    threads = [work(turns, "long", 30, log)]
    until(lambda: len(turns._line) == 1)
    for name in "abc":
        threads.append(work(turns, name, 2, log))
        until(lambda: len(turns._line) == len(threads))
    held.leave()
    for thread in threads:
        thread.join(30)
    assert log[:8] == ["long", "a", "b", "c", "long", "a", "b", "c"]
    assert log.count("long") == 30


def test_never_more_at_work_than_there_are_places() -> None:
    turns = Turns(places=2, spell=0.0)
    pair = [turns.turn(threading.Event()) for _ in range(2)]
    assert all(turn.take() for turn in pair)
    for turn in pair:
        turn.leave()
    most, lock = 0, threading.Lock()

    def run() -> None:
        nonlocal most
        turn = turns.turn(threading.Event())
        turn.take()
        for _ in range(20):
            with lock:
                most = max(most, len(turns._working))
            turn.pass_on()
        turn.leave()

    threads = [threading.Thread(target=run) for _ in range(7)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert 1 <= most <= 2
    assert not turns._line
    assert not turns._working


def test_a_place_is_kept_while_nobody_waits_and_for_its_spell() -> None:
    turns = Turns(places=1, spell=1e9)
    turn = turns.turn(threading.Event())
    assert turn.take()
    assert turn.pass_on()
    stop = threading.Event()
    other = turns.turn(stop)
    waiting = threading.Thread(target=other.take)
    waiting.start()
    until(lambda: other.ahead == 0)
    assert turn.pass_on(), "its time is not over"
    assert other.ahead == 0
    stop.set()
    waiting.join(30)
    assert turns._line == []
    assert turns._working == {turn}


class Held:
    """Photos of which each is given when it is let go."""

    def __init__(self, content: bytes, size: int) -> None:
        self.content, self.size = content, size
        self.gate = threading.Semaphore(0)

    def __call__(self) -> Iterator[Item]:
        for place in range(self.size):
            yield Photo(f"{place:02d}.jpg", self._read)

    def _read(self) -> bytes:
        assert self.gate.acquire(timeout=30)
        return self.content


@pytest.fixture
def pipeline(lab: Lab, detector: FaceDetector) -> Pipeline:
    engine = Engine()
    return Pipeline([engine.card("plain_net")], engine.predict, detector)


def test_a_job_in_line_says_its_place_and_can_be_stopped(
    pipeline: Pipeline, portrait: bytes
) -> None:
    turns, photos = Turns(places=1), Held(portrait, 2)
    first = Job(pipeline, photos, lambda: 2, turns)
    first.start()
    until(lambda: turns._working)
    second, third = (
        Job(pipeline, lambda: [Photo("a", lambda: portrait)], lambda: 1, turns) for _ in range(2)
    )
    second.start()
    until(lambda: second.progress().state == "waiting")
    third.start()
    until(lambda: third.progress().ahead == 1)
    assert (second.progress().ahead, second.progress().seconds) == (0, 0)
    second.stop()
    second.wait(30)
    assert (second.progress().state, second.progress().done) == ("stopped", 0)
    until(lambda: third.progress().ahead == 0)
    second.start()
    photos.gate.release(2)
    for job in (first, second, third):
        job.wait(30)
        assert job.progress().state == "finished"
    assert not turns._working


def test_who_steps_back_lets_others_go_first() -> None:
    found = []

    def run() -> None:
        before = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
        step_back()
        found.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) - before)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert found[0] >= 0
    assert os.getpriority(os.PRIO_PROCESS, 0) == os.getpriority(os.PRIO_PROCESS, os.getpid())
