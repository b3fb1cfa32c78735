"""The REST API beside the pages: made when first asked for, or warmed once the server runs.

A host that only shows pages never loads what the API needs.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import AsyncExitStack

from starlette.concurrency import run_in_threadpool
from starlette.routing import Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from core.api import PATH
from core.errors import FerLabError
from core.server import _compat, janitor
from core.text import _

log = logging.getLogger(__name__)


class LazyApi:
    """ASGI application that stands for the API until the first request makes it."""

    def __init__(self) -> None:
        self._app: ASGIApp | None = None
        self._making = asyncio.Lock()
        self._stack = AsyncExitStack()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        try:
            app = await self._made()
        except FerLabError as problem:  # keys that cannot be used: said in the log at start too
            from core.api.problems import response

            log.error("The API is closed: %s", problem)
            detail = _("The API is closed: its settings cannot be used. The server's log says why.")
            answer = response(403, detail)
            await answer(scope, receive, send)
            return
        await app(scope, receive, send)

    async def warm(self) -> None:
        """Make the API and load its default network, where anybody may ask it."""
        from core.api.keys import gate

        try:
            if gate(_compat.bound_address()).open:
                await self._made()
        except FerLabError as problem:
            log.error("The API is closed: %s", problem)

    async def close(self) -> None:
        """End the API's threads and jobs."""
        await self._stack.aclose()

    async def _made(self) -> ASGIApp:
        async with self._making:
            if self._app is None:
                from core.api.app import create

                app = await run_in_threadpool(create, _compat.bound_address())
                await self._stack.enter_async_context(app.router.lifespan_context(app))
                # A forgotten job goes on time, and not only when the next one comes.
                janitor.add_chore(app.state.api.jobs.sweep)
                self._app = app
        return self._app


api = LazyApi()


def routes() -> list[Mount]:
    """What the server answers besides the pages."""
    return [Mount(PATH, api)]
