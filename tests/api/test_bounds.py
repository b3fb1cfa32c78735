from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI, Request
from starlette.testclient import TestClient

from core.api import problems
from core.api.bounds import Bounds


def application(**bounds: Any) -> FastAPI:
    app = FastAPI()
    problems.install(app)

    @app.post("/length")
    async def length(request: Request) -> int:
        return len(await request.body())

    @app.post("/fault")
    async def fault() -> int:
        raise RuntimeError("secret words")

    app.add_middleware(Bounds, **bounds)
    return app


def chunks(size: int, count: int):
    for _turn in range(count):
        yield b"x" * size


def test_a_body_within_the_bound_passes() -> None:
    with TestClient(application(body=100)) as client:
        assert client.post("/length", content=b"x" * 100).json() == 100


@pytest.mark.parametrize("content", [b"x" * 101, chunks(60, 2)], ids=["declared", "not declared"])
def test_a_body_above_it_does_not(content: Any) -> None:
    with TestClient(application(body=100)) as client:
        response = client.post("/length", content=content)
    assert response.status_code == 413
    assert response.headers["content-type"] == problems.MEDIA_TYPE


@pytest.mark.parametrize("length", [b"-1", b"1e9", b"9" * 5000, b"", b"\xff"])
def test_a_length_that_is_none_is_refused_unread(length: bytes) -> None:
    status, read = asyncio.run(by_hand(application(body=100), length, lambda: b""))
    assert status == 413
    assert read == 0


def test_a_length_that_is_a_lie_does_not_help() -> None:
    status, read = asyncio.run(by_hand(application(body=100), b"5", lambda: b"x" * 60))
    assert status == 413
    assert read == 2


def test_a_client_that_pauses_is_let_go() -> None:
    status, _read = asyncio.run(by_hand(application(body=100, silence=0.05), b"5", lambda: None))
    assert status == 408


def test_a_client_that_trickles_is_let_go() -> None:
    status, read = asyncio.run(
        by_hand(application(body=10**9, arrival=0.2), b"5", lambda: b"x", pause=0.03)
    )
    assert status == 408
    assert read < 10


def test_a_fault_shows_nothing_of_itself() -> None:
    with TestClient(application(), raise_server_exceptions=False) as client:
        response = client.post("/fault")
    assert response.status_code == 500
    assert "secret" not in response.text
    assert response.json()["detail"]


async def by_hand(
    app: FastAPI, length: bytes, body: Callable[[], bytes | None], pause: float = 0.0
) -> tuple[int, int]:
    """Status of a request whose body is endless, and how many parts of it were taken."""
    read = status = 0

    async def receive() -> dict[str, Any]:
        nonlocal read
        chunk = body()
        await asyncio.sleep(3600 if chunk is None else pause)
        read += 1
        return {"type": "http.request", "body": chunk, "more_body": True}

    async def send(message: Any) -> None:
        nonlocal status
        status = message.get("status", status)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "path": "/length",
        "raw_path": b"/length",
        "query_string": b"",
        "headers": [(b"content-length", length), (b"content-type", b"image/jpeg")],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
        "scheme": "http",
    }
    await app(scope, receive, send)
    return status, read
