"""The viewer's batch: uploads on disk, a job over them, kept while pages come and go.

A batch is found again by a key in the viewer's own address, after a reload too, and only by the
browser that began it. Its photos go with the viewer, its numbers a little later.
"""

from __future__ import annotations

import secrets
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Protocol

import streamlit as st

from core import scratch
from core.batch.job import Job
from core.batch.kinds import suffix
from core.batch.pipeline import Pipeline, steps
from core.batch.sources import Given, Item, Photo, items
from core.rows import all_classes
from core.schema import Card
from core.server import janitor
from core.server.browser import COOKIE
from core.ui import _compat, photos, resources, state

THUMBNAIL = 128
"""Side of the gallery's pictures in pixels."""

PHOTOS_STAY = 100.0
"""Seconds after which the photos of a viewer whose connection was lost are deleted; the page
promises two minutes, the janitor looks every few seconds."""

NUMBERS_STAY = 600.0
"""Seconds after which the rest goes too."""

KEY = "batch"
"""Name in the address."""

_MINE = "batch.mine"

_batches: dict[str, Batch] = {}
_guard = threading.Lock()


class Upload(Protocol):
    """A file as Streamlit hands it over."""

    name: str

    def getbuffer(self) -> memoryview:
        """Its content."""


@dataclass(eq=False)
class Batch:
    """A batch of this viewer.

    Attributes:
        key: in the address of the viewer's browser; unguessable.
        job: does the work.
        cards: of the networks that are asked.
        folder: where its uploads lie.
        browser: cookie of the browser that began it; "" where it has none.
        sessions: that looked at it.
        seen: time of `time.monotonic` at which one of them was last connected.
        has_photos: whether uploads and thumbnails are still there.
        labels: what a file of labels said, class by name of the file.
        places: where the uploads lie.
    """

    key: str
    job: Job
    cards: Sequence[Card]
    folder: tempfile.TemporaryDirectory[str]
    browser: str = ""
    sessions: set[str] = field(default_factory=set)
    seen: float = field(default_factory=time.monotonic)
    has_photos: bool = True
    labels: dict[str, str] = field(default_factory=dict)
    places: Sequence[Given] = ()

    @property
    def classes(self) -> list[str]:
        """All classes of its networks."""
        return all_classes(self.cards)

    def delete_photos(self) -> None:
        """Stop the work and delete uploads and thumbnails; the numbers stay."""
        self.job.stop()
        self.has_photos = False
        self.folder.cleanup()
        self.job.thumbnails.clear()

    def photo(self, name: str) -> bytes | None:
        """Content of one of its photos; None where it is none, or gone.

        Raises:
            ImageError: if it cannot be read.
        """
        if not self.has_photos:
            return None
        found = (item for item in items(self.places) if item.name == name)
        photo = next((item for item in found if isinstance(item, Photo)), None)
        return photo.read() if photo else None


def current() -> Batch | None:
    """The viewer's batch; claims the address for its key."""
    key = state.held(KEY, "", lambda text: not text or _own(text) is not None, private=True)
    batch = _own(key)
    if batch is None and (batch := _own(st.session_state.get(_MINE, ""))):
        # Back led to an address from before it began.
        state.put(KEY, batch.key)
    if batch is not None:
        st.session_state[_MINE] = batch.key
        batch.sessions.add(_compat.session())
        batch.seen = time.monotonic()
    return batch


def is_gone() -> bool:
    """Whether the address names a batch that is not kept any more, or is another browser's."""
    key = st.query_params.get(KEY, "")
    return bool(key) and _own(key) is None


def is_kept(batch: Batch) -> bool:
    """Whether nobody discarded it meanwhile."""
    return _batches.get(batch.key) is batch


def discard(batch: Batch) -> None:
    """Stop a batch and forget it, photos and numbers."""
    _forget(batch)
    batch.delete_photos()
    state.put(KEY, "")


def begin(
    uploads: Sequence[Upload],
    cards: Sequence[Card],
    every: float,
    quick: bool = False,
    level: float | None = None,
    crops: bool = False,
) -> Batch:
    """Save the uploads and start on them.

    Args:
        uploads: files of the browser; they are copied to a temporary folder that goes when
            the batch goes, and dropped from memory.
        cards: of the networks to ask, not empty.
        every: seconds between the frames of a video.
        quick: whether a glance at a photo may settle where its faces are.
        crops: whether pictures are face crops already, to be taken as they are.
        level: stated coverage of sets of answers, None for none.

    Raises:
        OSError: if the folder for temporary files cannot be written.
    """
    folder = scratch.new_folder("batch_")
    try:
        places = _saved(uploads, Path(folder.name))
    except OSError:
        folder.cleanup()
        raise
    for upload in uploads:
        _compat.drop_upload(upload)

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
        crops=crops,
        trust={card.id: resources.trust(card) for card in cards},
        level=level,
        behind=True,
    )
    job = Job(pipeline, found, lambda: steps(items(places), every))
    batch = Batch(secrets.token_urlsafe(16), job, cards, folder, _browser(), places=places)
    with _guard:
        _batches[batch.key] = batch
    state.put(KEY, batch.key)
    janitor.add_chore(tidy)
    job.start()
    return batch


def tidy() -> None:
    """Delete the photos of viewers who are gone, and what is kept of their batches later."""
    now = time.monotonic()
    with _guard:
        known = list(_batches.values())
    for batch in known:
        if any(janitor.is_connected(session) for session in list(batch.sessions)):
            batch.seen = now
        away = now - batch.seen
        if away > PHOTOS_STAY and batch.has_photos:
            batch.delete_photos()
        if away > NUMBERS_STAY:
            _forget(batch)


def _forget(batch: Batch) -> None:
    with _guard:
        _batches.pop(batch.key, None)


def _own(key: str) -> Batch | None:
    """The batch of that key, if this browser began it."""
    batch = _batches.get(key)
    same = batch is not None and secrets.compare_digest(batch.browser, _browser())
    return batch if same else None


def _browser() -> str:
    cookie = st.context.cookies.get(COOKIE)
    return cookie if isinstance(cookie, str) else ""


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
