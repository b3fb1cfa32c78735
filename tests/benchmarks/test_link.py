"""The slow way between browser and server."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from benchmarks import link as links
from benchmarks.link import link
from core.errors import FerLabError

DELAY = 0.1
CALL = "import socket; s = socket.create_connection(('{}', {})); s.sendall(b'a'); print(s.recv(1))"


def test_without_a_delay_it_is_the_machines_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "outer_address", lambda: "192.0.2.2")
    with link() as way:
        assert way == ("127.0.0.1", ())


def test_loopback_alone_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "outer_address", lambda: None)
    with pytest.raises(FerLabError, match="no network address besides loopback"), link():
        pass


def test_who_may_not_make_one_is_told_what_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(FerLabError, match="needs root"), link(DELAY):
        pass


@pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("ip") is None or not Path("/dev/net/tun").exists(),
    reason="No slow network: making one needs root, the program ip and /dev/net/tun.",
)
def test_each_way_takes_its_time_and_nothing_is_left() -> None:
    before = set(Path("/sys/class/net").iterdir())
    with link(DELAY) as way, socket.socket() as server:
        server.bind((way.address, 0))
        server.listen()
        server.settimeout(30)
        call = CALL.format(way.address, server.getsockname()[1])
        caller = subprocess.Popen([*way.prefix, sys.executable, "-c", call])
        heard, _ = server.accept()
        with heard:
            heard.recv(1)
            # There and back once more: the closing of one side, answered by the other.
            started = time.monotonic()
            heard.sendall(b"b")
            heard.shutdown(socket.SHUT_WR)
            assert heard.recv(1) == b""
            assert time.monotonic() - started >= 2 * DELAY
        assert caller.wait(30) == 0
    assert set(Path("/sys/class/net").iterdir()) == before
