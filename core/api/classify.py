"""`POST classify`: photos in, the rows of `core.rows` out.

A photo goes the way that a batch's photos go, in a thread of this module's own pool, and its
chips meet those of other requests and of the dashboard's viewers in the engine's gatherer.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import threading
from collections.abc import AsyncIterator, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from contextvars import copy_context
from functools import partial
from typing import Annotated, Any, Literal

import numpy as np
from anyio import to_thread
from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field, ValidationError
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from core.api.problems import ProblemError
from core.api.state import api_of
from core.batch.pipeline import Outcome, Pipeline
from core.batch.sources import Photo
from core.engine.engine import Engine
from core.records import first_problem
from core.rows import all_classes, csv_text
from core.schema import Card
from core.text import _

Seen = tuple[Outcome, np.ndarray]
"""What came of a photo, and its chips uint8 (n, 48, 48)."""

router = APIRouter(tags=["photos"])

PHOTOS = 64
"""Photos in one request at most; a zip of more is a job."""

PATIENCE = 0.5
"""Seconds between looks at whether a client is still there."""

WAITING = 128
"""Photos of all requests that wait or are looked at; further ones are answered 503."""


class EncodedPhoto(BaseModel):
    """A photo within JSON.

    Attributes:
        name: stands in the rows as `file`.
        data: the file in base64.
    """

    name: str = Field("photo", max_length=500)
    data: str


class EncodedPhotos(BaseModel):
    """Body of `POST classify` as JSON."""

    images: Annotated[list[EncodedPhoto], Field(min_length=1, max_length=PHOTOS)]


class Pool:
    """Threads that look at photos, with a bound on the photos that wait for them.

    Args:
        workers: threads.
        waiting: photos that wait or are looked at, at most.
    """

    def __init__(self, workers: int, waiting: int = WAITING) -> None:
        self._threads = ThreadPoolExecutor(workers, "api")
        self._waiting = waiting
        self._lock = threading.Lock()
        self._taken = 0

    @property
    def taken(self) -> int:
        """Photos that wait or are looked at."""
        return self._taken

    def close(self) -> None:
        """End the threads after the photos at hand."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    @asynccontextmanager
    async def places(self, count: int) -> AsyncIterator[None]:
        """Places for `count` photos while the block runs.

        Raises:
            ProblemError: 503 where there are not as many.
        """
        with self._lock:
            if self._taken + count > self._waiting:
                raise ProblemError(503, _("The server is busy. Try again shortly."), retry_after=1)
            self._taken += count
        try:
            yield
        finally:
            with self._lock:
                self._taken -= count

    async def run(self, pipeline: Pipeline, photos: Sequence[Photo]) -> list[Seen]:
        """The outcomes of photos in their order; what has not begun ends with the request."""
        # Each with a copy of the context: it holds the language of the request.
        futures = [
            self._threads.submit(copy_context().run, pipeline.one, photo) for photo in photos
        ]
        try:
            return list(await asyncio.gather(*map(asyncio.wrap_future, futures)))
        finally:
            for future in futures:
                future.cancel()


@router.post(
    "/classify",
    summary="Classify the faces of photos",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "multipart/form-data": {
                    "schema": {
                        "type": "object",
                        "required": ["file"],
                        "properties": {
                            "file": {
                                "type": "array",
                                "items": {"type": "string", "format": "binary"},
                            }
                        },
                    }
                },
                "application/json": {"schema": EncodedPhotos.model_json_schema()},
                "image/*": {"schema": {"type": "string", "format": "binary"}},
            },
        }
    },
)
async def classify(
    request: Request,
    networks: Annotated[
        str, Query(description="Ids divided by commas; the default network otherwise.")
    ] = "",
    maps: Annotated[
        bool, Query(description="Grad-CAM of the answer, 0 to 1, rows from the top.")
    ] = False,
    quick: Annotated[bool, Query(description="Look for faces in a small copy first.")] = False,
    sets: Annotated[
        Literal["80", "90", "95"] | None,
        Query(description="Sets of answers that hold the right one as often, in percent."),
    ] = None,
    format: Annotated[
        Literal["json", "csv"], Query(description="The rows as JSON or CSV.")
    ] = "json",
) -> Response:
    """One row for each face and network; a photo without a face, or a damaged one, has one too.

    The body is one photo as it is (`Content-Type: image/...`), several as
    `multipart/form-data` in fields called `file`, or JSON with base64. Nothing is stored.
    """
    api = api_of(request)
    pipeline = await api.pipeline(networks, sets, quick=quick)
    photos = await _photos(request)
    async with api.pool.places(len(photos)):
        seen = await _unless_gone(request, api.pool.run(pipeline, photos))
    api.count(outcome for outcome, _chips in seen)
    classes = all_classes(pipeline.cards)
    rows = [row for outcome, _chips in seen for row in outcome.rows]
    if format == "csv":
        return Response(csv_text(rows, classes), media_type="text/csv; charset=utf-8")
    answer: dict[str, Any] = {"rows": [row.values(classes) for row in rows]}
    if maps:
        answer["maps"] = await to_thread.run_sync(_maps, api.engine, pipeline.cards, seen)
    return JSONResponse(answer)


def _maps(engine: Engine, cards: Sequence[Card], seen: Sequence[Seen]) -> list[dict[str, Any]]:
    """Grad-CAM of the most probable class for each face and network, scaled to 0 to 1."""
    found = []
    for outcome, chips in seen:
        for card in cards if len(chips) else ():
            prediction = engine.predict(card.id, chips)
            if prediction.activation_maps is None:
                continue
            best = prediction.probabilities.argmax(axis=1)
            for place, label in enumerate(best):
                values = prediction.activation_maps[place, label]
                values = values / max(float(values.max()), 1e-9)
                found.append(
                    {
                        "file": outcome.key[0],
                        "face": place + 1,
                        "network": card.id,
                        "label": card.classes[label],
                        "map": np.round(values.astype(float), 3).tolist(),
                    }
                )
    return found


async def _unless_gone(request: Request, work: Coroutine[Any, Any, list[Seen]]) -> list[Seen]:
    """What comes of `work`, which ends where the client leaves before."""
    task = asyncio.create_task(work)
    while not task.done():
        await asyncio.wait([task], timeout=PATIENCE)
        if not task.done() and await request.is_disconnected():
            task.cancel()
            await asyncio.wait([task])
            raise ProblemError(408, _("The client left before the answer."))
    return task.result()


async def _photos(request: Request) -> list[Photo]:
    """The photos of a body in one of its three forms."""
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind == "multipart/form-data":
        photos = await _of_form(request)
    elif kind == "application/json":
        photos = _of_json(await request.body())
    elif kind.startswith("image/") or kind == "application/octet-stream":
        content = await request.body()
        photos = [_photo("photo", content)] if content else []
    else:
        raise ProblemError(
            415,
            _("Send photos as image/..., multipart/form-data or application/json."),
        )
    if not photos:
        raise ProblemError(422, _("There is no photo in the request."))
    return photos


async def _of_form(request: Request) -> list[Photo]:
    try:
        form = await request.form(max_files=PHOTOS, max_fields=PHOTOS)
    except ProblemError:
        raise
    except HTTPException as reason:
        sentence = _("The form cannot be read: {reason}").format(reason=reason.detail)
        raise ProblemError(422, sentence) from None
    photos = []
    for _name, value in form.multi_items():
        if isinstance(value, UploadFile):
            photos.append(_photo(value.filename or "photo", await value.read()))
            await value.close()
    return photos


def _of_json(body: bytes) -> list[Photo]:
    try:
        given = EncodedPhotos.model_validate_json(body)
    except ValidationError as reason:
        raise ProblemError(422, first_problem(reason)) from None
    photos = []
    for number, image in enumerate(given.images):
        try:
            content = base64.b64decode(image.data, validate=True)
        except binascii.Error:
            sentence = _("images.{place}.data: Expected base64.")
            raise ProblemError(422, sentence.format(place=number)) from None
        photos.append(_photo(image.name, content))
    return photos


def _photo(name: str, content: bytes) -> Photo:
    return Photo(name, partial(bytes, content))
