"""Bounds on uploads: refused before the body is read, and counted until they are gone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

from core.errors import FerLabError
from core.server import limits
from core.server.limits import LEAST, MEGABYTE, Limits
from core.server.uploads import FRAMING, Ledger, UploadBounds

SMALL = Limits(file=100_000, viewer=250_000, all=400_000)


class Host:
    """An app that takes uploads as Streamlit's does, behind the bounds."""

    def __init__(self) -> None:
        self.manager = MemoryUploadedFileManager("/_stcore/upload_file")
        self.ledger = Ledger(SMALL)
        self.ledger.watch(self.manager)
        self.told: list[str] = []
        self.read: list[int] = []

        async def take(request: Request) -> PlainTextResponse:
            body = await request.body()
            self.read.append(len(body))
            session, file = request.path_params["session"], request.path_params["file"]
            self.manager.add_file(session, UploadedFileRec(file, "x.jpg", "image/jpeg", body))
            return PlainTextResponse("")

        app = Starlette(
            routes=[Route("/_stcore/upload_file/{session}/{file}", take, methods=["PUT"])]
        )
        app.add_middleware(UploadBounds, ledger=self.ledger, refused=self.told.append)
        self.client = TestClient(app)

    def place(self, session: str) -> str:
        (info,) = self.manager.get_upload_urls(session, ["x.jpg"])
        return info.upload_url

    def put(self, session: str, size: int) -> int:
        return self.client.put(self.place(session), content=bytes(size)).status_code


def test_what_fits_is_taken_and_what_does_not_is_not_read() -> None:
    host = Host()
    assert host.put("a", SMALL.file) == 200
    assert host.put("a", SMALL.file + FRAMING + 1) == 413
    assert host.read == [SMALL.file]
    assert host.ledger.take_refusals("a") == ["file"]
    assert host.ledger.take_refusals("a") == [], "told once"
    assert host.told == ["a"]


def test_one_viewer_and_all_viewers_have_a_bound() -> None:
    host = Host()
    sizes = [host.put("a", 100_000) for _ in range(4)]
    assert sizes == [200, 200, 200, 413], "the frame around a file is no file"
    assert [host.put("b", 100_000), host.put("c", 100_000)] == [200, 507]
    assert host.ledger.take_refusals("a") == ["viewer"]
    assert host.ledger.take_refusals("c") == ["all"]


def test_what_a_viewer_leaves_makes_room() -> None:
    host = Host()
    for _ in range(3):
        host.put("a", 100_000)
    assert host.put("a", 100_000) == 413
    host.manager.remove_session_files("a")
    assert host.put("a", 100_000) == 200


def test_a_place_that_nobody_was_given_is_refused() -> None:
    host = Host()
    own = host.place("a")
    for address in (own.replace("/a/", "/b/"), "/_stcore/upload_file/a/made-up"):
        assert host.client.put(address, content=b"x").status_code == 404
    assert host.read == []
    assert host.told == ["b", "a"]
    assert host.ledger.take_refusals("b") == [], "nobody who asked for nothing is told"
    host.manager.remove_session_files("a")
    assert host.client.put(own, content=b"x").status_code == 404, "nor after its viewer left"


def test_a_body_of_unknown_length_is_refused() -> None:
    def pieces() -> Iterator[bytes]:
        yield b"x"

    host = Host()
    assert host.client.put(host.place("a"), content=pieces()).status_code == 411
    assert host.read == []


def test_uploads_on_their_way_count() -> None:
    ledger = Ledger(SMALL)
    manager = MemoryUploadedFileManager("/_stcore/upload_file")
    ledger.watch(manager)
    files = [place.file_id for place in manager.get_upload_urls("a", ["x"] * 4)]
    sizes = [ledger.begin("a", file, 100_000) for file in files]
    assert sizes == [None, None, None, "viewer"]
    assert ledger.begin("a", files[0], 10) == "unknown", "one upload at a time for a place"
    ledger.end("a", files[0])
    assert ledger.begin("a", files[3], 100_000) is None


@pytest.mark.parametrize(
    ("memory", "expected"),
    [
        (690 * MEGABYTE, (86.25, 86.25, 172.5)),  # what Community Cloud guarantees
        (8192 * MEGABYTE, (200, 1024, 2048)),
        (10 * MEGABYTE, (16, 16, 16)),
    ],
)
def test_defaults_come_from_the_memory(
    monkeypatch: pytest.MonkeyPatch, memory: int, expected: tuple[float, ...]
) -> None:
    for name in ("FILE", "VIEWER", "ALL"):
        monkeypatch.delenv(f"FER_UPLOAD_{name}", raising=False)
    found = Limits.read(memory)
    assert (found.file, found.viewer, found.all) == tuple(size * MEGABYTE for size in expected)
    assert LEAST == 16 * MEGABYTE


def test_settings_overrule_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FER_UPLOAD_ALL", "64")
    assert Limits.read(8192 * MEGABYTE) == Limits(32 * MEGABYTE, 32 * MEGABYTE, 64 * MEGABYTE)
    monkeypatch.setenv("FER_UPLOAD_FILE", "8")
    assert Limits.read(8192 * MEGABYTE).file == 8 * MEGABYTE


@pytest.mark.parametrize("value", ["0", "-3", "many", "1e3", "9" * 5000, "²"])
def test_a_setting_that_is_no_number_is_named(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("FER_UPLOAD_FILE", value)
    with pytest.raises(FerLabError, match="FER_UPLOAD_FILE"):
        Limits.read()


def test_the_control_groups_limit_counts(tmp_path: Path) -> None:
    machine = limits.available_memory(tmp_path)
    assert machine > 100 * MEGABYTE
    (tmp_path / "memory.max").write_text("max\n")
    assert limits.available_memory(tmp_path) == machine
    (tmp_path / "memory.max").write_text("723517440\n")
    assert limits.available_memory(tmp_path) == 690 * MEGABYTE
