from __future__ import annotations

import gc
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.batch.job import Job, Progress
from core.batch.pipeline import Pipeline
from core.batch.sources import Item, Photo
from core.engine.engine import Engine
from core.faces.detector import FaceDetector
from tests.conftest import Lab


@pytest.fixture
def pipeline(lab: Lab, detector: FaceDetector) -> Pipeline:
    engine = Engine()
    return Pipeline([engine.card("plain_net")], engine.predict, detector, thumbnail=64)


class Paced:
    """Items of which each waits until it is let go."""

    def __init__(self, content: bytes, size: int) -> None:
        self.content = content
        self.size = size
        self.gate = threading.Semaphore(0)
        self.read = 0

    def __call__(self) -> Iterator[Item]:
        for place in range(self.size):
            yield Photo(f"{place:02d}.jpg", self._read)

    def _read(self) -> bytes:
        assert self.gate.acquire(timeout=30)
        self.read += 1
        return self.content


def until(condition: object) -> None:
    end = time.monotonic() + 30
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_job_runs_to_its_end(pipeline: Pipeline, portrait: bytes, scene: bytes) -> None:
    photos = [Photo("a", lambda: portrait), Photo("b", lambda: scene), Photo("c", lambda: b"")]
    job = Job(pipeline, lambda: photos, lambda: 3)
    assert job.progress().state == "stopped"
    job.start()
    job.wait(30)
    found = job.progress()
    assert (found.state, found.done, found.total) == ("finished", 3, 3)
    assert (found.faces, found.failed, found.left) == (1, 1, None)
    assert [row.file for row in job.rows()] == ["a", "b", "c"]
    assert (job.thumbnails.get(("a", None), 1) or b"").startswith(b"\xff\xd8")
    assert job.thumbnails.get(("c", None), 1) is None
    job.start()
    assert not job.running


def test_a_job_is_stopped_and_goes_on(pipeline: Pipeline, scene: bytes) -> None:
    items = Paced(scene, 12)
    job = Job(pipeline, items, lambda: 12)
    job.start()
    items.gate.release(4)
    until(lambda: job.progress().done >= 2)
    assert job.progress().state == "running"
    job.stop()
    assert job.progress().state == "stopping"
    items.gate.release(2 * 12)
    job.wait(30)
    half = job.progress()
    assert half.state == "stopped"
    assert 2 <= half.done < 12
    assert len(job.rows()) == half.done
    job.start()
    items.gate.release(2 * 12)
    job.wait(30)
    assert job.progress().state == "finished"
    assert [row.file for row in job.rows()] == [f"{place:02d}.jpg" for place in range(12)]
    assert job.progress().seconds >= half.seconds


def test_a_forgotten_job_stops(pipeline: Pipeline, scene: bytes) -> None:
    items = Paced(scene, 500)
    job = Job(pipeline, items, lambda: 500)
    job.start()
    thread = next(item for item in threading.enumerate() if item.name == "batch job")
    del job
    gc.collect()
    items.gate.release(500)
    thread.join(30)
    assert not thread.is_alive()
    assert items.read < 500


def test_a_fault_ends_a_job_with_a_row(pipeline: Pipeline, tmp_path: Path) -> None:
    def broken() -> list[Item]:
        raise ZeroDivisionError

    job = Job(pipeline, broken, lambda: 1)
    job.start()
    job.wait(30)
    assert job.progress().state == "finished"
    assert "ended early" in str(job.rows()[0].error)


def test_time_left_follows_from_the_rate() -> None:
    found = Progress("running", done=30, total=90, faces=0, failed=0, seconds=9.0, rate=4.0)
    assert found.left == 15.0
    assert Progress("stopped", 30, 90, 0, 0, 9.0, 4.0).left is None
    assert Progress("running", 30, 0, 0, 0, 9.0, 4.0).left is None
