"""How long the dashboard takes to show its first page, and how much memory it holds then.

A server is started as a user would start it, and a viewer is played over the same
WebSocket protocol that the browser speaks; drawing in the browser is not part of it.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from core import paths
from core.errors import FerLabError

LOCAL = "127.0.0.1"


@dataclass(frozen=True)
class Start:
    """One start of the dashboard.

    Attributes:
        ready: seconds from the command to the server's first answer.
        first_page: seconds from the command to the last element of the first viewer's page.
        next_page: seconds that the same page takes for the second viewer.
        memory: bytes in the server's memory after both.
    """

    ready: float
    first_page: float
    next_page: float
    memory: int


def measure(page: str = "") -> Start:
    """Start a server, open a page as two viewers one after the other, and stop the server.

    Args:
        page: the page's part of the address; Home by default.

    Raises:
        FerLabError: if the server does not start or the page fails.
    """
    started = time.perf_counter()
    with serve(address="") as server:
        ready = time.perf_counter() - started
        server.open(page)
        first_page = time.perf_counter() - started
        again = time.perf_counter()
        server.open(page)
        return Start(ready, first_page, time.perf_counter() - again, server.memory())


@dataclass(frozen=True)
class Server:
    """A running dashboard.

    Attributes:
        port: at its address.
        pid: of its process.
        log: descriptor of the file that it writes to.
        address: at which it listens.
    """

    port: int
    pid: int
    log: int
    address: str = LOCAL

    def said(self) -> str:
        """What the server has written so far."""
        # Not by seeking: the server writes at the same position.
        return os.pread(self.log, os.fstat(self.log).st_size, 0).decode(errors="replace").strip()

    def open(
        self, page: str = "", query: str = "", reruns: int = 0, seconds: float = 60
    ) -> list[float]:
        """Play a viewer who opens `page` and stays until everything is sent.

        Args:
            page: the page's part of the address; Home by default.
            query: choices in the address, such as `section=curves&lang=id`.
            reruns: how often the same viewer has the page run again.
            seconds: for each run.

        Returns:
            Seconds of every run, from the request to the last element.

        Raises:
            FerLabError: if the page raises, or is not finished within `seconds`.
        """
        wanted = BackMsg()
        wanted.rerun_script.query_string = query
        wanted.rerun_script.page_name = page
        address = f"ws://{self.address}:{self.port}/_stcore/stream"
        found = []
        with connect(address, subprotocols=[Subprotocol("streamlit")], max_size=None) as viewer:
            for _ in range(reruns + 1):
                started = time.perf_counter()
                viewer.send(wanted.SerializeToString())
                _finish(viewer, page or "home", seconds)
                found.append(time.perf_counter() - started)
        return found

    def processor(self) -> float:
        """Seconds of processor time that the process has used; 0 where it is not told."""
        status = Path(f"/proc/{self.pid}/stat")
        if not status.is_file():
            return 0.0
        # The name in brackets may hold spaces; user and system time are fields 14 and 15.
        fields = status.read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def threads(self) -> int:
        """Threads of the process; 0 where the system does not tell."""
        tasks = Path(f"/proc/{self.pid}/task")
        return len(list(tasks.iterdir())) if tasks.is_dir() else 0

    def memory(self) -> int:
        """Bytes of the process in memory (resident set)."""
        status = Path(f"/proc/{self.pid}/status")
        if status.is_file():
            line = next(row for row in status.read_text().splitlines() if row.startswith("VmRSS"))
            return int(line.split()[1]) * 1024
        shown = subprocess.run(
            ["ps", "-o", "rss=", "-p", str(self.pid)], capture_output=True, text=True, check=True
        )
        return int(shown.stdout) * 1024


def _finish(viewer: ClientConnection, page: str, seconds: float) -> None:
    """Take what the server sends until the page's script has ended."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            received = viewer.recv(timeout=max(deadline - time.monotonic(), 0))
        except TimeoutError:
            raise FerLabError(f"Page {page!r} was not finished within {seconds:.0f} s.") from None
        message = ForwardMsg.FromString(received)
        if message.delta.new_element.HasField("exception"):
            reason = message.delta.new_element.exception.message
            raise FerLabError(f"Page {page!r} failed: {reason}")
        if message.WhichOneof("type") == "script_finished":
            return


@contextmanager
def serve(
    seconds: float = 60,
    address: str = LOCAL,
    environment: Mapping[str, str] | None = None,
) -> Iterator[Server]:
    """The dashboard on a free port, stopped when the block ends.

    Args:
        seconds: it may take to answer.
        address: at which it listens; "" for the one of the settings, which is what users have.
        environment: variables on top of this process's.

    Raises:
        FerLabError: if it does not answer in time.
    """
    reached = address or LOCAL
    port = _free_port(reached)
    # The command that users start, where to listen apart: a setting here would measure another
    # server than theirs. A list, not a shell's line, so that stopping the process stops the server.
    command = [sys.executable, "-m", "streamlit", "run", str(paths.ROOT / "Home.py")]
    command += ["--server.port", str(port)]
    command += ["--server.address", address] if address else []
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            command,
            cwd=paths.ROOT,
            stdout=log,
            stderr=log,
            env={**os.environ, **(environment or {})},
        )
        try:
            server = Server(port, process.pid, log.fileno(), reached)
            _wait(process, server, time.monotonic() + seconds)
            yield server
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(process: subprocess.Popen[bytes], server: Server, deadline: float) -> None:
    health = f"http://{server.address}:{server.port}/_stcore/health"
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise FerLabError(f"The dashboard did not start:\n{server.said()}")
        try:
            with urllib.request.urlopen(health, timeout=1):
                return
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            time.sleep(0.02)
    raise FerLabError("The dashboard did not answer in time.")


def _free_port(address: str) -> int:
    with socket.socket() as probe:
        probe.bind((address, 0))
        return int(probe.getsockname()[1])
