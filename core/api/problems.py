"""Errors of the API as `application/problem+json` (RFC 9457), each with a sentence."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException as ProtocolError
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse

from core.errors import FerLabError
from core.text import _

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"


class Problem(BaseModel):
    """Body of every answer that is an error.

    Attributes:
        type: always `about:blank`: the status says what kind of problem it is.
        title: the status in words.
        status: HTTP status code.
        detail: what is wrong and what to do, in the language that the request asks for.
    """

    type: str = "about:blank"
    title: str
    status: int
    detail: str


class ProblemError(HTTPException):
    """Ends a request with a problem.

    FastAPI passes its own kind of exception on from within the reading of a body, hence the base.

    Args:
        status: HTTP status code, 400 or more.
        detail: sentence for the person who made the request.
        retry_after: seconds after which to try again, or None.
    """

    def __init__(self, status: int, detail: str, retry_after: int | None = None) -> None:
        headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
        super().__init__(status, detail, headers)


def response(status: int, detail: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """The answer for a problem."""
    problem = Problem(title=HTTPStatus(status).phrase, status=status, detail=detail)
    return JSONResponse(problem.model_dump(), status, dict(headers or {}), MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Let `app` answer every error with a problem; none shows a traceback."""

    @app.exception_handler(ProblemError)
    async def known(_request: Request, error: ProblemError) -> JSONResponse:
        return response(error.status_code, str(error.detail), error.headers)

    @app.exception_handler(FerLabError)
    async def of_input(_request: Request, error: FerLabError) -> JSONResponse:
        return response(422, str(error))

    @app.exception_handler(RequestValidationError)
    async def invalid(_request: Request, error: RequestValidationError) -> JSONResponse:
        return response(422, "; ".join(_sentence(dict(item)) for item in error.errors()[:5]))

    @app.exception_handler(ProtocolError)
    async def of_protocol(_request: Request, error: ProtocolError) -> JSONResponse:
        details = {
            404: _("There is nothing at this address. /api/v1/docs lists what there is."),
            405: _("This address does not take this method. /api/v1/docs lists what it takes."),
        }
        detail = details.get(error.status_code, str(error.detail))
        return response(error.status_code, detail, error.headers)

    @app.exception_handler(ClientDisconnect)
    async def gone(_request: Request, _error: ClientDisconnect) -> JSONResponse:
        return response(408, _("The client left before the answer."))

    @app.exception_handler(Exception)
    async def unknown(_request: Request, error: Exception) -> JSONResponse:
        log.error("The API failed", exc_info=error)
        return response(500, _("Something went wrong on the server."))


def _sentence(error: Mapping[str, object]) -> str:
    """One of pydantic's errors: where, what was expected."""
    place = error.get("loc")
    key = ".".join(map(str, place)) if isinstance(place, tuple | list) else ""
    return f"{key}: {error.get('msg')}"


DOCUMENTED: dict[int | str, dict[str, object]] = {
    status: {
        "description": HTTPStatus(status).phrase,
        "content": {MEDIA_TYPE: {"schema": Problem.model_json_schema()}},
    }
    for status in (400, 401, 403, 404, 408, 413, 415, 422, 429, 503)
}
"""Problems that any route may answer with, for the OpenAPI file."""
