"""Speed of the video: rates, latencies and where the time goes."""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

import numpy as np

WINDOW = 5.0
"""Seconds over which rates and latencies are taken."""

STEPS = ("detect", "classify", "draw")

_MOST = 600
_DRIFT = 2e-4
_JUMP = 5.0


class Readouts(NamedTuple):
    """Values of the read-outs; times in seconds, None where there is nothing to tell yet.

    Attributes:
        rate: processed frames a second.
        latency_median: from a frame's arrival to its finished picture.
        latency_p95: the 95th percentile of it.
        processed: frames so far, without those that failed.
        dropped: frames that were passed over because one was being worked on.
        errors: frames that failed.
        last_error: why the last of them did; empty for none.
        detect: median time of finding or following faces.
        classify: of the networks.
        draw: of drawing.
        detect_every: faces are looked for anew every so many frames.
        size: width and height of the video in pixels.
        silent: since the last frame came.
    """

    rate: float = 0.0
    latency_median: float | None = None
    latency_p95: float | None = None
    processed: int = 0
    dropped: int = 0
    errors: int = 0
    last_error: str = ""
    detect: float | None = None
    classify: float | None = None
    draw: float | None = None
    detect_every: int = 1
    size: tuple[int, int] = (0, 0)
    silent: float | None = None


class Meter:
    """Collects the figures behind `Readouts`; not safe for threads by itself."""

    def __init__(self) -> None:
        self._rows: deque[tuple[float, ...]] = deque(maxlen=_MOST)
        self._counts = dict.fromkeys(("processed", "dropped", "errors"), 0)
        self._last_error = ""
        self._last = 0.0

    def frame(self, finished: float, latency: float, steps: dict[str, float]) -> None:
        """Note a processed frame; `steps` has seconds for each of `STEPS`."""
        self._counts["processed"] += 1
        self._last = finished
        self._rows.append((finished, latency, *(steps.get(name, 0.0) for name in STEPS)))

    def drop(self, count: int) -> None:
        """Note frames that were passed over."""
        self._counts["dropped"] += count

    def error(self, finished: float, reason: str) -> bool:
        """Note a frame that failed; True if the last one to fail did so for the same reason."""
        known = reason == self._last_error
        self._counts["errors"] += 1
        self._last = finished
        self._last_error = reason
        return known

    def read(self, now: float, detect_every: int, size: tuple[int, int]) -> Readouts:
        """The figures of the last seconds."""
        recent = np.array([row for row in self._rows if row[0] > now - WINDOW])
        silent = now - self._last if self._last else None
        if not len(recent):
            return Readouts(
                **self._counts,
                last_error=self._last_error,
                detect_every=detect_every,
                size=size,
                silent=silent,
            )
        spent = max(now - recent[0, 0], 1e-3) if len(recent) > 1 else WINDOW
        detect, classify, draw = (float(value) for value in np.median(recent[:, 2:], axis=0))
        return Readouts(
            rate=float((len(recent) - 1) / spent),
            latency_median=float(np.median(recent[:, 1])),
            latency_p95=float(np.percentile(recent[:, 1], 95)),
            **self._counts,
            last_error=self._last_error,
            detect=detect,
            classify=classify,
            draw=draw,
            detect_every=detect_every,
            size=size,
            silent=silent,
        )


class Arrivals:
    """When frames arrived, out of the times that the sender stamped on them.

    The callback gets a frame only once the one before is done, so that its waiting does
    not show. Stamps run evenly: the smallest gap between a stamp and the moment of its
    callback belongs to a frame that did not wait, and gives the arrival of the others.
    The gap is let grow by a little with time, since the two clocks drift.
    """

    def __init__(self) -> None:
        self._gap: float | None = None
        self._last = 0.0

    def of(self, stamp: float | None, now: float) -> float:
        """When the frame with this stamp arrived, in seconds of the clock of `now`."""
        if stamp is None:
            return now
        gap = now - stamp
        if self._gap is None or abs(gap - self._gap) > _JUMP:
            self._gap = gap  # the first frame, or the first of another stream
        else:
            self._gap = min(gap, self._gap + _DRIFT * max(now - self._last, 0.0))
        self._last = now
        return stamp + self._gap
