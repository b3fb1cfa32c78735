"""Requests of many threads in shared batches."""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.engine import gathering
from core.engine.gathering import Arrays, Gatherer


def double(chips: np.ndarray) -> Arrays:
    return chips * 2, chips.astype(np.float32)[:, None]


def in_threads(work: Callable[[int], None], count: int) -> None:
    threads = [threading.Thread(target=work, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert not any(thread.is_alive() for thread in threads)


@given(rows=st.integers(1, 40), most=st.integers(1, 9))
def test_any_number_of_rows_in_batches_of_at_most(rows: int, most: int) -> None:
    sizes = []

    def run(chips: np.ndarray) -> Arrays:
        sizes.append(len(chips))
        return double(chips)

    chips = np.arange(rows)
    twice, same = Gatherer(run, most)(chips)
    np.testing.assert_array_equal(twice, 2 * chips)
    assert same.shape == (rows, 1)
    assert max(sizes) <= most
    assert sum(sizes) == rows


def test_those_who_wait_share_a_batch() -> None:
    sizes: list[int] = []
    running, release = threading.Event(), threading.Event()

    def run(chips: np.ndarray) -> Arrays:
        sizes.append(len(chips))
        running.set()
        release.wait(10)
        return double(chips)

    gatherer = Gatherer(run, most=4)
    answers: dict[int, int] = {}

    def work(number: int) -> None:
        if number:
            running.wait(10)
        answers[number] = int(gatherer(np.array([number]))[0][0])

    def let_go() -> None:
        running.wait(10)
        while len(gatherer._waiting) < 6:
            pass
        release.set()

    watcher = threading.Thread(target=let_go)
    watcher.start()
    in_threads(work, 7)
    watcher.join()
    assert answers == {number: 2 * number for number in range(7)}
    assert sizes == [1, 4, 2]


def test_everyone_gets_their_own_rows() -> None:
    gatherer = Gatherer(double, most=8)
    wrong: list[int] = []

    def work(number: int) -> None:
        for turn in range(200):
            chips = np.arange(turn % 11 + 1) + 1000 * number
            if not np.array_equal(gatherer(chips)[0], 2 * chips):
                wrong.append(number)

    in_threads(work, 8)
    assert wrong == []


def test_one_batch_at_a_time() -> None:
    inside = threading.Lock()

    def run(chips: np.ndarray) -> Arrays:
        assert inside.acquire(blocking=False)
        try:
            return double(chips)
        finally:
            inside.release()

    gatherer = Gatherer(run, most=3)
    answered: list[int] = []

    def work(number: int) -> None:
        for _ in range(100):
            gatherer(np.array([number]))
        answered.append(number)

    in_threads(work, 6)
    assert sorted(answered) == list(range(6))


def test_an_error_reaches_the_caller_and_later_requests_still_run() -> None:
    def run(chips: np.ndarray) -> Arrays:
        if (chips < 0).any():
            raise OSError("negative")
        return double(chips)

    gatherer = Gatherer(run, most=4)
    failures: list[int] = []

    def work(number: int) -> None:
        for turn in range(50):
            value = -1 if number == 0 and turn % 2 else 1
            try:
                gatherer(np.array([value]))
            except OSError:
                failures.append(number)

    in_threads(work, 4)
    assert failures.count(0) == 25
    np.testing.assert_array_equal(gatherer(np.array([3]))[0], [6])


def test_an_interrupted_leader_hands_over() -> None:
    running = threading.Event()

    def run(chips: np.ndarray) -> Arrays:
        if chips[0] == 0:
            running.set()
            while not gatherer._waiting:
                pass
            raise KeyboardInterrupt
        return double(chips)

    gatherer = Gatherer(run, most=4)
    answers: list[int] = []

    def work(number: int) -> None:
        if number == 0:
            with pytest.raises(KeyboardInterrupt):
                gatherer(np.array([0]))
        else:
            running.wait(10)
            answers.append(int(gatherer(np.array([number]))[0][0]))

    in_threads(work, 2)
    assert answers == [2]


class Gate:
    """A network that runs one batch whenever it is let; says whose rows were in it."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.ready = threading.Semaphore(0)
        self.go = threading.Semaphore(0)

    def __call__(self, chips: np.ndarray) -> Arrays:
        self.batches.append(chips.tolist())
        self.ready.release()
        assert self.go.acquire(timeout=20)
        return double(chips)


def queued(gatherer: Gatherer, count: int) -> None:
    while len(gatherer._waiting) < count:
        pass


def asking(gatherer: Gatherer, *requests: list[int]) -> threading.Thread:
    """A caller with one request after the other."""

    def work() -> None:
        for rows in requests:
            gatherer(np.array(rows))

    thread = threading.Thread(target=work)
    thread.start()
    return thread


def test_who_asks_for_much_takes_turns_and_who_asks_for_little_goes_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gathering, "SHARED", 1)
    gate = Gate()
    gatherer = Gatherer(gate, most=4)
    threads = [asking(gatherer, *[[1] * 4] * 3)]
    assert gate.ready.acquire(timeout=20)
    threads.append(asking(gatherer, *[[2] * 4] * 3))
    for _ in range(2):
        queued(gatherer, 1)
        gate.go.release()
        assert gate.ready.acquire(timeout=20)
    queued(gatherer, 1)
    threads.append(asking(gatherer, [9]))
    queued(gatherer, 2)
    for waiting in (1, 1, 1, 0):
        gate.go.release()
        assert gate.ready.acquire(timeout=20)
        queued(gatherer, waiting)
    gate.go.release()
    for thread in threads:
        thread.join(20)
    # 1 runs for the second time when the camera comes, and 2 has queued before it.
    assert [batch[0] for batch in gate.batches] == [1, 2, 1, 9, 2, 1, 2]


def test_nobody_saves_turns_up_by_being_away() -> None:
    gatherer = Gatherer(double, most=4)
    for _ in range(50):
        gatherer(np.arange(4))
    asking(gatherer, [1]).join()
    assert min(gatherer._clocks.values()) >= 196, "the newcomer begins now, not at nought"


def test_large_requests_go_in_parts_where_others_ask_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "LATELY", float("inf"))
    sizes: list[int] = []

    def run(chips: np.ndarray) -> Arrays:
        sizes.append(len(chips))
        return double(chips)

    gatherer = Gatherer(run, most=8)
    gatherer(np.arange(8))
    asking(gatherer, [1]).join()
    gatherer(np.arange(8))
    assert sizes == [8, 1, 2, 2, 2, 2]


@given(
    requests=st.lists(st.lists(st.integers(1, 6), min_size=1, max_size=5), min_size=1, max_size=5)
)
def test_every_request_of_every_caller_is_answered(requests: list[list[int]]) -> None:
    gatherer = Gatherer(double, most=5)
    answers: list[tuple[int, int]] = []

    def work(number: int) -> None:
        for rows in requests[number]:
            found = gatherer(np.full(rows, number))[0]
            assert found.tolist() == [2 * number] * rows
            answers.append((number, rows))

    in_threads(work, len(requests))
    assert sorted(answers) == sorted((n, rows) for n, mine in enumerate(requests) for rows in mine)
