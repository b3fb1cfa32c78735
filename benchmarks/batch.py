"""How fast a folder of photos goes, beside other ways through the same files.

The ways take turns, a part of the folder each time, and the ratios are medians over the
parts: what else the machine does for a while hits all of them.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO, Any

import cv2
import numpy as np
from rich.table import Table

from benchmarks import fer_package
from core.batch.kinds import IMAGES, suffix
from core.batch.pipeline import Pipeline
from core.batch.sinks import CsvSink
from core.batch.sources import Given, items
from core.engine.engine import Engine
from core.errors import DataError, FerLabError
from core.faces.detector import FaceDetector
from core.faces.photo import decode, photo_to_chips
from core.labels import CLASSES
from core.records import Made
from core.rows import all_classes
from core.speed.latency import processor
from core.speed.runs import CLASSIFY, KERAS, QUICK, BatchBench, Pass, Way

WHOLE = 224
"""Side in pixels to which the whole photo is brought where no face is looked for."""

ROUNDS = 5
"""Parts of the folder; each way takes its turn at each."""

Work = Callable[[Sequence[Path]], int]


def measure(
    folder: Path,
    model: str,
    keras_photos: int = 40,
    fer_python: Path | None = None,
    passes: int = 1,
) -> BatchBench:
    """Time the ways in turns; leave the machine alone meanwhile.

    Args:
        folder: of photos.
        model: id of a network.
        keras_photos: how many photos the way by Keras and `fer` with MTCNN get; 0 leaves
            them out.
        fer_python: an interpreter with the `fer` package; None leaves it out.
        passes: how often the folder goes through the pipeline for the memory.

    Raises:
        DataError: if the folder holds fewer than two photos.
        FerLabError: if the network or the other interpreter cannot be run.
    """
    files = sorted(file for file in folder.rglob("*") if suffix(file.name) in IMAGES)
    if len(files) < 2:
        raise DataError(f"{folder}: Expected at least 2 photos. Received: {len(files)}.")
    engine, detector = Engine(), FaceDetector()
    card = engine.card(model)

    def classify(some: Sequence[Path], quick: bool = False) -> int:
        return sum(_classified(Pipeline([card], engine.predict, detector, quick=quick), [some]))

    def one(file: Path) -> int:
        chips = photo_to_chips(decode(file), detector).chips
        return len(engine.predict(model, chips, maps=False).probabilities)

    def one_by_one(some: Sequence[Path]) -> int:
        return sum(map(one, some))

    with _single_threaded_opencv():
        classify(files[:2])
        found = list(_passes(Pipeline([card], engine.predict, detector), files, passes))
        parts = [files[start::ROUNDS] for start in range(min(ROUNDS, len(files)))]
        ways: dict[str, tuple[Work, int]] = {
            CLASSIFY: (classify, 0),
            QUICK: (partial(classify, quick=True), 0),
            "one by one": (one_by_one, 0),
        }
        few = -(-keras_photos // ROUNDS)
        if keras_photos and (whole := _whole_photos()):
            ways[KERAS] = (whole, few)
        with _fer(fer_python) as other:
            if other is not None:
                for name, photos in {"haar": 0, "mtcnn": few}.items():
                    if (photos or name == "haar") and other.has(name, files[0]):
                        ways[f"fer {other.version}, {name}"] = (other.with_detector(name), photos)
            timed = _in_turns(ways, parts, other)
    command = f"python -m benchmarks batch {folder.name} --model {model}"
    command += f" --whole {keras_photos} --passes {passes}"
    return BatchBench(
        model=model,
        model_sha256=card.model_sha256,
        passes=found,
        ways=timed,
        cores=os.cpu_count() or 1,
        processor=processor(),
        precision=engine.precision,
        made=Made.now(
            command + (" --fer-python PATH" if fer_python else ""),
            "openvino",
            "opencv-python-headless",
        ),
    )


def tables(found: BatchBench) -> list[Table]:
    """The ways and their ratios, and the memory."""
    ways = Table("Way", "photos", "faces", "a second", "processor a photo")
    for name in (CLASSIFY, QUICK):
        ways.add_column(f"{name} is faster by")
    for name, way in found.ways.items():
        ways.add_row(
            name,
            f"{way.photos:,}",
            f"{way.faces:,}",
            f"{way.rate:.1f}",
            f"{1000 * way.processor / way.photos:.1f} ms",
            *(f"{found.ratio(name, ours):.2f}" for ours in (CLASSIFY, QUICK)),
        )
    ways.caption = f"{found.model}; {found.processor}, {found.cores} cores, {found.precision}"
    passes = Table("Photos in one batch", "a second", "memory at most")
    before = 0
    for step in found.passes:
        rate = (step.photos - before) / step.seconds
        passes.add_row(f"{step.photos:,}", f"{rate:.1f}", f"{step.memory_mb:.0f} MB")
        before = step.photos
    return [ways, passes]


def _in_turns(
    ways: dict[str, tuple[Work, int]], parts: Sequence[Sequence[Path]], other: _Fer | None
) -> dict[str, Way]:
    """Each way on each part, or on its first so many photos where a number is named."""

    def clock() -> float:
        return time.process_time() + (other.processor if other else 0)

    for work, _few in ways.values():
        work(parts[0][:1])
    taken: dict[str, list[tuple[int, float, float, int]]] = {name: [] for name in ways}
    for part in parts:
        for name, (work, few) in ways.items():
            some = part[:few] if few else part
            wall, used = time.perf_counter(), clock()
            faces = work(some)
            wall, used = time.perf_counter() - wall, clock() - used
            taken[name].append((len(some), wall, used, faces))
    return {
        name: Way(
            photos=sum(row[0] for row in rows),
            seconds=sum(row[1] for row in rows),
            processor=sum(row[2] for row in rows),
            faces=sum(row[3] for row in rows),
            rates=[row[0] / row[1] for row in rows],
        )
        for name, rows in taken.items()
    }


def _passes(pipeline: Pipeline, files: Sequence[Path], passes: int) -> Iterator[Pass]:
    since = time.perf_counter()
    for number, _faces in enumerate(_classified(pipeline, [files] * passes), 1):
        if number % len(files) == 0:
            now = time.perf_counter()
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            yield Pass(photos=number, seconds=now - since, memory_mb=round(memory, 1))
            since = now


def _classified(pipeline: Pipeline, folders: Sequence[Sequence[Path]]) -> Iterator[int]:
    """Faces of each photo, with the table written as `classify` does it."""
    # The same file again has another name: a batch takes each name once.
    given = (
        Given(f"{number}/{file.name}", file)
        for number, files in enumerate(folders)
        for file in files
    )
    asked = {card.id: card.model_sha256 for card in pipeline.cards}
    with (
        tempfile.TemporaryDirectory() as scratch,
        CsvSink(Path(scratch, "faces.csv"), all_classes(pipeline.cards), asked) as sink,
    ):
        for outcome in pipeline.run(items(given)):
            sink.write(outcome.rows)
            yield len({row.face for row in outcome.rows if row.face is not None})


def _whole_photos() -> Work | None:
    """None without TensorFlow. Random weights: the time does not depend on them."""
    try:
        from core.networks import build, settings_of
    except ModuleNotFoundError:
        return None
    settings = settings_of("vgg16", {"size": WHOLE, "imagenet": False})
    network = build("vgg16", settings, len(CLASSES)).model

    def work(files: Sequence[Path]) -> int:
        for file in files:
            grey = cv2.cvtColor(decode(file), cv2.COLOR_RGB2GRAY)
            # The network takes chips and enlarges them to 224 px itself.
            chip = cv2.resize(grey, (48, 48), interpolation=cv2.INTER_AREA)
            network.predict(np.asarray(chip)[None], verbose=0)
        return 0

    return work


class _Fer:
    """The `fer` package in its own interpreter.

    Attributes:
        version: of the package.
        processor: seconds of all cores that it used for photos so far.
    """

    def __init__(self, questions: IO[str], answers: IO[str]) -> None:
        self._questions = questions
        self._answers = answers
        self.version = answers.readline().strip()
        self.processor = 0.0

    def has(self, name: str, file: Path) -> bool:
        """Whether it can look for faces with a detector: `haar`, its default, or `mtcnn`."""
        return "error" not in self._ask(name, [file])

    def with_detector(self, name: str) -> Work:
        """A way through photos."""

        def work(files: Sequence[Path]) -> int:
            found = self._ask(name, files)
            self.processor += found["processor"]
            return int(found["faces"])

        return work

    def _ask(self, name: str, files: Sequence[Path]) -> dict[str, Any]:
        names = (str(file.resolve()) for file in files)
        print(name, *names, sep="\t", file=self._questions, flush=True)
        answer = self._answers.readline()
        if not answer:
            raise FerLabError(f"The fer package ended when it was to use {name}.")
        found: dict[str, Any] = json.loads(answer)
        return found


@contextmanager
def _fer(python: Path | None) -> Iterator[_Fer | None]:
    if python is None:
        yield None
        return
    # -I: neither this project nor the folder it is started in is to be found there.
    command = [str(python), "-I", fer_package.__file__]
    with tempfile.TemporaryFile("w+") as said:
        try:
            process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said, text=True
            )
        except OSError as reason:
            raise FerLabError(f"{python} cannot be run: {reason.strerror}.") from reason
        with process:
            if process.stdin and process.stdout:
                package = _Fer(process.stdin, process.stdout)
                if package.version:
                    yield package
                    return
        raise FerLabError(f"{python} cannot run the fer package: {_last_line(said)}")


def _last_line(stream: IO[str]) -> str:
    stream.seek(0)
    lines = [line.strip() for line in stream if line.strip()]
    return lines[-1] if lines else "it said nothing."


@contextmanager
def _single_threaded_opencv() -> Iterator[None]:
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(threads)
