"""How fast a folder of photos goes, beside two other ways through the same files."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import cv2
import numpy as np
from pydantic import Field

from core.errors import DataError
from core.faces.detector import FaceDetector
from core.faces.photo import decode, photo_to_chips
from core.inference.batch.kinds import IMAGES, suffix
from core.inference.batch.pipeline import Pipeline
from core.inference.batch.sources import Given, items
from core.inference.engine import Engine
from core.labels import CLASSES
from core.schema import Document, Made, Record

WHOLE = 224
"""Side in pixels to which the whole photo is brought where no face is looked for."""


class Way(Record):
    """One way through the photos.

    Attributes:
        photos: how many it took.
        seconds: for all of them, with the first one left out, which loads things.
        processor: seconds of all cores together.
        faces: found, or 0 where none were looked for.
    """

    photos: int = Field(ge=1)
    seconds: float = Field(gt=0)
    processor: float = Field(ge=0)
    faces: int = Field(ge=0)

    @property
    def rate(self) -> float:
        """Photos a second."""
        return self.photos / self.seconds


class BatchBench(Document):
    """Ways through one folder in one run, so that their ratios mean something.

    Attributes:
        model: the network of the first two ways.
        pipeline: as `classify` does it.
        one_by_one: the same steps, one photo after the other.
        whole_photo: the photo as a whole to Keras's `predict` of a VGG16 at 224 px, without
            looking for faces, one at a time; None where TensorFlow is not installed.
        memory_mb: the most that this process held until the pipeline was through.
        cores: of the machine.
        made: when and how.
    """

    model: str
    pipeline: Way
    one_by_one: Way
    whole_photo: Way | None
    memory_mb: float
    cores: int
    made: Made


def measure(folder: Path, model: str, keras_photos: int = 40) -> BatchBench:
    """Time the ways one after the other; leave the machine alone meanwhile.

    Args:
        folder: of photos.
        model: id of a network.
        keras_photos: how many photos the slow way gets; 0 leaves it out.

    Raises:
        DataError: if the folder holds fewer than two photos.
        ModelError: if the network cannot be run.
    """
    files = sorted(file for file in folder.rglob("*") if suffix(file.name) in IMAGES)
    if len(files) < 2:
        raise DataError(f"{folder}: Expected at least 2 photos. Received: {len(files)}.")
    engine, detector = Engine(), FaceDetector()
    card = engine.card(model)
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    pipeline = _timed(
        files, lambda some: _pipeline(Pipeline([card], engine.predict, detector), some)
    )
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    cv2.setNumThreads(threads)

    def one(file: Path) -> int:
        chips = photo_to_chips(decode(file), detector).chips
        engine.predict(model, chips, maps=False)
        return len(chips)

    single = _timed(files, lambda some: sum(map(one, some)))
    whole = _whole_photos(files[: keras_photos + 1]) if keras_photos else None
    return BatchBench(
        model=model,
        pipeline=pipeline,
        one_by_one=single,
        whole_photo=whole,
        memory_mb=round(memory, 1),
        cores=os.cpu_count() or 1,
        made=Made(
            command=f"python -m core bench batch {folder.name} --model {model}",
            date=datetime.now(UTC).isoformat(timespec="seconds"),
            versions={name: version(name) for name in ("openvino", "opencv-python-headless")},
        ),
    )


def _timed(files: Sequence[Path], work: Callable[[Sequence[Path]], int]) -> Way:
    work(files[:1])
    wall, processor = time.perf_counter(), time.process_time()
    faces = work(files[1:])
    return Way(
        photos=len(files) - 1,
        seconds=time.perf_counter() - wall,
        processor=time.process_time() - processor,
        faces=faces,
    )


def _pipeline(pipeline: Pipeline, files: Sequence[Path]) -> int:
    found = pipeline.run(items(Given(str(file), file) for file in files))
    return sum(row.face is not None for outcome in found for row in outcome.rows)


def _whole_photos(files: Sequence[Path]) -> Way | None:
    """Random weights: the time does not depend on them."""
    try:
        from core.networks.registry import build, settings_of
        from core.networks.vgg16 import build_vgg16  # noqa: F401  (registers the builder)
    except ModuleNotFoundError:
        return None
    settings = settings_of("vgg16", {"size": WHOLE, "imagenet": False})
    network = build("vgg16", settings, len(CLASSES)).model

    def one(file: Path) -> int:
        grey = cv2.cvtColor(decode(file), cv2.COLOR_RGB2GRAY)
        # The network takes chips and enlarges them to 224 px itself.
        chip = cv2.resize(grey, (48, 48), interpolation=cv2.INTER_AREA)
        network.predict(np.asarray(chip)[None], verbose=0)
        return 0

    return _timed(files, lambda some: sum(map(one, some)))
