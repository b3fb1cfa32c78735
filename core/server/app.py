"""What the server's app consists of besides Streamlit: middleware, and what runs as long as it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache

from starlette.middleware import Middleware
from starlette.routing import Mount

from core import scratch
from core.errors import FerLabError
from core.server import _compat, janitor, rest
from core.server.browser import BrowserCookie
from core.server.headers import SecurityHeaders
from core.server.limits import MEGABYTE, Limits
from core.server.uploads import Ledger, UploadBounds


@cache
def ledger() -> Ledger:
    """The one account of this process's uploads.

    Raises:
        SystemExit: if a setting cannot be used, with a sentence.
    """
    try:
        return Ledger(Limits.read())
    except FerLabError as problem:
        sys.exit(str(problem))


def middleware() -> list[Middleware]:
    """Through which every request goes, the outermost first."""
    return [
        Middleware(SecurityHeaders),
        Middleware(BrowserCookie),
        Middleware(UploadBounds, ledger=ledger(), refused=_compat.run_again),
    ]


def routes() -> list[Mount]:
    """What the server answers besides the pages."""
    return rest.routes()


@asynccontextmanager
async def lifespan(app: object) -> AsyncIterator[None]:
    """What begins before the first viewer comes and ends after the last."""
    prepare()
    _compat.bound_uploads(max(1, ledger().limits.file // MEGABYTE))
    manager = _compat.upload_manager()
    if manager is not None:
        ledger().watch(manager)
    warming = asyncio.create_task(rest.api.warm())
    try:
        yield
    finally:
        warming.cancel()
        await rest.api.close()
        scratch.remove()


@cache
def prepare() -> None:
    """What also holds where the script is run without the app; a second call does nothing."""
    _compat.know_own_address()
    _compat.remember_theme()
    janitor.start()
