"""The viewer's batch: uploads on disk, a job over them, kept while pages come and go."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Protocol

import streamlit as st

from core.batch.job import Job
from core.batch.kinds import suffix
from core.batch.pipeline import Pipeline, steps
from core.batch.sources import Given, Item, items
from core.rows import all_classes
from core.schema import Card
from core.ui import photos, resources

THUMBNAIL = 128
"""Side of the gallery's pictures in pixels."""

_KEPT = "batch.kept"


class Upload(Protocol):
    """A file as Streamlit hands it over."""

    name: str

    def getbuffer(self) -> memoryview:
        """Its content."""


@dataclass(eq=False)
class Batch:
    """A batch of this viewer.

    Attributes:
        job: does the work.
        cards: of the networks that are asked.
        labels: what a file of labels said, class by name of the file.
    """

    job: Job
    cards: Sequence[Card]
    labels: dict[str, str] = field(default_factory=dict)

    @property
    def classes(self) -> list[str]:
        """All classes of its networks."""
        return all_classes(self.cards)


def current() -> Batch | None:
    """The viewer's batch."""
    kept: Batch | None = st.session_state.get(_KEPT)
    return kept


def discard() -> None:
    """Stop the batch and forget it."""
    if kept := current():
        kept.job.stop()
        del st.session_state[_KEPT]


def begin(
    uploads: Iterable[Upload], cards: Sequence[Card], every: float, quick: bool = False
) -> Batch:
    """Save the uploads and start on them.

    Args:
        uploads: files of the browser; they are copied to a temporary folder that goes when
            the batch goes.
        cards: of the networks to ask, not empty.
        every: seconds between the frames of a video.
        quick: whether a glance at a photo may settle where its faces are.
    """
    folder = tempfile.TemporaryDirectory(prefix="fer_batch_")
    places = _saved(uploads, Path(folder.name))

    def found() -> Iterator[Item]:
        # The folder must live as long as its files are read.
        yield from items(places if folder else [])

    pipeline = Pipeline(
        cards,
        resources.engine().predict,
        photos.detector(),
        every,
        thumbnail=THUMBNAIL,
        quick=quick,
    )
    job = Job(pipeline, found, lambda: steps(items(places), every))
    batch = Batch(job, cards)
    st.session_state[_KEPT] = batch
    job.start()
    return batch


def _saved(uploads: Iterable[Upload], folder: Path) -> list[Given]:
    """The uploads as numbered files, each under its own name; equal names get a number."""
    places: list[Given] = []
    times: Counter[str] = Counter()
    for number, upload in enumerate(uploads):
        name = upload.name.replace("\\", "/").lstrip("/") or "?"
        times[name] += 1
        if times[name] > 1:
            path = PurePosixPath(name)
            name = str(path.with_name(f"{path.stem} ({times[name]}){path.suffix}"))
        place = folder / f"{number:06d}{suffix(name)}"
        place.write_bytes(upload.getbuffer())
        places.append(Given(name, place, named=False))
    return places
