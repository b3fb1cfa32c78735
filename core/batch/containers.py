"""Completeness of a video file, by the lengths that stand in it.

FFmpeg takes the end of a file for the end of its video. MP4, MOV, AVI, MKV and WebM say how
long their parts are; other formats and what was streamed while it was recorded do not. The
announced number of frames or seconds is no measure: a clip cut without encoding it anew
hides frames, and sound may go on behind the last one.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO

EBML = b"\x1a\x45\xdf\xa3"
BOXES = (b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot")
"""First bytes of an MP4 or MOV, behind four bytes of length."""

_SEGMENT = b"\x18\x53\x80\x67"
_NEEDED = (b"moov", b"moof", b"mdat")
"""Boxes that hold the video; behind them some devices leave what is no box at all."""


TRANSPORT = (188, 192, 204)
"""Bytes of a packet of an MPEG transport stream; in those of 192, as camcorders write them, four
bytes of time stand in front."""

_STREAMS = (
    *(EBML, b"OggS", b"FLV\x01"),
    *(b"\x00\x00\x01\xba", b"\x00\x00\x01\xb3", b"\x30\x26\xb2\x75\x8e\x66\xcf\x11"),
)


def is_video(start: bytes) -> bool:
    """Whether the first bytes of a file, some hundreds, are those of a video.

    Motion JPEG begins as any JPEG does and is not among them.
    """
    if start.startswith(_STREAMS) or start[4:8] in BOXES:
        return True
    if start.startswith(b"RIFF"):
        return start[8:12] == b"AVI "
    return any(
        start[place::size][:3].count(b"\x47") >= 3
        for size in TRANSPORT
        for place in ((4,) if size == 192 else (0,))
    )


def is_cut(path: Path) -> bool:
    """Whether a file ends before one of its parts does."""
    size = path.stat().st_size
    with path.open("rb") as stream:
        start = stream.read(8)
        if start[4:8] in BOXES:
            ends = _boxes(stream)
        elif start.startswith(b"RIFF"):
            ends = _chunks(stream)
        elif start.startswith(EBML):
            ends = _segment(stream)
        else:
            return False
        return any(end > size for end in ends)


def _boxes(stream: IO[bytes]) -> Iterator[int]:
    """Where the boxes of an MP4 or MOV end (ISO/IEC 14496-12, 4.2)."""
    place = 0
    while len(header := _at(stream, place, 16)) >= 8:
        length, kind = int.from_bytes(header[:4], "big"), header[4:8]
        if length == 1:
            length = int.from_bytes(header[8:], "big")
        if length < 8:  # 0: as far as the file goes
            return
        place += length
        if kind in _NEEDED:
            yield place


def _chunks(stream: IO[bytes]) -> Iterator[int]:
    """Where the RIFF chunks of an AVI end, of which large ones have several."""
    place = 0
    while (header := _at(stream, place, 8)).startswith(b"RIFF"):
        length = int.from_bytes(header[4:], "little")
        if length == 0xFFFFFFFF:  # streamed
            return
        place += 8 + length + length % 2
        yield place - length % 2


def _segment(stream: IO[bytes]) -> Iterator[int]:
    """Where the segment of an MKV or WebM ends (RFC 8794 and RFC 9559)."""
    stream.seek(len(EBML))
    header = _length(stream)
    if header is None or _at(stream, stream.tell() + header, 4) != _SEGMENT:
        return
    length = _length(stream)
    if length is not None:
        yield stream.tell() + length


def _length(stream: IO[bytes]) -> int | None:
    """A length of 1 to 8 bytes, whose first one bit says how many; None where it is unknown."""
    first = stream.read(1)
    if not first or not first[0]:
        return None
    size = 9 - first[0].bit_length()
    bits = (1 << 7 * size) - 1
    length = int.from_bytes(first + stream.read(size - 1), "big") & bits
    return None if length == bits else length


def _at(stream: IO[bytes], place: int, size: int) -> bytes:
    # A damaged length may lead farther than any system seeks.
    stream.seek(min(place, stream.seek(0, os.SEEK_END)))
    return stream.read(size)
