"""A stream that ends leaves its place and its memory."""

from __future__ import annotations

import threading

import pytest

from core.live.meter import Readouts
from core.live.stream_limit import Seats
from core.memory import Later
from core.ui.live import measurements, stream


def test_a_stream_that_ends_frees_its_place_and_has_memory_given_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given: list[bool] = []
    done = threading.Event()

    def give_back() -> None:
        given.append(True)
        done.set()

    places, later = Seats(1), Later(give_back, after=(0.05,))
    monkeypatch.setattr(stream, "seats", lambda: places)
    monkeypatch.setattr(stream, "_giving_back", lambda: later)
    assert places.keep("one")
    stream._ended("one")
    assert places.free("another")
    assert done.wait(30)
    assert given == [True]


@pytest.mark.parametrize(("every", "text"), [(1, "every frame;"), (3, "every 3 frames;")])
def test_how_often_faces_are_looked_for_is_said_in_frames(every: int, text: str) -> None:
    found = Readouts(detect_every=every)
    assert text in measurements._steps(found)
