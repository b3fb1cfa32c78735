from __future__ import annotations

import platform
import threading
import time

import pytest

from core.inference.live import memory
from core.inference.live.memory import Later


def test_freed_memory_is_given_back_where_the_c_library_can() -> None:
    assert memory.give_back() == (platform.libc_ver()[0] == "glibc")


def test_another_c_library_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "_trim", lambda: None)
    assert not memory.give_back()


def test_what_is_wanted_often_is_done_once_after_each_wait() -> None:
    done: list[float] = []
    both = threading.Event()

    def action() -> None:
        done.append(time.monotonic())
        if len(done) == 2:
            both.set()

    later = Later(action, after=(0.2, 0.4))
    for _ in range(5):
        later.want()
        wanted = time.monotonic()
    assert done == []
    assert both.wait(30)
    time.sleep(0.3)
    assert len(done) == 2
    assert done[0] >= wanted + 0.19
    assert done[1] >= wanted + 0.39
