from __future__ import annotations

import platform
import subprocess
import sys
import threading
import time

import pytest

from core import memory, paths
from core.memory import HEAPS, Later


def test_freed_memory_is_given_back_where_the_c_library_can() -> None:
    assert memory.give_back() == (platform.libc_ver()[0] == "glibc")


def heaps(first: str) -> int:
    """Heaps of a process in which eight threads at once hold memory."""
    program = f"""
import ctypes, threading
from core import memory
{first}
all_hold = threading.Barrier(9)
def hold():
    held = bytearray(100_000)
    all_hold.wait()
    all_hold.wait()
threads = [threading.Thread(target=hold) for _ in range(8)]
for thread in threads:
    thread.start()
all_hold.wait()
ctypes.CDLL(None).malloc_stats()
all_hold.wait()
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=paths.ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stderr.count("Arena ")


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="Heaps of the GNU C library.")
def test_threads_share_few_heaps() -> None:
    assert heaps("") > HEAPS, "else there is nothing to mend"
    assert heaps("assert memory.share_heaps()") <= HEAPS


def test_another_c_library_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "_of_libc", lambda name: None)
    assert not memory.give_back()
    assert not memory.share_heaps.__wrapped__()


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
