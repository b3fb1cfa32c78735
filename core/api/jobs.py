"""Jobs: a zip or a video that is worked on while the client looks at the rows as they come."""

from __future__ import annotations

import asyncio
import secrets
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Literal

from anyio import to_thread
from fastapi import APIRouter, Query, Request
from starlette.responses import Response, StreamingResponse

from core import scratch
from core.api.problems import ProblemError
from core.api.state import api_of
from core.batch.job import Job, Progress
from core.batch.kinds import ARCHIVES, VIDEOS, suffix
from core.batch.pipeline import steps
from core.batch.sources import Given, items
from core.rows import all_classes, json_lines
from core.text import _

router = APIRouter(prefix="/jobs", tags=["jobs"])

JOBS = 4
"""Jobs kept at once, finished ones among them."""

KEPT = 600.0
"""Seconds for which a job stays after it was last asked about."""

PAUSE = 0.2
"""Seconds between looks at a running job while its rows are streamed."""


@dataclass(frozen=True, kw_only=True)
class JobState(Progress):
    """Where a job stands.

    Attributes:
        id: unguessable; whoever knows it may see and end the job.
    """

    id: str


@dataclass
class _Kept:
    job: Job
    folder: TemporaryDirectory[str]
    classes: list[str]
    owner: str
    asked: float


@dataclass
class Jobs:
    """The jobs of one application.

    Attributes:
        clock: seconds that only grow.
    """

    clock: Callable[[], float] = time.monotonic
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _kept: dict[str, _Kept] = field(default_factory=dict)
    _coming: int = 0

    def __len__(self) -> int:
        return len(self._kept)

    def sweep(self) -> None:
        """End the jobs that nobody has asked about for `KEPT` seconds."""
        with self._lock:
            late = [key for key, kept in self._kept.items() if self.clock() - kept.asked > KEPT]
            gone = [self._kept.pop(key) for key in late]
        for kept in gone:
            _end(kept)

    @contextmanager
    def place(self) -> Iterator[None]:
        """A place for a job that is on its way, while the block runs.

        Raises:
            ProblemError: 503 where all places are taken.
        """
        with self._lock:
            if len(self._kept) + self._coming >= JOBS:
                raise ProblemError(
                    503, _("All places for jobs are taken. Try again later."), retry_after=30
                )
            self._coming += 1
        try:
            yield
        finally:
            with self._lock:
                self._coming -= 1

    def add(self, job: Job, folder: TemporaryDirectory[str], classes: list[str], owner: str) -> str:
        """Keep and start a job; its id."""
        name = secrets.token_urlsafe(16)
        with self._lock:
            self._kept[name] = _Kept(job, folder, classes, owner, self.clock())
        job.start()
        return name

    def get(self, name: str, owner: str) -> _Kept:
        """A job of this owner. Raises `ProblemError` 404."""
        with self._lock:
            kept = self._kept.get(name)
            if kept is None or kept.owner != owner:
                raise ProblemError(404, _("There is no such job. Jobs are kept for ten minutes."))
            kept.asked = self.clock()
            return kept

    def end(self, name: str, owner: str) -> None:
        """Stop a job and delete its files. Raises `ProblemError` 404."""
        kept = self.get(name, owner)
        with self._lock:
            self._kept.pop(name, None)
        _end(kept)

    def close(self) -> None:
        """End all jobs."""
        with self._lock:
            gone = list(self._kept.values())
            self._kept.clear()
        for kept in gone:
            _end(kept)


def _end(kept: _Kept) -> None:
    kept.job.stop()
    kept.job.wait(10)
    kept.folder.cleanup()


@router.post(
    "",
    status_code=202,
    summary="Begin a job",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/zip": {"schema": {"type": "string", "format": "binary"}},
                "video/*": {"schema": {"type": "string", "format": "binary"}},
                "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
            },
        }
    },
)
async def begin(
    request: Request,
    name: Annotated[
        str, Query(max_length=200, description="File name with its ending: photos.zip, talk.mp4.")
    ],
    networks: Annotated[
        str, Query(description="Ids divided by commas; the default network otherwise.")
    ] = "",
    every: Annotated[
        float, Query(ge=0.04, le=3600, description="Seconds between frames of a video.")
    ] = 1.0,
    quick: Annotated[bool, Query(description="Look for faces in a small copy first.")] = False,
    sets: Annotated[
        Literal["80", "90", "95"] | None,
        Query(description="Sets of answers that hold the right one as often, in percent."),
    ] = None,
) -> JobState:
    """The body is the file as it is: a zip of photos and videos, or one video."""
    api = api_of(request)
    if suffix(name) not in ARCHIVES | VIDEOS:
        raise ProblemError(415, _("Expected the name of a zip or a video, with its ending."))
    pipeline = await api.pipeline(networks, sets, every=every, quick=quick, behind=True)
    await to_thread.run_sync(api.jobs.sweep)
    with api.jobs.place():
        folder = scratch.new_folder("api_")
        try:
            # The name decides how the file is read, never where it lies.
            path = Path(folder.name) / f"upload{suffix(name)}"
            await _receive(request, path)
            given = [Given(Path(name).name or "upload", path)]
            job = Job(pipeline, lambda: items(given), lambda: steps(items(given), every))
            key = api.jobs.add(job, folder, all_classes(pipeline.cards), request.state.key)
        except BaseException:
            folder.cleanup()
            raise
    return _state(key, job)


async def _receive(request: Request, path: Path) -> None:
    """Write the body to a file as it arrives."""
    with path.open("wb") as stream:
        async for chunk in request.stream():
            await to_thread.run_sync(stream.write, chunk)
        if not stream.tell():
            raise ProblemError(422, _("The request has no body."))


@router.get("/{job_id}", summary="Progress of a job")
def progress(request: Request, job_id: str) -> JobState:
    """How far it is."""
    return _state(job_id, api_of(request).jobs.get(job_id, request.state.key).job)


@router.get(
    "/{job_id}/rows",
    summary="Rows of a job",
    response_class=StreamingResponse,
    responses={200: {"content": {"application/x-ndjson": {}}}},
)
async def rows(
    request: Request,
    job_id: str,
    start: Annotated[int, Query(ge=0, description="Pictures to pass over.")] = 0,
) -> StreamingResponse:
    """All rows so far and those to come, one JSON object a line, until the job ends."""
    jobs, owner = api_of(request).jobs, request.state.key
    jobs.get(job_id, owner)

    async def stream() -> AsyncIterator[str]:
        place = start
        while True:
            try:
                kept = jobs.get(job_id, owner)
            except ProblemError:  # ended meanwhile
                return
            running = kept.job.running
            outcomes = kept.job.outcomes()
            for outcome in outcomes[place:]:
                yield json_lines(outcome.rows, kept.classes)
            place = max(place, len(outcomes))
            if not running:
                return
            await asyncio.sleep(PAUSE)

    return StreamingResponse(stream(), media_type="application/x-ndjson")


@router.delete("/{job_id}", status_code=204, summary="End a job")
def end(request: Request, job_id: str) -> Response:
    """Stop it and delete its files and rows."""
    api_of(request).jobs.end(job_id, request.state.key)
    return Response(status_code=204)


def _state(name: str, job: Job) -> JobState:
    return JobState(**asdict(job.progress()), id=name)
