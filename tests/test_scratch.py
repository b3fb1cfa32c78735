"""Temporary files: gone with the process, and after a kill at the next start."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from core import paths, scratch

WORKER = """
import sys, time
from core import scratch
held = scratch.new_folder("photos_")
open(held.name + "/photo.jpg", "w").write("private")
print(held.name, flush=True)
if sys.argv[1] == "wait":
    time.sleep(60)
"""


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for temporary files of the test's own."""
    scratch.remove()
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    yield tmp_path
    scratch.remove()


def start(place: Path, what: str) -> tuple[subprocess.Popen[str], Path]:
    worker = subprocess.Popen(
        [sys.executable, "-c", WORKER, what],
        stdout=subprocess.PIPE,
        cwd=paths.ROOT,
        text=True,
        env=os.environ | {"TMPDIR": str(place)},
    )
    assert worker.stdout is not None
    return worker, Path(worker.stdout.readline().strip())


def test_a_process_that_ends_leaves_nothing(place: Path) -> None:
    worker, _folder = start(place, "end")
    assert worker.wait(20) == 0
    assert list(place.iterdir()) == []


def test_what_a_killed_process_left_goes_at_the_next_start(place: Path) -> None:
    worker, folder = start(place, "wait")
    assert (folder / "photo.jpg").is_file()
    assert scratch.remove_leftovers() == 0, "it still runs"
    assert (folder / "photo.jpg").is_file()
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    assert (folder / "photo.jpg").is_file()
    assert scratch.remove_leftovers() == 1
    assert list(place.iterdir()) == []


def test_ones_own_folder_is_no_leftover() -> None:
    folder = Path(scratch.new_folder("x_").name).parent
    assert scratch.remove_leftovers() == 0
    assert folder.is_dir()


def test_a_folder_in_the_making_stays_and_other_files_too(place: Path) -> None:
    young, old = place / f"{scratch.PREFIX}young", place / f"{scratch.PREFIX}old"
    young.mkdir()
    old.mkdir()
    (place / "photo.jpg").touch()
    past = time.time() - 2 * scratch.FRESH
    os.utime(old, (past, past))
    assert scratch.remove_leftovers() == 1
    assert {entry.name for entry in place.iterdir()} == {young.name, "photo.jpg"}
