"""`results/speed.json`: what `python -m benchmarks chips`, `batch`, `live` and `load` measured.

Of chips and batch the last two runs of each network on each processor are kept, so that one can
be read against the other; of the live camera and of many viewers the last run of each command.
"""

from __future__ import annotations

from pathlib import Path
from statistics import median
from typing import Annotated, Literal, TypeVar

from pydantic import Field

from core.errors import ResultsError
from core.evaluation.evaluate import rounded
from core.records import Document, Made, Record, Sha256
from core.schema import SCHEMA_VERSION

FILE = "speed.json"

RUNS = 2
"""Runs that are kept of each network on each processor."""

CLASSIFY = "classify"
QUICK = "classify --quick"
KERAS = "whole photo, Keras VGG16"

Above = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class Pair(Record):
    """The engine and another way, in milliseconds a chip, medians over the rounds.

    Attributes:
        ours_ms: the engine.
        other_ms: the other way.
        ratio: how many times as fast the engine is, the median over the rounds.
    """

    ours_ms: Above
    other_ms: Above
    ratio: Above


class Crowd(Record):
    """Threads that each ask for single chips, against one thread that does so.

    Attributes:
        threads: at once.
        alone_rate: chips a second of one thread's loop, the median over the rounds.
        rate: of all threads together.
        ratio: of the two, the median over the rounds.
        median_ms: wait of a request, over all rounds.
        longest_ms: the longest wait of a round, the median over the rounds.
        worst_ms: the longest of all.
        waits: longest over median wait of a round, the median over the rounds.
    """

    threads: int
    alone_rate: Above
    rate: Above
    ratio: Above
    median_ms: Above
    longest_ms: Above
    worst_ms: Above
    waits: Above


class ChipsBench(Document):
    """One network's speed, each ratio from one run.

    Attributes:
        model: id of the network.
        model_sha256: hash of its file.
        size: side in pixels to which it enlarges chips.
        precision: arithmetic of the engine.
        processor: name of the processor.
        cores: of the machine.
        keras: one chip at a time, against `predict` of the same network in Keras called
            for each, with random weights, on which its time does not depend; None without
            TensorFlow.
        openvino: a batch of 32, against OpenVINO on the same file with the same settings.
        crowd: many threads.
        made: when and how.
    """

    model: str
    model_sha256: Sha256
    size: int
    precision: str
    processor: str
    cores: int
    keras: Pair | None
    openvino: Pair
    crowd: Crowd
    made: Made


class Way(Record):
    """One way through the photos.

    Attributes:
        photos: how many it took.
        seconds: for all of them; loading things and the first photo are not counted.
        processor: seconds of all cores together.
        faces: found, or 0 where none were looked for.
        rates: photos a second in each part of the folder.
    """

    photos: int = Field(ge=1)
    seconds: float = Field(gt=0)
    processor: float = Field(ge=0)
    faces: int = Field(ge=0)
    rates: list[float] = Field(min_length=1)

    @property
    def rate(self) -> float:
        """Photos a second, the median over the parts."""
        return median(self.rates)


class Pass(Record):
    """The folder once through the pipeline, one of several passes in one run.

    Attributes:
        photos: so far.
        seconds: of this pass.
        memory_mb: the most that this process held until then.
    """

    photos: int
    seconds: float
    memory_mb: float


class BatchBench(Document):
    """Ways through one folder in one run, so that their ratios mean something.

    Attributes:
        model: the network of the first three ways.
        model_sha256: hash of its file.
        passes: the whole folder, as often as asked for, as one batch.
        ways: by name. `classify`: as the command of that name does it, with its table.
            `classify --quick`: likewise, with a glance before the search for faces.
            `one by one`: the steps of `classify`, one photo after the other. `whole photo, Keras
            VGG16`: the photo as a whole at 224 px to Keras's `predict`, without looking
            for faces, one at a time. `fer NUMBER, ...`: the package of that name with one
            of its detectors, `haar` being its default, one photo at a time.
        cores: of the machine.
        processor: its name.
        precision: arithmetic of the network and the face detector; None in runs from before
            it was noted.
        made: when and how.
    """

    model: str
    model_sha256: Sha256
    passes: list[Pass]
    ways: dict[str, Way]
    cores: int
    processor: str
    precision: str | None = None
    made: Made

    def ratio(self, way: str, ours: str = CLASSIFY) -> float:
        """How many times as fast as `way` the way `ours` is, the median over the parts."""
        pairs = zip(self.ways[ours].rates, self.ways[way].rates, strict=True)
        return median(rate / other for rate, other in pairs)

    def fer(self, detector: str = "haar") -> str | None:
        """Name of the way by the `fer` package with a detector; None where it was left out.

        Args:
            detector: `haar`, with which the package comes, or `mtcnn`.
        """
        names = (name for name in self.ways if name.startswith("fer ") and name.endswith(detector))
        return next(names, None)


class Minute(Record):
    """What one minute brought, of all streams together; times in milliseconds.

    Attributes:
        rate: processed frames a second of each stream, on average.
        dropped: frames passed over.
        screen_median: from the camera's picture in the browser to the same picture, drawn
            upon, back in the browser: both ways, both encoders, waiting and processing.
        screen_p95: the 95th percentile of it.
        server_median: from a frame's arrival at the server to its finished picture; median of
            the page's read-outs.
        server_p95: median of the page's 95th percentiles.
        memory_mb: of the server at the end of the minute.
        sizes: of the video as it reached the server.
    """

    rate: float
    dropped: int
    screen_median: float | None
    screen_p95: float | None
    server_median: float | None
    server_p95: float | None
    memory_mb: float
    sizes: list[str]


class Connects(Record):
    """Cameras started and stopped again, every other time by closing the tab.

    Attributes:
        count: of the connections.
        memory_mb: of the server at rest: before the first, after the third and the last.
        threads: likewise.
        growth_mb: from the third to the last.
    """

    count: int
    memory_mb: list[float]
    threads: list[int]
    growth_mb: float


class LiveBench(Document):
    """A run of the live camera.

    Attributes:
        model: the network.
        model_sha256: hash of its file.
        film: what the camera showed.
        size: that was asked of the camera.
        asked_rate: frames a second that are asked of the camera, at most.
        delay_ms: of the network in each direction, on top of this machine's own.
        processor: name of the processor.
        cores: of the machine, which browser and server share.
        minutes: see `Minute`; the last one may be shorter.
        rates: processed frames a second of each stream.
        memory_start_mb: of the server with the network loaded, before the first camera.
        memory_settled_mb: after two minutes; None in a shorter run.
        memory_end_mb: at the end, the cameras running.
        threads_before: of the server before the first camera.
        threads_after: after the last one has stopped.
        lost: seconds after which a stream stood still, which ended the run; None if none did.
        warnings: that the page showed.
        connects: None where none were asked for.
        made: when and how.
    """

    model: str
    model_sha256: Sha256
    film: str
    size: str
    asked_rate: int
    delay_ms: float
    processor: str
    cores: int
    minutes: list[Minute]
    rates: list[float] = Field(min_length=1)
    memory_start_mb: float
    memory_settled_mb: float | None
    memory_end_mb: float
    threads_before: int
    threads_after: int
    lost: float | None
    warnings: list[str]
    connects: Connects | None
    made: Made


class Weight(Record):
    """The server at one moment of a load.

    Attributes:
        seconds: since the first viewer came.
        memory_mb: that its process holds (resident set).
        threads: of its process.
    """

    seconds: float = Field(ge=0)
    memory_mb: Above
    threads: int = Field(ge=1)


class LoadBench(Document):
    """Viewers who walk through all pages at once; times in seconds.

    Attributes:
        viewers: at once.
        browsers: how many of them looked through Chromium, on the same machine.
        minutes: for which they walked.
        runs: of pages that were finished, by links and by changed choices.
        rate: runs a second.
        median: of a run, from the request to the last element.
        p95: the 95th percentile of it.
        longest: of all runs.
        click_median: of the runs after a changed choice; None if there were none.
        browser_median: of the runs in Chromium, drawing included; None if there were none.
        pages: the median of each page.
        errors: runs that failed or were not finished within a minute.
        error: the first of them.
        refused: connections that failed or broke.
        batch_seconds: of a batch that was read meanwhile; None if there was none, or if it was not
            done before the viewers left.
        start: the server before the first viewer.
        settled: after two minutes; None in a shorter run.
        most: when it held the most memory.
        end: when the viewers leave.
        after: two minutes later.
        processor: name of the processor.
        cores: of the machine, which viewers and server share.
        made: when and how.
    """

    viewers: int = Field(ge=1)
    browsers: int = Field(ge=0)
    minutes: Above
    runs: int = Field(ge=1)
    rate: Above
    median: Above
    p95: Above
    longest: Above
    click_median: Above | None
    browser_median: Above | None
    pages: dict[str, float]
    errors: int = Field(ge=0)
    error: str | None
    refused: int = Field(ge=0)
    batch_seconds: Above | None
    start: Weight
    settled: Weight | None
    most: Weight
    end: Weight
    after: Weight
    processor: str
    cores: int = Field(ge=1)
    made: Made


class ApiBench(Document):
    """The API under many clients, against the same photos as a folder, in one run.

    Attributes:
        model: the network.
        model_sha256: hash of its file.
        photos: in the folder.
        clients: that ask at once, each with single photos one after the other.
        folder_rate: photos a second as `classify` reads the folder, median over the passes.
        api_rate: photos a second over HTTP, likewise.
        ratio: of the two, median over the passes.
        mean_ms: of a request.
        p95_ms: 95th percentile of a request.
        minutes: of further requests for the memory.
        memory_mb: of the server before and after them.
        attacks: hostile requests by the status of the answer.
        slowest_attack_ms: slowest answer to one of them.
        mean_after_ms: of a request after them.
        processor: name of the processor.
        cores: of the machine, which server and clients share.
        made: when and how.
    """

    model: str
    model_sha256: Sha256
    photos: int
    clients: int
    folder_rate: Above
    api_rate: Above
    ratio: Above
    mean_ms: Above
    p95_ms: Above
    minutes: float
    memory_mb: tuple[float, float]
    attacks: dict[str, int]
    slowest_attack_ms: float
    mean_after_ms: Above
    processor: str
    cores: int
    made: Made


class Speed(Document):
    """The whole file, by the network's id, the newest last.

    Attributes:
        chips: the last runs.
        batch: the last runs.
        live: the last run of each command.
        load: likewise; of all networks together.
        api: the last runs.
    """

    schema_version: Literal[1] = SCHEMA_VERSION
    chips: dict[str, list[ChipsBench]] = Field(default_factory=dict)
    batch: dict[str, list[BatchBench]] = Field(default_factory=dict)
    live: dict[str, list[LiveBench]] = Field(default_factory=dict)
    load: list[LoadBench] = Field(default_factory=list)
    api: dict[str, list[ApiBench]] = Field(default_factory=dict)


Bench = TypeVar("Bench", ChipsBench, BatchBench, LiveBench, ApiBench)


def keep(found: ChipsBench | BatchBench | LiveBench | ApiBench | LoadBench, path: Path) -> None:
    """Add a run to the file at `path`; runs of other files of that network are dropped.

    Raises:
        ResultsError: if there is something else at `path`.
    """
    known = Speed.read(path) if path.exists() else Speed()
    match found:
        case ChipsBench():
            known.chips[found.model] = _newest(_same(known.chips, found), found)
        case BatchBench():
            known.batch[found.model] = _newest(_same(known.batch, found), found)
        case ApiBench():
            known.api[found.model] = _newest(_same(known.api, found), found)
        case LiveBench():
            others = _same(known.live, found)
            others = [run for run in others if run.made.command != found.made.command]
            known.live[found.model] = [*others, found]
        case LoadBench():
            command = found.made.command
            known.load[:] = [run for run in known.load if run.made.command != command]
            known.load.append(found)
    Speed.model_validate(rounded(known.model_dump(mode="json"))).write(path)


def _same(known: dict[str, list[Bench]], found: Bench) -> list[Bench]:
    """The runs so far of the same network from the same file."""
    runs = known.get(found.model, [])
    return [run for run in runs if run.model_sha256 == found.model_sha256]


def _newest(before: list[Bench], found: Bench) -> list[Bench]:
    """All runs on other processors, and the last ones on this one."""
    elsewhere: list[Bench] = [run for run in before if run.processor != found.processor]
    here: list[Bench] = [run for run in before if run.processor == found.processor]
    here.append(found)
    return elsewhere + here[-RUNS:]


def read(path: Path) -> Speed | None:
    """What is at `path`; None where nothing readable is."""
    try:
        return Speed.read(path)
    except ResultsError:
        return None
