"""Frames of a video, one every so many seconds."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from core.batch.containers import BOXES, EBML, is_cut
from core.errors import ImageError
from core.faces.photo import MAX_PIXELS
from core.text import later

DEFAULT_RATE = 25.0
"""Frames a second of a video that does not say."""

_CONTAINERS = (
    *(EBML, b"RIFF", b"OggS", b"\xff\xd8\xff"),
    *(b"\x00\x00\x01\xba", b"\x00\x00\x01\xb3", b"\x30\x26\xb2\x75"),
)


def count(path: Path, every: float) -> int:
    """How many frames `samples` will give, as the file's header has it; at least 1."""
    capture = _open(path)
    if capture is None:
        return 1
    try:
        frames, rate = capture.get(cv2.CAP_PROP_FRAME_COUNT), capture.get(cv2.CAP_PROP_FPS)
        seconds = frames / rate if rate > 0 and math.isfinite(frames / rate) else 0.0
        return max(1, math.ceil(seconds / every))
    finally:
        capture.release()


def samples(path: Path, every: float) -> Iterator[tuple[float, np.ndarray]]:
    """Frames of a video and their times.

    Frames between are skipped undecoded where the format allows it.

    Args:
        path: of the file.
        every: seconds from one sample to the next; the first is the first frame.

    Yields:
        Seconds from the start, rounded to milliseconds, and uint8 (H, W, 3), RGB.

    Raises:
        ImageError: if it is no video or has no frame that can be read; behind the last frame
            if the file is cut off there.
    """
    capture = _open(path)
    if capture is None:
        raise _unreadable()
    try:
        rate = capture.get(cv2.CAP_PROP_FPS)
        rate = rate if 0 < rate < 1000 else DEFAULT_RATE
        wanted, place, last = 0.0, 0, -1.0
        while capture.grab():
            seconds = capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
            if not last < seconds < math.inf:
                seconds = place / rate
            place, last = place + 1, seconds
            if seconds + 0.5 / rate < wanted:
                continue
            good, frame = capture.retrieve()
            if not good or frame is None:
                continue
            if frame.shape[0] * frame.shape[1] > MAX_PIXELS:
                raise ImageError(later("The frames of the video are too large."))
            yield round(seconds, 3), cv2.cvtColor(frame, cv2.COLOR_BGR2RGB)
            wanted = max(wanted + every, every * math.floor(seconds / every))
        if not wanted:
            raise _unreadable()
        if is_cut(path):
            raise ImageError(
                later(
                    "The video file is cut off. It could be read up to second {seconds}.",
                    seconds=round(last),
                )
            )
    except cv2.error as reason:
        raise _unreadable() from reason
    finally:
        capture.release()


def _open(path: Path) -> cv2.VideoCapture | None:
    """The opened video; None where it is none.

    Its first bytes are looked at before: FFmpeg would also follow playlists, which name
    other files and addresses.
    """
    try:
        with path.open("rb") as stream:
            start = stream.read(12)
    except OSError:
        return None
    if not start.startswith(_CONTAINERS) and start[4:8] not in BOXES:
        return None
    capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
    if capture.isOpened():
        return capture
    capture.release()
    return None


def _unreadable() -> ImageError:
    return ImageError(later("The video cannot be read. Expected MP4, MOV, AVI, MKV, WebM or MPEG."))
