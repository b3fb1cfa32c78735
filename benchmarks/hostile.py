"""Requests that nobody should send: made-up forms, lying lengths, slow clients, picture bombs.

Each kind is a function of a seeded generator that gives the bytes of one request; what comes
back is only read for its status.
"""

from __future__ import annotations

import io
import random
import socket
import struct
import time
import zlib
from collections import Counter
from collections.abc import Callable
from contextlib import suppress

BOUNDARY = b"xx"
PATHS = (b"/classify", b"/jobs?name=a.zip", b"/jobs?name=a.mp4", b"/compare", b"/results/x", b"/")

Kind = Callable[[random.Random], bytes]


def _request(
    path: bytes,
    body: bytes,
    content_type: bytes,
    length: bytes | None = None,
    method: bytes = b"POST",
) -> bytes:
    declared = str(len(body)).encode() if length is None else length
    head = b"%s /api/v1%s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" % (method, path)
    return (
        head + b"Content-Type: %s\r\nContent-Length: %s\r\n\r\n" % (content_type, declared) + body
    )


def noise(generator: random.Random) -> bytes:
    """Random bytes as a picture."""
    body = generator.randbytes(generator.randrange(0, 4000))
    return _request(b"/classify", body, b"image/jpeg")


def form(generator: random.Random) -> bytes:
    """A form with broken boundaries, headers and names."""
    parts = [
        b"--xx\r\n",
        b"--xx--\r\n",
        b"--x",
        b"\r\n",
        b"\r\n\r\n",
        b'Content-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n',
        b'Content-Disposition: form-data; name="' + generator.randbytes(9) + b'"\r\n',
        b"Content-Disposition: form-data\r\n\r\n",
        b"Content-Type: multipart/mixed\r\n",
        b"filename*=utf-8''%ff%00",
        generator.randbytes(generator.randrange(200)),
        b"A" * 3000,
    ]
    body = b"".join(generator.choice(parts) for _part in range(generator.randrange(1, 40)))
    kind = b"multipart/form-data; boundary=" + generator.choice([b"xx", b"", b"x" * 80, b'"'])
    return _request(b"/classify", body, kind)


def many_fields(generator: random.Random) -> bytes:
    """A form of thousands of fields."""
    field = b'--xx\r\nContent-Disposition: form-data; name="file"\r\n\r\nx\r\n'
    return _request(
        b"/classify", field * generator.randrange(500, 2000), b"multipart/form-data; boundary=xx"
    )


def lying(generator: random.Random) -> bytes:
    """A length that is not the body's."""
    length = generator.choice([b"-1", b"0", b"3", b"99999999999999", b"1e3", b"0x10", b"", b"5, 6"])
    return _request(generator.choice(PATHS), generator.randbytes(50), b"image/png", length)


def json(generator: random.Random) -> bytes:
    """JSON that is deep, wrong or no JSON."""
    body = generator.choice(
        [
            b"[" * 20000,
            b'{"images":' * 500,
            b'{"images": [{"data": "' + b"A" * 5000 + b'"}]}',
            b'{"images": null}',
            b"\xff\xfe",
            b'{"a": 1e999}',
            b'{"images": [{"data": "\\ud800"}]}',
            b'{"a": "x", "b": 5}',
            b"",
        ]
    )
    return _request(generator.choice([b"/classify", b"/compare"]), body, b"application/json")


def bomb(generator: random.Random) -> bytes:
    """A PNG of a few kilobytes that claims up to a billion pixels, all of them there or none."""
    side = generator.choice([2_000, 8_000, 30_000, 2**31 - 1])

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    rows = zlib.compress(bytes(min(side, 8_000) * 1000), 9)
    body = (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )
    return _request(b"/classify", body, b"image/png")


def archive(generator: random.Random) -> bytes:
    """A zip that is none, or whose directory lies."""
    import zipfile

    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        for place in range(generator.randrange(1, 5)):
            target.writestr(f"../{place}.jpg", bytes(generator.randrange(1, 10**6)))
    body = bytearray(stream.getvalue())
    for _byte in range(generator.randrange(20)):
        body[generator.randrange(len(body))] = generator.randrange(256)
    return _request(b"/jobs?name=a.zip", bytes(body), b"application/zip")


def protocol(generator: random.Random) -> bytes:
    """Lines that are no HTTP, methods that are none, addresses that lead elsewhere."""
    path = generator.choice(
        [
            b"/../../etc/passwd",
            b"/%00",
            b"/" + b"a" * 9000,
            b"/results/%2e%2e",
            b"/swagger/../../app.py",
        ]
    )
    return generator.choice(
        [
            generator.randbytes(200) + b"\r\n\r\n",
            _request(
                path, b"", b"text/plain", method=generator.choice([b"GET", b"DELETE", b"BREW"])
            ),
            b"GET /api/v1/health HTTP/1.1\r\n" + b"X: y\r\n" * 300 + b"\r\n",
        ]
    )


KINDS: tuple[Kind, ...] = (noise, form, many_fields, lying, json, bomb, archive, protocol)


def send(address: tuple[str, int], content: bytes, seconds: float = 20.0) -> str:
    """Status of the answer, or what happened instead: `closed`, `no answer`."""
    try:
        with socket.create_connection(address, seconds) as connection:
            with suppress(OSError):  # refused while it was sent: the answer is there all the same
                connection.sendall(content)
            line = connection.recv(64)
    except TimeoutError:
        return "no answer"
    except OSError:
        return "closed"
    return line[9:12].decode("latin-1") if line.startswith(b"HTTP/1.") else "closed"


def stall(address: tuple[str, int], count: int) -> list[socket.socket]:
    """Connections that each send half of a request and then nothing, to be closed later."""
    half = _request(b"/classify", b"x" * 10, b"image/jpeg", b"100000")
    held = []
    for _turn in range(count):
        connection = socket.create_connection(address, 5)
        connection.sendall(half)
        held.append(connection)
    return held


def attack(address: tuple[str, int], count: int, seed: int = 0) -> tuple[Counter[str], float]:
    """Send `count` hostile requests one after the other.

    Returns:
        How often each status came, and seconds of the slowest answer.
    """
    generator = random.Random(seed)
    statuses: Counter[str] = Counter()
    slowest = 0.0
    for _turn in range(count):
        content = generator.choice(KINDS)(generator)
        started = time.monotonic()
        statuses[send(address, content)] += 1
        slowest = max(slowest, time.monotonic() - started)
    return statuses, slowest
