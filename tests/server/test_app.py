"""The server as `streamlit run Home.py` starts it, asked over the network."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

from benchmarks.start import Server, serve
from core.server import headers

# Loaded by Python itself at its start: notes every name that is looked up and every address
# that is connected to.
RECORDER = """
import json, os, socket

def note(*what):
    with open(os.environ["RECORD"], "a") as stream:
        stream.write(json.dumps([str(part) for part in what]) + "\\n")

look_up, link = socket.getaddrinfo, socket.socket.connect

def recording_look_up(host, *rest, **more):
    note("name", host)
    return look_up(host, *rest, **more)

def recording_connect(self, address):
    note("address", address[0] if isinstance(address, tuple) else "local")
    return link(self, address)

note("name", "recorded")
socket.getaddrinfo = recording_look_up
socket.socket.connect = recording_connect
"""


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("recorder")
    (folder / "sitecustomize.py").write_text(RECORDER)
    return folder / "record"


@pytest.fixture(scope="module")
def server(record: Path) -> Iterator[Server]:
    environment = {
        "PYTHONPATH": str(record.parent),
        "RECORD": str(record),
        "FER_UPLOAD_FILE": "1",
        "FER_UPLOAD_VIEWER": "2",
    }
    with serve(environment=environment) as running:
        yield running


class Visitor:
    """A viewer that speaks Streamlit's protocol, with the server's name for its session."""

    def __init__(self, server: Server, page: str = "") -> None:
        self.server = server
        self.open = ExitStack()
        self.socket = self.open.enter_context(
            connect(
                f"ws://127.0.0.1:{server.port}/_stcore/stream",
                subprotocols=[Subprotocol("streamlit")],
                max_size=None,
            )
        )
        self.session = ""
        self.texts: list[str] = []
        message = BackMsg()
        message.rerun_script.query_string = ""
        message.rerun_script.page_name = page
        self.send(message)
        self.finish()

    def send(self, message: BackMsg) -> None:
        self.socket.send(message.SerializeToString())

    def finish(self) -> None:
        """Take what comes until the page has run, and does not begin anew."""
        while self.take().WhichOneof("type") != "script_finished":
            pass
        with suppress(TimeoutError):
            while True:
                self.take(0.5)

    def take(self, seconds: float = 60) -> ForwardMsg:
        received = self.socket.recv(timeout=seconds)
        assert isinstance(received, bytes)
        message = ForwardMsg.FromString(received)
        if message.HasField("new_session"):
            self.session = message.new_session.initialize.session_id
        element = message.delta.new_element
        self.texts += [element.alert.body] if element.HasField("alert") else []
        return message

    def place(self, name: str = "a.jpg") -> str:
        """An address that the server hands out for an upload."""
        message = BackMsg()
        message.file_urls_request.request_id = name
        message.file_urls_request.file_names.append(name)
        message.file_urls_request.session_id = self.session
        self.send(message)
        while True:
            answer = self.take()
            if answer.WhichOneof("type") == "file_urls_response":
                return answer.file_urls_response.file_urls[0].upload_url


def ask(server: Server, path: str, method: str = "GET", body: bytes | None = None, **more: str):
    request = urllib.request.Request(
        f"http://127.0.0.1:{server.port}{path}", body, more, method=method
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.headers
    except urllib.error.HTTPError as answer:
        return answer.code, answer.headers


def upload(server: Server, path: str, size: int) -> int:
    """Put a file as the browser does, with the token against forged requests."""
    _status, found = ask(server, "/_stcore/health")
    cookie = str(found["set-cookie"]).split(";")[0] if found["set-cookie"] else ""
    token = cookie.partition("=")[2]
    frame = b'--x\r\nContent-Disposition: form-data; name="f"; filename="a.jpg"\r\n\r\n'
    body = frame + bytes(size) + b"\r\n--x--\r\n"
    more = {"Content-Type": "multipart/form-data; boundary=x", "X-Xsrftoken": token}
    return ask(server, path, "PUT", body, **more, Cookie=cookie)[0]


@pytest.mark.parametrize("path", ["/", "/predict", "/_stcore/health", "/_stcore/nothing"])
def test_every_answer_has_the_headers(server: Server, path: str) -> None:
    _status, found = ask(server, path)
    assert found["Content-Security-Policy"] == headers.policy()
    assert found["X-Content-Type-Options"] == "nosniff"
    assert found["Referrer-Policy"] == "same-origin"


def test_uploads_have_bounds_and_the_page_says_so(server: Server) -> None:
    viewer = Visitor(server, "predict")
    assert upload(server, viewer.place("a.jpg"), 800_000) < 300
    assert upload(server, viewer.place("b.jpg"), 1_500_000) == 413
    viewer.finish()  # the page ran again by itself
    assert any("1 MB" in text for text in viewer.texts)
    assert upload(server, viewer.place("c.jpg"), 900_000) < 300
    assert upload(server, viewer.place("d.jpg"), 900_000) == 413
    viewer.finish()
    assert any("2 MB" in text for text in viewer.texts)
    other = Visitor(server, "predict")
    stolen = viewer.place("e.jpg").replace(viewer.session, other.session)
    assert upload(server, stolen, 10) == 404


def test_nobody_outside_is_asked_for_anything(server: Server, record: Path) -> None:
    """Not at the start, not by a page or its libraries, and not when another site knocks."""
    for page in ("live", "predict", "preprocessing"):
        server.open(page)
    with pytest.raises(InvalidStatus):
        connect(
            f"ws://127.0.0.1:{server.port}/_stcore/stream",
            subprotocols=[Subprotocol("streamlit")],
            origin=Origin("https://elsewhere.example"),
        )
    time.sleep(0.5)
    asked = {tuple(json.loads(line)) for line in record.read_text().splitlines()}
    assert ("name", "recorded") in asked
    inside = {"recorded", "127.0.0.1", "localhost", "::1", "None", "local", "0.0.0.0", "::"}
    assert {where for _kind, where in asked} <= inside


def test_what_a_lost_viewer_uploaded_makes_room_by_itself() -> None:
    """Nobody else comes or goes meanwhile, which is when Streamlit would look."""
    environment = {
        "FER_UPLOAD_ALL": "1",
        "FER_UPLOAD_VIEWER": "1",
        "STREAMLIT_SERVER_DISCONNECTED_SESSION_TTL": "1",
    }
    with serve(environment=environment) as server:
        first, second = Visitor(server, "predict"), Visitor(server, "predict")
        assert upload(server, first.place(), 800_000) < 300
        assert upload(server, second.place(), 800_000) == 507
        first.open.close()
        deadline = time.monotonic() + 60
        while upload(server, second.place(), 800_000) != 204:
            assert time.monotonic() < deadline
            time.sleep(1)
