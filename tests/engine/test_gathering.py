"""Requests of many threads in shared batches."""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

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
