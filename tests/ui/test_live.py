"""A stream that ends leaves its place and its memory."""

from __future__ import annotations

import threading

import pytest

from core.inference.live.memory import Later
from core.inference.live.seats import Seats
from core.ui import live


def test_a_stream_that_ends_frees_its_place_and_has_memory_given_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given: list[bool] = []
    done = threading.Event()

    def give_back() -> None:
        given.append(True)
        done.set()

    places, later = Seats(1), Later(give_back, after=(0.05,))
    monkeypatch.setattr(live, "seats", lambda: places)
    monkeypatch.setattr(live, "_giving_back", lambda: later)
    assert places.keep("one")
    live._ended("one")
    assert places.free("another")
    assert done.wait(30)
    assert given == [True]
