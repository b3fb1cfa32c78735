"""One command at a time for one place, and nothing left behind by one that was killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from core import cli, locks, paths
from core.errors import FerLabError
from core.files import atomic_write
from tests.conftest import Lab

HOLDER = """
import sys, time
from pathlib import Path
from core.locks import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""

WRITER = """
import sys, time
from pathlib import Path
from core.files import atomic_write
with atomic_write(Path(sys.argv[1])) as stream:
    stream.write(b"half")
    stream.flush()
    print("writing", flush=True)
    time.sleep(60)
"""


@contextmanager
def running(script: str, path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process at work on a path, killed at the end."""
    command = [sys.executable, "-c", script, str(path)]
    with subprocess.Popen(command, cwd=paths.ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            yield process
        finally:
            process.send_signal(signal.SIGKILL)


def test_a_place_is_one_commands_until_it_ends_or_is_killed(tmp_path: Path) -> None:
    place = tmp_path / "faces.csv"
    with running(HOLDER, place):
        with pytest.raises(FerLabError, match=r"faces\.csv is being written"), locks.locked(place):
            pass
        with locks.locked(tmp_path / "other.csv"):
            pass
    with locks.locked(place), locks.locked(tmp_path / "x" / ".." / "faces.csv"):
        pass
    assert list(tmp_path.iterdir()) == [], "nothing lies beside the results"


@pytest.mark.parametrize(
    ("place", "command"),
    [
        ("faces.csv", ["classify", "photo.png", "--model", "plain_net", "--out", "faces.csv"]),
        ("data/fer2013.npz", ["data", "import", "nothing.csv"]),
        ("results/plain_net", ["evaluate", "plain_net"]),
        ("results/README.md", ["report"]),
    ],
)
def test_a_second_command_is_refused(
    lab: Lab,
    place: str,
    command: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(lab.models.parent)
    before = sorted(lab.models.parent.rglob("*"))
    with running(HOLDER, Path(place).resolve()), pytest.raises(SystemExit) as ended:
        cli.main(command)
    assert ended.value.code == 1
    assert f"{Path(place).name} is being written" in capsys.readouterr().err
    assert sorted(lab.models.parent.rglob("*")) == before


def test_what_a_killed_writer_left_goes_with_the_next_write(tmp_path: Path) -> None:
    path = tmp_path / "fer2013.npz"
    with running(WRITER, path):
        with atomic_write(path) as stream:
            stream.write(b"whole")
        assert len(list(tmp_path.iterdir())) == 2, "it is still at work"
    with atomic_write(path) as stream:
        stream.write(b"whole")
    assert list(tmp_path.iterdir()) == [path]
    (tmp_path / f".other.npz.{os.getpid()}-abc").touch()
    with atomic_write(path) as stream:
        stream.write(b"again")
    assert len(list(tmp_path.iterdir())) == 2, "another file's is not touched"
