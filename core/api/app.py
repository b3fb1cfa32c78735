"""The API as one ASGI application, to be mounted under `/api/v1` beside the pages.

A request goes through `Bounds` (size and time of its body, language of sentences), `Timed`
(metrics), the gate (key and rate) and then to its route.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

import swagger_ui_bundle
from anyio import to_thread
from fastapi import Depends, FastAPI, Request
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.staticfiles import StaticFiles

from core import __version__
from core.api import classify, jobs, problems, results
from core.api.bounds import Bounds
from core.api.classify import Pool
from core.api.jobs import Jobs
from core.api.keys import Gate, gate
from core.api.state import Api, api_of
from core.api.telemetry import Timed
from core.batch.pipeline import WORKERS
from core.engine.engine import shared_engine
from core.errors import FerLabError
from core.faces.detector import FaceDetector

log = logging.getLogger(__name__)

# What is wrong with a form is told to whoever sent it, not to the terminal.
logging.getLogger("python_multipart").setLevel(logging.ERROR)

SWAGGER = Path(swagger_ui_bundle.__file__).parent / "vendor"

DOCS = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>FER Lab API</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="swagger/swagger-ui.css"></head>
<body><div id="swagger-ui"></div>
<script src="swagger/swagger-ui-bundle.js"></script><script src="docs.js"></script></body></html>
"""
START = 'SwaggerUIBundle({url: "openapi.json", dom_id: "#swagger-ui"});\n'

_bearer = HTTPBearer(auto_error=False, description="A key of this server, if it has any.")
_header = APIKeyHeader(name="X-API-Key", auto_error=False)


def admitted(
    request: Request,
    bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
    header: Annotated[str | None, Depends(_header)],
) -> None:
    """Let a request in by its key; the key's name stands in `request.state.key` then."""
    authorization = f"Bearer {bearer.credentials}" if bearer else None
    request.state.key = api_of(request).gate.admit(authorization, header)


def create(
    address: str = "localhost", door: Gate | None = None, body: int | None = None
) -> FastAPI:
    """The application.

    Args:
        address: that the server is bound to; decides whether keys are needed.
        door: who may ask; by default as the environment says.
        body: largest request in bytes, if not the default.

    Raises:
        FerLabError: if the keys in the environment are malformed.
    """
    app = FastAPI(
        title="FER Lab",
        version=__version__,
        summary="Facial expressions in photos, by networks whose results are open.",
        docs_url=None,
        redoc_url=None,
        responses=problems.DOCUMENTED,
        lifespan=_lifespan,
    )
    api = Api(
        engine=shared_engine(),
        detector=FaceDetector(),
        pool=Pool(WORKERS),
        jobs=Jobs(),
        gate=door or gate(address),
    )
    app.state.api = api
    problems.install(app)
    for part in (results.router, classify.router, jobs.router):
        app.include_router(part, dependencies=[Depends(admitted)])
    _add_service_routes(app, api)
    app.add_middleware(Timed, telemetry=api.telemetry)
    app.add_middleware(Bounds, **({} if body is None else {"body": body}))
    return app


def _add_service_routes(app: FastAPI, api: Api) -> None:
    """Health, metrics and the page that lists all routes; these need no key but metrics do."""

    @app.get("/health", tags=["service"], summary="Whether the server answers")
    def health() -> dict[str, str | int]:
        """`ok`, the version, and how many networks there are."""
        return {"status": "ok", "version": __version__, "networks": len(api.cards())}

    @app.get(
        "/metrics",
        tags=["service"],
        summary="Prometheus metrics",
        dependencies=[Depends(admitted)],
        response_class=PlainTextResponse,
    )
    def metrics() -> Response:
        """Counts and times; no file names."""
        api.telemetry.waiting.set(api.pool.taken)
        api.telemetry.jobs.set(len(api.jobs))
        return PlainTextResponse(api.telemetry.text())

    @app.get("/docs", include_in_schema=False)
    def docs() -> HTMLResponse:
        return HTMLResponse(DOCS)

    @app.get("/docs.js", include_in_schema=False)
    def start() -> Response:
        return Response(START, media_type="text/javascript")

    app.mount("/swagger", StaticFiles(directory=SWAGGER), name="swagger")


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Load the default network before the first request; end threads and jobs afterwards."""
    api: Api = app.state.api
    await to_thread.run_sync(_warm, api)
    try:
        yield
    finally:
        api.pool.close()
        await to_thread.run_sync(api.jobs.close)


def _warm(api: Api) -> None:
    try:
        for card in api.chosen(""):
            api.engine.card(card.id)
    except (FerLabError, problems.ProblemError) as reason:
        log.warning("The API starts without a network: %s", reason)
