from __future__ import annotations

import pytest

from core.live.meter import Arrivals, Meter, Readouts
from core.live.pace import BUDGET, MOST, Pace
from core.live.stream_limit import GONE, Seats
from tests.live.conftest import Clock


@pytest.mark.parametrize(
    ("detection", "rest", "every"),
    [
        (0.003, 0.010, 1),  # all fits
        (0.030, 0.010, 1),
        (0.055, 0.025, 3),  # the rest leaves less than half of it
        (0.030, 0.040, 4),  # nearly nothing is left: a fifth of the budget
        (0.050, 0.300, 1),  # the networks are slow: detection hardly matters
        (1.000, 0.010, MOST),
    ],
)
def test_detection_keeps_to_the_budget(detection: float, rest: float, every: int) -> None:
    pace = Pace(BUDGET)
    pace.detected(detection)
    pace.finished(rest)
    assert pace.every == every
    due = [pace.due() for _ in range(3 * every)]
    assert sum(due) == 3
    assert due[0]


def test_readouts() -> None:
    meter = Meter()
    assert meter.read(0.0, 1, (0, 0)) == Readouts()
    for frame in range(50):
        slow = 0.2 if frame % 10 == 9 else 0.05
        meter.frame(10 + frame / 10, slow, {"detect": 0.003, "classify": 0.02, "draw": 0.001})
    meter.drop(7)
    meter.error(15.0, "why")
    found = meter.read(15.0, 2, (640, 480))
    assert found.rate == pytest.approx(10, rel=0.05)
    assert found.latency_median == pytest.approx(0.05)
    assert found.latency_p95 == pytest.approx(0.2)
    assert (found.processed, found.dropped, found.errors) == (50, 7, 1)
    assert found.last_error == "why"
    assert (found.detect, found.classify, found.draw) == pytest.approx((0.003, 0.02, 0.001))
    assert (found.detect_every, found.size, found.silent) == (2, (640, 480), 0.0)


def test_readouts_are_of_the_last_seconds() -> None:
    meter = Meter()
    meter.frame(10, 0.05, {})
    found = meter.read(100, 1, (0, 0))
    assert (found.rate, found.latency_median, found.silent) == (0.0, None, 90)


def test_the_wait_of_a_frame_is_found() -> None:
    arrivals = Arrivals()
    # Frames stamped every 100 ms arrive 2 s later on our clock; the third waits for 80 ms.
    waits = [0.0, 0.0, 0.08, 0.02, 0.0]
    found = [arrivals.of(0.1 * i, 2 + 0.1 * i + wait) for i, wait in enumerate(waits)]
    assert [
        2 + 0.1 * i + wait - at for i, (wait, at) in enumerate(zip(waits, found, strict=True))
    ] == pytest.approx(waits, abs=1e-3)


def test_another_stream_begins_anew() -> None:
    arrivals = Arrivals()
    arrivals.of(0.0, 100.0)
    for stamp in (7.0, 9000.0, 1.0):
        assert arrivals.of(stamp, 150.0) == 150.0


def test_without_stamps_a_frame_arrives_when_it_is_seen() -> None:
    assert Arrivals().of(None, 7.0) == 7.0


def test_seats(clock: Clock) -> None:
    seats = Seats(2, clock)
    assert seats.keep("a")
    assert seats.keep("b")
    assert not seats.keep("c")
    assert seats.keep("a")
    assert seats.free("a")
    assert not seats.free("c")
    seats.leave("a")
    assert seats.keep("c")
    clock.now += GONE + 0.1
    assert seats.free("a"), "a stream whose frames stopped is gone"
    assert seats.keep("a")
