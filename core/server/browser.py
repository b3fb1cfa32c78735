"""A cookie that tells one browser from another, so that an address alone opens no photos."""

from __future__ import annotations

import secrets

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "fer_browser"


class BrowserCookie:
    """Middleware that gives a browser its cookie with the first page.

    It goes with the browser's session, no script can read it, and nothing is kept under it but
    whose batch is whose.

    Args:
        app: what answers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or COOKIE in HTTPConnection(scope).cookies:
            await self._app(scope, receive, send)
            return

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if headers.get("content-type", "").startswith("text/html"):
                    flags = "Path=/; HttpOnly; SameSite=Lax"
                    headers.append("set-cookie", f"{COOKIE}={secrets.token_urlsafe(16)}; {flags}")
            await send(message)

        await self._app(scope, receive, send_with_cookie)
