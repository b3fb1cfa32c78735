"""Bounds on what a request may bring, enforced while its body arrives."""

from __future__ import annotations

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.api.problems import ProblemError, response
from core.text import LANGUAGES, _, in_language

BODY = 200 * 1024**2
"""Largest body in bytes."""

SILENCE = 20.0
"""Seconds that a client may pause within its body."""

ARRIVAL = 300.0
"""Seconds within which a whole body must arrive."""


class Bounds:
    """ASGI middleware: size and time of bodies, and the language of sentences.

    A body is refused by its declared length before a byte is read, and by its true length
    where that was a lie. A client that stops sending is let go.

    Args:
        app: the application behind it.
        body: largest body in bytes.
        silence, arrival: seconds, as the constants above.
    """

    def __init__(
        self,
        app: ASGIApp,
        body: int = BODY,
        silence: float = SILENCE,
        arrival: float = ARRIVAL,
    ) -> None:
        self._app = app
        self._body = body
        self._silence = silence
        self._arrival = arrival

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        with in_language(_wanted(headers.get(b"accept-language", b""))):
            declared = headers.get(b"content-length", b"0")
            if not declared.isdigit() or len(declared) > 18 or int(declared) > self._body:
                refusal = self._too_large()
                answer = response(refusal.status_code, str(refusal.detail))
                await answer(scope, receive, send)
                return
            await self._app(scope, self._counted(receive), send)

    def _too_large(self) -> ProblemError:
        sentence = _("The request is too large. At most {limit} MB are taken.")
        return ProblemError(413, sentence.format(limit=self._body // 1024**2))

    def _counted(self, receive: Receive) -> Receive:
        """`receive` with both bounds, until the body is complete."""
        total = 0
        complete = False
        deadline = asyncio.get_running_loop().time() + self._arrival

        async def counted() -> Message:
            nonlocal total, complete
            if complete:
                return await receive()
            left = deadline - asyncio.get_running_loop().time()
            try:
                async with asyncio.timeout(max(min(self._silence, left), 0)):
                    message = await receive()
            except TimeoutError:
                raise ProblemError(408, _("The request's body did not arrive in time.")) from None
            if message["type"] == "http.request":
                total += len(message.get("body", b""))
                complete = not message.get("more_body", False)
                if total > self._body:
                    raise self._too_large()
            return message

        return counted


def _wanted(header: bytes) -> str:
    """The first language of `Accept-Language` that there is; English otherwise."""
    for entry in header.decode("latin-1").split(","):
        code = entry.split(";")[0].strip().lower().split("-")[0]
        if code in LANGUAGES:
            return code
    return "en"
