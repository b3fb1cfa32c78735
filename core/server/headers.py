"""Response headers that tell a browser what pages may load, and who may frame them."""

from __future__ import annotations

import base64
import hashlib
import os
import re
from pathlib import Path

import streamlit
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = {
    "default-src": "'self'",
    # Streamlit mounts components from blobs; WebAssembly is what networks in the browser run on.
    "script-src": "'self' 'wasm-unsafe-eval' blob:",
    "style-src": "'self' 'unsafe-inline'",  # themes and Plotly write style elements
    "img-src": "'self' data: blob:",
    "media-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "connect-src": "'self' data: blob:",
    "worker-src": "'self' blob:",
    "frame-src": "'self'",  # the live camera's component
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
}
"""Content-Security-Policy by directive, without who may frame the pages."""

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # an address holds choices, and the key of a batch
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin-allow-popups",
}

_INLINE = re.compile(rb"<script>(.*?)</script>", re.DOTALL)


def policy() -> str:
    """The Content-Security-Policy in force.

    `FER_FRAME_ANCESTORS` names the sites that may show the dashboard in a frame, such as a
    learning platform's address; only its own by default.
    """
    scripts = [POLICY["script-src"], *(f"'sha256-{digest}'" for digest in _inline_scripts())]
    framers = os.environ.get("FER_FRAME_ANCESTORS", "").replace(";", " ").replace(",", " ")
    directives = POLICY | {
        "script-src": " ".join(scripts),
        "frame-ancestors": " ".join(["'self'", *framers.split()]),
    }
    return "; ".join(f"{name} {sources}" for name, sources in directives.items())


def _inline_scripts() -> list[str]:
    """Base64 of the SHA-256 of every script that stands in Streamlit's own page."""
    page = Path(streamlit.__file__).parent / "static" / "index.html"
    try:
        texts = _INLINE.findall(page.read_bytes())
    except OSError:
        return []
    return [base64.b64encode(hashlib.sha256(text).digest()).decode() for text in texts]


class SecurityHeaders:
    """Middleware that adds the headers to every response, and flags to cookies.

    Args:
        app: what answers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._headers = {"Content-Security-Policy": policy(), **HEADERS}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        # A proxy that ends TLS says so; the server itself speaks plain HTTP then.
        secure = "https" in (scope["scheme"], Headers(scope=scope).get("x-forwarded-proto"))

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                cookies = headers.getlist("set-cookie")
                if secure and cookies:
                    del headers["set-cookie"]
                    for cookie in cookies:
                        flag = "" if "secure" in cookie.lower().split("; ") else "; Secure"
                        headers.append("set-cookie", cookie + flag)
            await send(message)

        await self._app(scope, receive, send_with_headers)
