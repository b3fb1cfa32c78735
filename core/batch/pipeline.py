"""Read, decode, detect and classify a batch, several pictures at a time, in bounded memory.

Threads read, decode and detect; the thread that asks for outcomes classifies the chips of
many pictures at once, meanwhile. OpenCV and OpenVINO let go of Python's lock, so that all
cores work. Outcomes come in the order of the items, whatever was finished first.

The way of a picture:

1. `Pipeline.run` draws items (photo, video, problem) lazily and begins a few ahead, `WAITING`.
2. A thread of the pool reads the bytes, hashes and decodes them; a large one waits its turn.
3. The same thread finds the faces and crops the chips (`photo_to_chips`): rows without answers.
4. A video gives its frames one by one; each is then such a picture.
5. In the order of the items, finished pictures are gathered until they hold `CHIPS` chips.
6. Each network classifies these together; `_answers` makes rows, one for each chip.
7. `Outcome` joins faces and answers. Whatever went wrong on the way is a row with its error.
"""

from __future__ import annotations

import hashlib
import io
import logging
import os
import threading
import time
from collections import Counter, deque
from collections.abc import Container, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from typing import Protocol

import cv2
import numpy as np
from PIL import Image

from core.batch import videos
from core.batch.sources import Item, LeftOut, Photo, Problem, Video, wanted
from core.batch.turns import step_back
from core.engine.engine import Prediction
from core.errors import FerLabError
from core.evaluation.trust import Trust
from core.faces import quality
from core.faces.chip import SIDE
from core.faces.cutout import cutout
from core.faces.detector import FaceDetector
from core.faces.photo import (
    FORMATS,
    MAX_BYTES,
    PhotoFaces,
    Picture,
    photo_to_chips,
    read_picture,
)
from core.faces.quality import Quality
from core.rows import NO_FACE, Row
from core.schema import Card
from core.text import Message, later

log = logging.getLogger(__name__)

WORKERS = 1 + (os.cpu_count() or 1)
"""Threads that prepare pictures: one more than there are cores, so that these have work while
a thread waits for another to let go of Python."""

WAITING = 32
"""Pictures begun or finished ahead of the one whose turn it is."""

WAITING_BYTES = 96 * 1024**2
"""The same for frames of videos, which lie decoded in memory."""

CHIPS = 32
"""Chips that are classified at once."""

PATIENCE = 1.0
"""Seconds after which fewer are."""

LARGE = 12_000_000
"""Pixels above which pictures are decoded one after the other: the largest takes 400 MB."""

QUALITY = 80
"""JPEG quality of thumbnails."""

CROP = 300
"""Pixels of the long side below which pictures of one size may be face crops."""

Key = tuple[str, float | None]
"""Subject of an outcome: name of the file, and the time of the frame in a video."""


class Classify(Protocol):
    """`Engine.predict`, as far as it is used here."""

    def __call__(self, model_id: str, chips: np.ndarray, *, maps: bool) -> Prediction:
        """Classify chips, uint8 (n, 48, 48)."""


@dataclass(frozen=True)
class Outcome:
    """Result of one picture.

    Attributes:
        key: file and time.
        rows: one for each face and network, faces first; one without a face.
        thumbnails: JPEG of each face, or of a picture without one; empty if not asked for.
    """

    key: Key
    rows: tuple[Row, ...]
    thumbnails: tuple[bytes, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether there is an error in it."""
        return any(row.error for row in self.rows)


@dataclass
class _Prepared:
    """A picture with its faces, before its chips are classified."""

    faces: list[Row]
    chips: np.ndarray
    qualities: list[Quality] = field(default_factory=list)
    thumbnails: list[bytes] = field(default_factory=list)


@dataclass
class _Task:
    key: Key
    future: Future[_Prepared]
    weight: int = 0


class Pipeline:
    """Turns items into outcomes.

    Args:
        cards: of the networks that are asked, in the order of their rows.
        classify: `Engine.predict`.
        detector: finds the faces.
        every: seconds between the frames of a video that are looked at.
        thumbnail: side of thumbnails in pixels; 0 for none.
        quick: whether a glance at a photo may settle where its faces are; see `search`.
        crops: whether pictures are face crops already, to be taken as they are.
        trust: what is known of each network, by id; it tells the accuracy to expect.
        level: stated coverage of the sets of answers, None for none.
        behind: whether its threads let all others of the machine go first.
        workers: threads that prepare pictures.
    """

    def __init__(
        self,
        cards: Sequence[Card],
        classify: Classify,
        detector: FaceDetector | None = None,
        every: float = 1.0,
        thumbnail: int = 0,
        quick: bool = False,
        crops: bool = False,
        behind: bool = False,
        workers: int | None = None,
        trust: Mapping[str, Trust] | None = None,
        level: float | None = None,
    ) -> None:
        self.cards = tuple(cards)
        self.every = every
        self._classify = classify
        self._detector = detector or FaceDetector()
        self._thumbnail = thumbnail
        self._quick = quick
        self._crops = crops
        self._sizes: set[tuple[int, int]] = set()
        self._trust = trust or {}
        self._level = level
        self._begin = step_back if behind else None
        self._workers = workers or WORKERS
        self._large = threading.Lock()

    def run(
        self,
        items: Iterable[Item],
        done: Container[Key] = frozenset(),
        stop: threading.Event | None = None,
    ) -> Generator[Outcome, None, None]:
        """Outcomes in the order of the items; whatever is wrong with one stands in its rows.

        Args:
            items: read lazily, a few ahead.
            done: what is to be passed over; for a photo (name, None).
            stop: when set, what is finished still comes, then the iteration ends.
        """
        stop = stop or threading.Event()
        waiting: deque[_Task] = deque()
        gathered: list[tuple[Key, _Prepared]] = []
        since = time.monotonic()
        with ThreadPoolExecutor(self._workers, "batch", self._begin) as pool:
            tasks = self._tasks(items, done, pool)
            more = True
            try:
                while more or waiting:
                    while more and not stop.is_set() and _room(waiting):
                        task = next(tasks, None)
                        more = task is not None
                        if task is not None:
                            waiting.append(task)
                    if stop.is_set() and not (waiting and waiting[0].future.done()):
                        break
                    if waiting and _finished(waiting[0].future):
                        task = waiting.popleft()
                        gathered.append((task.key, task.future.result()))
                    chips = sum(len(prepared.chips) for _key, prepared in gathered)
                    late = time.monotonic() - since > PATIENCE
                    if chips >= CHIPS or late or len(gathered) >= WAITING:
                        yield from self._classified(gathered)
                        gathered, since = [], time.monotonic()
                yield from self._classified(gathered)
            finally:
                for task in waiting:
                    task.future.cancel()
                tasks.close()

    @property
    def one_size(self) -> tuple[int, int] | None:
        """Width and height that all pictures so far share; None where they differ."""
        return next(iter(self._sizes)) if len(self._sizes) == 1 else None

    def one(self, photo: Photo) -> tuple[Outcome, np.ndarray]:
        """One photo in the calling thread: its outcome, and its chips uint8 (n, 48, 48)."""
        prepared = self._photo(photo)
        (outcome,) = self._classified([((photo.name, None), prepared)])
        return outcome, prepared.chips

    def _tasks(
        self, items: Iterable[Item], done: Container[Key], pool: ThreadPoolExecutor
    ) -> Generator[_Task, None, None]:
        begun: set[str] = set()
        for item in items:
            if isinstance(item, LeftOut) or item.name in begun or (item.name, None) in done:
                continue
            begun.add(item.name)
            key = (item.name, None)
            if isinstance(item, Problem):
                yield _Task(key, _settled(_problem(Row(item.name), item.sentence)))
            elif isinstance(item, Photo):
                yield _Task(key, pool.submit(self._photo, item))
            else:
                yield from self._frames(item, done, pool)

    def _frames(
        self, video: Video, done: Container[Key], pool: ThreadPoolExecutor
    ) -> Generator[_Task, None, None]:
        try:
            with video.opened() as path:
                with path.open("rb") as stream:
                    digest = hashlib.file_digest(stream, "sha256").hexdigest()
                for seconds, frame in videos.samples(path, self.every):
                    if (video.name, seconds) not in done:
                        row = Row(video.name, digest, seconds)
                        future = pool.submit(self._frame, row, frame)
                        yield _Task((video.name, seconds), future, frame.nbytes)
        except OSError as reason:
            sentence = later("The file cannot be read: {reason}.", reason=str(reason.strerror))
            yield _Task((video.name, None), _settled(_problem(Row(video.name), sentence)))
        except Exception as reason:  # noqa: BLE001  (one bad video must not end the batch)
            yield _Task((video.name, None), _settled(_problem(Row(video.name), reason)))

    def _photo(self, photo: Photo) -> _Prepared:
        """Read, decode and detect, in a thread of the pool."""
        row = Row(photo.name)
        try:
            content = photo.read()
            if len(content) <= MAX_BYTES:
                row = replace(row, sha256=hashlib.sha256(content).hexdigest())
            with self._large if _pixels(content) > LARGE else nullcontext():
                return self._faces(row, read_picture(content))
        except Exception as reason:  # noqa: BLE001  (one bad picture must not end the batch)
            return _problem(row, reason)

    def _frame(self, row: Row, rgb: np.ndarray) -> _Prepared:
        try:
            return self._faces(row, Picture(rgb))
        except Exception as reason:  # noqa: BLE001  (nor one bad frame)
            return _problem(row, reason)

    def _faces(self, row: Row, picture: Picture) -> _Prepared:
        rgb = picture.rgb
        found = photo_to_chips(rgb, self._detector, self._quick, self._crops)
        if len(self._sizes) < 2:
            self._sizes.add((rgb.shape[1], rgb.shape[0]))
        row = replace(row, found=found.found.value)
        if not found.faces:
            row = replace(row, warning="; ".join((NO_FACE, *picture.notes)))
            return _Prepared([row], found.chips, [], self._small(rgb, None))
        height, width = rgb.shape[:2]
        qualities = [
            quality.measure(chip, face, width, height)
            for face, chip in zip(found.faces, found.chips, strict=True)
        ]
        rows = [
            replace(
                row,
                face=number,
                box=_of_file(face.inside(width, height), picture.scale),
                score=face.score,
                warning="; ".join((*measured.weaknesses, *picture.notes)),
            )
            for number, (face, measured) in enumerate(zip(found.faces, qualities, strict=True), 1)
        ]
        return _Prepared(rows, found.chips, qualities, self._small(rgb, found))

    def _small(self, rgb: np.ndarray, found: PhotoFaces | None) -> list[bytes]:
        if not self._thumbnail:
            return []
        if found is None:
            scale = self._thumbnail / max(rgb.shape[:2])
            size = (max(1, round(rgb.shape[1] * scale)), max(1, round(rgb.shape[0] * scale)))
            return [_jpeg(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA))]
        return [_jpeg(cutout(rgb, face, self._thumbnail)) for face in found.faces]

    def _classified(self, gathered: Sequence[tuple[Key, _Prepared]]) -> Iterator[Outcome]:
        """The outcomes of prepared pictures, whose chips go through each network together."""
        if not gathered:
            return
        chips = np.concatenate([prepared.chips for _key, prepared in gathered])
        answers = [self._answers(card, chips) for card in self.cards]
        start = 0
        for key, prepared in gathered:
            rows = []
            for place, face in enumerate(prepared.faces):
                if face.face is None:
                    rows.append(face)
                else:
                    rows += [
                        self._expecting(_answered(face, answer[start + place]), prepared, place)
                        for answer in answers
                    ]
            start += len(prepared.chips)
            yield Outcome(key, tuple(rows), tuple(prepared.thumbnails))

    def _expecting(self, row: Row, prepared: _Prepared, place: int) -> Row:
        """The row with the accuracy to expect on pictures like its face."""
        trust = self._trust.get(row.network)
        expected = trust.expected(prepared.qualities[place].picture) if trust else None
        return replace(row, expected=expected.accuracy) if expected else row

    def _answers(self, card: Card, chips: np.ndarray) -> list[Row]:
        """For each chip a row with the network's answer and nothing else."""
        asked = Row("", network=card.id, model_sha256=card.model_sha256)
        if not len(chips):
            return []
        try:
            said = self._classify(card.id, chips, maps=False)
            values = said.calibrated
        except Exception as reason:  # noqa: BLE001  (the other networks still answer)
            return [replace(asked, error=_sentence(reason))] * len(chips)
        rows = [
            replace(asked, probabilities=dict(zip(card.classes, row.tolist(), strict=True)))
            for row in values
        ]
        trust = self._trust.get(card.id)
        rule = trust.rule(self._level) if trust and self._level else None
        if rule is None:
            return rows
        return [
            replace(row, answers=tuple(name for name in row.ranked if inside[name]))
            for row, member in zip(rows, rule.members(said.probabilities), strict=True)
            for inside in [dict(zip(card.classes, member.tolist(), strict=True))]
        ]


def steps(items: Iterable[Item], every: float) -> int:
    """Number of pictures to come: exact for photos, by the header for videos.

    A video in an archive counts once, since it had to be unpacked to know more.
    """
    return sum(
        videos.count(item.path, every) if isinstance(item, Video) and item.path else 1
        for item in wanted(items, Counter())
    )


def _room(waiting: deque[_Task]) -> bool:
    return len(waiting) < WAITING and sum(task.weight for task in waiting) < WAITING_BYTES


def _finished(future: Future[_Prepared]) -> bool:
    """Whether it is, or was before patience ended: others may be ready to be classified."""
    return future.done() or bool(wait([future], PATIENCE).done)


def _settled(prepared: _Prepared) -> Future[_Prepared]:
    future: Future[_Prepared] = Future()
    future.set_result(prepared)
    return future


def _pixels(content: bytes) -> int:
    """Pixels of a picture as its header says; 0 where it cannot be read."""
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as image:
            return image.width * image.height
    except Exception:  # noqa: BLE001  (`decode` will say what is wrong)
        return 0


def _problem(row: Row, reason: Exception | Message) -> _Prepared:
    sentence = _sentence(reason) if isinstance(reason, Exception) else reason
    return _Prepared([replace(row, error=sentence)], np.zeros((0, SIDE, SIDE), np.uint8))


def _sentence(reason: Exception) -> Message:
    if isinstance(reason, FerLabError):
        return reason.message
    if isinstance(reason, MemoryError):
        return later("There is not enough memory for this picture.")
    log.error("A picture failed", exc_info=reason)
    return later("This picture could not be processed.")


def _answered(face: Row, answer: Row) -> Row:
    return replace(
        face,
        network=answer.network,
        model_sha256=answer.model_sha256,
        probabilities=answer.probabilities,
        answers=answer.answers,
        error=answer.error,
    )


def _of_file(
    box: tuple[float, float, float, float], scale: float
) -> tuple[float, float, float, float]:
    """A box in pixels of the file, of which `scale` make one of the picture that was read."""
    x, y, width, height = box
    return x * scale, y * scale, width * scale, height * scale


def _jpeg(rgb: np.ndarray) -> bytes:
    bgr = cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR)
    return cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1].tobytes()
