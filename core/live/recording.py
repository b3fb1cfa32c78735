"""A session as numbers: when, which face, where, how likely. Never a picture."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from core.rows import CAMERA, NO_FACE, Row, all_classes

LIMIT = 120_000
"""Rows of a recording: an hour of one face and one network at 30 frames a second, 8 MB."""

_CHUNK = 2048


class Seen(NamedTuple):
    """One face of a frame, as it is recorded.

    Attributes:
        face: its number.
        box: x, y, width and height in pixels of the frame.
        answers: network to float (C,), smoothed as on the screen.
    """

    face: int
    box: tuple[float, float, float, float]
    answers: Mapping[str, np.ndarray]


class Summary(NamedTuple):
    """A recording in short.

    Attributes:
        frames: recorded.
        rows: of the table.
        seconds: from the first to the last frame.
        faces: different ones.
        shares: network to class to the share of its rows in which that was the likeliest.
        full: whether the recording ended because the limit was reached.
    """

    frames: int
    rows: int
    seconds: float
    faces: int
    shares: Mapping[str, Mapping[str, float]]
    full: bool


class _Rows:
    """Rows of one network, in blocks of fixed size."""

    def __init__(self, classes: Sequence[str]) -> None:
        self.classes = tuple(classes)
        self._kind = np.dtype(
            [
                ("seconds", "f8"),
                ("frame", "u4"),
                ("face", "u4"),
                ("box", "f4", (4,)),
                ("probabilities", "f4", (len(classes),)),
            ]
        )
        self._blocks: list[np.ndarray] = []
        self._used = _CHUNK

    def add(self, row: tuple[object, ...]) -> None:
        if self._used == _CHUNK:
            self._blocks.append(np.zeros(_CHUNK, dtype=self._kind))
            self._used = 0
        self._blocks[-1][self._used] = row
        self._used += 1

    def table(self) -> np.ndarray:
        if not self._blocks:
            return np.zeros(0, dtype=self._kind)
        return np.concatenate([*self._blocks[:-1], self._blocks[-1][: self._used]])


class Recording:
    """Collects rows while it is on; safe for threads.

    A frame gives a row for each face and network, and one for each network where no face
    is seen, so that every recorded frame can be counted.

    Attributes:
        on: whether frames are to be taken in; set it at will.
        paused: whether they are left out all the same, since the camera has stopped.
    """

    def __init__(self, limit: int = LIMIT) -> None:
        self.on = False
        self.paused = False
        self._limit = limit
        self._lock = threading.Lock()
        self._clear()

    def _clear(self) -> None:
        self._tables: dict[str, _Rows] = {}
        self._counts: dict[str, Counter[str]] = {}
        self._faces: set[int] = set()
        self._rows = 0
        self._frames = 0
        self._start: float | None = None
        self._last = 0.0
        self._full = False

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._clear()

    def add(
        self, seconds: float, classes: Mapping[str, Sequence[str]], faces: Iterable[Seen]
    ) -> None:
        """Take in a frame, if the recording is on and not full.

        Args:
            seconds: when it was seen.
            classes: of each network that looked at it.
            faces: its faces.
        """
        with self._lock:
            if not self.on or self.paused or self._full or not classes:
                return
            seen = list(faces)
            if self._rows + max(1, len(seen)) * len(classes) > self._limit:
                self._full = True
                return
            if self._start is None:
                self._start = seconds
            self._last = seconds
            self._frames += 1
            for network, names in classes.items():
                rows = self._tables.get(network)
                if rows is None or rows.classes != tuple(names):
                    rows = self._tables[network] = _Rows(names)
                head = (seconds - self._start, self._frames)
                nothing = (np.nan,) * 4, np.full(len(names), np.nan)
                for face in seen:
                    rows.add((*head, face.face, face.box, face.answers[network]))
                    counts = self._counts.setdefault(network, Counter())
                    counts[names[int(np.argmax(face.answers[network]))]] += 1
                    self._faces.add(face.face)
                if not seen:
                    rows.add((*head, 0, *nothing))
                self._rows += max(1, len(seen))

    def table(
        self, hashes: Mapping[str, str] | None = None, frames: int | None = None
    ) -> list[Row]:
        """The rows in order of time, faces and networks.

        Args:
            hashes: `model_sha256` of the networks, where it is known.
            frames: only the first so many; all by default.
        """
        with self._lock:
            tables = {name: (rows.classes, rows.table()) for name, rows in self._tables.items()}
        found = [
            (int(values["frame"]), int(values["face"]), network, classes, values)
            for network, (classes, rows) in tables.items()
            for values in rows
            if frames is None or values["frame"] <= frames
        ]
        found.sort(key=lambda entry: entry[:3])
        return [
            _row(face, network, (hashes or {}).get(network, ""), classes, values)
            for _frame, face, network, classes, values in found
        ]

    @property
    def classes(self) -> list[str]:
        """Every class that a recorded network knows, FER-2013's seven first."""
        with self._lock:
            return all_classes(self._tables.values())

    def summary(self) -> Summary:
        """The recording in short; quick however long it is."""
        with self._lock:
            spent = self._last - self._start if self._start is not None else 0.0
            shares = {
                network: {name: count / sum(counts.values()) for name, count in counts.items()}
                for network, counts in self._counts.items()
            }
            return Summary(self._frames, self._rows, spent, len(self._faces), shares, self._full)

    @property
    def rows(self) -> int:
        """Rows so far."""
        return self._rows

    @property
    def full(self) -> bool:
        """Whether the limit is reached and nothing more is taken in."""
        return self._full


def _row(
    face: int, network: str, model_sha256: str, classes: Sequence[str], values: np.void
) -> Row:
    seen = face > 0
    shares = values["probabilities"].tolist()
    return Row(
        CAMERA,
        seconds=float(values["seconds"]),
        face=face if seen else None,
        box=tuple(values["box"].tolist()) if seen else None,
        network=network,
        model_sha256=model_sha256,
        probabilities=dict(zip(classes, shares, strict=True)) if seen else {},
        warning="" if seen else NO_FACE,
    )
