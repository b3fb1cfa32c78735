"""Frames of a video, one every so many seconds, as a player shows them.

PyAV reads them: unlike OpenCV's, its FFmpeg decodes AV1, and it hands out the time and the
display matrix of every frame.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.batch.containers import is_cut, is_video
from core.batch.kinds import START, unreadable_video
from core.errors import ImageError
from core.faces.photo import MAX_PIXELS
from core.text import later

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

DEFAULT_RATE = 25.0
"""Frames a second of a video that does not say."""

EARLY = 0.02
"""Seconds that a frame may come before the moment it stands for: half of one at 25 a second."""

_JPEG = b"\xff\xd8\xff"


def count(path: Path, every: float) -> int:
    """Number of frames that `samples` will give, as the file's header has it; at least 1."""
    try:
        with _open(path) as container:
            stream = _stream(container)
            if stream.duration is not None and stream.time_base is not None:
                seconds = float(stream.duration * stream.time_base)
            else:
                seconds = (container.duration or 0) / 1e6
    except ImageError:
        return 1
    return max(1, math.ceil(seconds / every)) if 0 < seconds < math.inf else 1


def samples(path: Path, every: float) -> Iterator[tuple[float, np.ndarray]]:
    """Frames of a video and their times.

    Args:
        path: of the file.
        every: seconds from one sample to the next; the first is the first frame. Each stretch
            of so many seconds gives one at most, whatever the distances of the frames are.

    Yields:
        Seconds from the first frame, rounded to milliseconds, and uint8 (H, W, 3), RGB, turned
        and mirrored as the file says that it is shown.

    Raises:
        ImageError: if it is no video or has no frame that can be read; behind the last frame
            if the file is cut off there.
    """
    with _open(path) as container:
        stream = _stream(container)
        stream.thread_type = "AUTO"
        rate = float(stream.guessed_rate or stream.average_rate or DEFAULT_RATE)
        rate = rate if 0 < rate < 1000 else DEFAULT_RATE
        early = min(0.5 / rate, EARLY)
        wanted, place, last = 0.0, 0, -1.0
        start: float | None = None
        matrix = None
        for frame in _frames(container, stream):
            seconds = place / rate
            if frame.time is not None:
                start = frame.time if start is None else start
                if last < frame.time - start < math.inf:
                    seconds = frame.time - start
            place, last = place + 1, seconds
            matrix = _matrix(frame) or matrix
            if seconds + early < wanted:
                continue
            if frame.width * frame.height > MAX_PIXELS:
                raise ImageError(later("The frames of the video are too large."))
            yield round(seconds, 3), shown_by(frame.to_ndarray(format="rgb24"), matrix)
            wanted = every * (math.floor((seconds + early) / every) + 1)
        if not place:
            raise _unreadable()
    if is_cut(path):
        raise ImageError(
            later(
                "The video file is cut off. It could be read up to second {seconds}.",
                seconds=round(last),
            )
        )


def shown_by(rgb: np.ndarray, matrix: tuple[int, int, int, int] | None) -> np.ndarray:
    """A frame as its display matrix shows it (ISO/IEC 14496-12, 6.2.2).

    Args:
        rgb: uint8 (H, W, 3).
        matrix: a, b, c and d, by which a point goes from (x, y) to (ax + cy, bx + dy); quarter
            turns and mirrors, whatever their scale. None for a frame shown as it is.
    """
    if matrix is None:
        return rgb
    a, b, c, d = matrix
    if abs(b) > abs(a):
        rgb, a, d = np.swapaxes(rgb, 0, 1), c, b
    return np.ascontiguousarray(rgb[:: -1 if d < 0 else 1, :: -1 if a < 0 else 1])


def _matrix(frame: VideoFrame) -> tuple[int, int, int, int] | None:
    found: Any = frame.side_data  # iterates over its values, which its types do not say
    for data in found:
        if data.type.name == "DISPLAYMATRIX":
            a, b, _u, c, d = np.frombuffer(bytes(data), "<i4")[:5].tolist()
            return a, b, c, d
    return None


def _frames(container: InputContainer, stream: VideoStream) -> Iterator[VideoFrame]:
    """All frames that can be decoded; damaged ones between are passed over."""
    from av.error import FFmpegError

    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets)
        except (StopIteration, FFmpegError):  # the end, or where the file is cut off
            return
        try:
            yield from packet.decode()
        except FFmpegError:
            continue


def _open(path: Path) -> InputContainer:
    """The opened video.

    Its first bytes are looked at before: FFmpeg would also follow playlists, which name
    other files and addresses.

    Raises:
        ImageError: if it is none.
    """
    # Here and not above: pages and commands that read no video start without it.
    import av
    from av.error import FFmpegError

    try:
        with path.open("rb") as stream:
            start = stream.read(START)
    except OSError as reason:
        raise _unreadable() from reason
    if not is_video(start) and not start.startswith(_JPEG):
        raise _unreadable()
    form = "mjpeg" if start.startswith(_JPEG) else None
    try:
        return av.open(str(path), format=form, options={"protocol_whitelist": "file"})
    except (FFmpegError, OSError, ValueError) as reason:
        raise _unreadable() from reason


def _stream(container: InputContainer) -> VideoStream:
    for stream in container.streams.video:
        return stream
    if container.streams.audio and not container.streams.video:
        raise ImageError(later("This file holds sound only, no pictures."))
    raise _unreadable()


def _unreadable() -> ImageError:
    return ImageError(unreadable_video())
