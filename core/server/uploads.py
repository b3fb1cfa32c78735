"""Uploads are refused before they are read where they are too much, or were not asked for.

Streamlit keeps every upload in the server's memory until its viewer is gone, with no bound but
that of one file. The page says why a file was refused; the browser's own word is a number.
"""

from __future__ import annotations

import re
import threading
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Literal

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from core.server._compat import MemoryUploadedFileManager, UploadFileUrlInfo
from core.server.limits import Limits

Reason = Literal["file", "viewer", "all", "length", "unknown"]

STATUS: dict[Reason, int] = {"file": 413, "viewer": 413, "all": 507, "length": 411, "unknown": 404}

FRAMING = 64 * 1024
"""Bytes around the file in a multipart body, at most."""

ASKED = 20_000
"""Places for files that one viewer may have asked for; a folder asks for all at once."""

_ADDRESS = re.compile(r"/_stcore/upload_file/([^/]+)/([^/]+)$")


class Ledger:
    """Which files each viewer asked a place for, how much lies there and is on its way.

    Safe for threads.

    Args:
        limits: what may be taken.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._lock = threading.Lock()
        self._asked: defaultdict[str, dict[str, None]] = defaultdict(dict)
        self._coming: dict[tuple[str, str], int] = {}
        self._refused: defaultdict[str, list[Reason]] = defaultdict(list)
        self._manager: MemoryUploadedFileManager | None = None

    def watch(self, manager: MemoryUploadedFileManager) -> None:
        """Note from here on which places the server hands out, and who left.

        Streamlit's app makes its own manager and offers no place for another.
        """
        hand_out, forget = manager.get_upload_urls, manager.remove_session_files

        def noted(session_id: str, file_names: Sequence[str]) -> list[UploadFileUrlInfo]:
            places = hand_out(session_id, file_names)
            with self._lock:
                asked = self._asked[session_id]
                asked.update(dict.fromkeys(place.file_id for place in places))
                for file in list(asked)[: max(0, len(asked) - ASKED)]:
                    del asked[file]
            return places

        def forgotten(session_id: str) -> None:
            forget(session_id)
            with self._lock:
                self._asked.pop(session_id, None)
                self._refused.pop(session_id, None)

        self._manager = manager
        manager.get_upload_urls = noted  # type: ignore[method-assign]
        manager.remove_session_files = forgotten  # type: ignore[method-assign]

    def begin(self, session: str, file: str, length: int | None) -> Reason | None:
        """Make room for an upload; a reason where it is refused.

        Args:
            session: whose it is.
            file: the place that it is for.
            length: bytes of the request's body; None where they are not said.
        """
        with self._lock:
            reason = self._reason(session, file, length)
            if reason is None:
                self._coming[session, file] = length or 0
            elif file in self._asked.get(session, {}):
                self._refused[session].append(reason)
            return reason

    def end(self, session: str, file: str) -> None:
        """The upload has arrived, or was broken off."""
        with self._lock:
            self._coming.pop((session, file), None)

    def take_refusals(self, session: str) -> list[Reason]:
        """Why files of a viewer were refused since this was last asked."""
        with self._lock:
            return self._refused.pop(session, [])

    def _reason(self, session: str, file: str, length: int | None) -> Reason | None:
        if file not in self._asked.get(session, {}) or (session, file) in self._coming:
            return "unknown"
        if length is None:
            return "length"
        if length > self.limits.file + FRAMING:
            return "file"
        if length + self._taken(session) > self.limits.viewer + FRAMING:
            return "viewer"
        if length + self._taken() > self.limits.all + FRAMING:
            return "all"
        return None

    def _taken(self, session: str | None = None) -> int:
        """Bytes that lie in memory or are on their way, of one viewer or of all."""
        coming = sum(
            length for (whose, _), length in self._coming.items() if session in (None, whose)
        )
        if self._manager is None:
            return coming
        stored = self._manager.file_storage
        whose = list(stored) if session is None else [session]
        files = [file for name in whose for file in list(stored.get(name, {}).values())]
        return coming + sum(len(file.data) for file in files)


class UploadBounds:
    """Middleware that refuses uploads by the ledger, before their body is read.

    Args:
        app: what answers.
        ledger: says what is refused.
        refused: told whose upload was refused.
    """

    def __init__(self, app: ASGIApp, ledger: Ledger, refused: Callable[[str], None]) -> None:
        self._app = app
        self._ledger = ledger
        self._refused = refused

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        place = _ADDRESS.search(scope["path"]) if scope["type"] == "http" else None
        if place is None or scope["method"] != "PUT":
            await self._app(scope, receive, send)
            return
        session, file = place.groups()
        length = Headers(scope=scope).get("content-length", "")
        known = int(length) if length.isascii() and length.isdigit() and len(length) < 16 else None
        reason = self._ledger.begin(session, file, known)
        if reason is not None:
            self._refused(session)
            response = PlainTextResponse(f"Refused: {reason}", STATUS[reason])
            response.headers["Connection"] = "close"
            await response(scope, receive, send)
            return
        try:
            await self._app(scope, receive, send)
        finally:
            self._ledger.end(session, file)
