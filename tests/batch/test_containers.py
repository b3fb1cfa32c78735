from __future__ import annotations

from pathlib import Path

import pytest

from core.batch.containers import is_cut


def box(kind: bytes, content: bytes, length: int | None = None) -> bytes:
    return (8 + len(content) if length is None else length).to_bytes(4, "big") + kind + content


FILM = bytes(40)
TYPE = box(b"ftyp", b"isomiso2")
MOVIE = TYPE + box(b"moov", bytes(20)) + box(b"mdat", FILM)
LONG = TYPE + box(b"mdat", (16 + len(FILM)).to_bytes(8, "big") + FILM, length=1)
FRAGMENTS = TYPE + 2 * (box(b"moof", bytes(9)) + box(b"mdat", FILM))


def riff(kind: bytes, content: bytes) -> bytes:
    return b"RIFF" + (4 + len(content)).to_bytes(4, "little") + kind + content


def matroska(length: bytes) -> bytes:
    return b"\x1a\x45\xdf\xa3\x84\x42\x86\x81\x01" + b"\x18\x53\x80\x67" + length + FILM


FILMS = [
    # file, how many of its last bytes are not needed; None where nobody can know
    pytest.param(MOVIE, 0, id="mp4"),
    pytest.param(MOVIE + box(b"free", bytes(30)), 38, id="mp4-with-padding"),
    pytest.param(MOVIE + b"\x7f\xff\xff\xffSEFH", 8, id="mp4-with-what-is-no-box"),
    pytest.param(LONG, 0, id="mp4-of-64-bits"),
    pytest.param(FRAGMENTS, 0, id="mp4-in-fragments"),
    pytest.param(TYPE + box(b"mdat", FILM, length=0), None, id="mp4-to-the-end"),
    pytest.param(riff(b"AVI ", FILM), 0, id="avi"),
    pytest.param(riff(b"AVI ", FILM) + riff(b"AVIX", FILM), 0, id="avi-of-two-parts"),
    pytest.param(riff(b"AVI ", bytes(9)) + b"\0" + riff(b"AVIX", FILM), 0, id="avi-odd"),
    pytest.param(riff(b"AVI ", FILM) + b"more", 4, id="avi-with-more"),
    pytest.param(b"RIFF\xff\xff\xff\xffAVI " + FILM, None, id="avi-streamed"),
    pytest.param(matroska(b"\xa8"), 0, id="mkv"),
    pytest.param(matroska(b"\x01\0\0\0\0\0\0\x28"), 0, id="mkv-with-a-long-length"),
    pytest.param(matroska(b"\x01" + b"\xff" * 7), None, id="webm-streamed"),
    pytest.param(b"\xff\xd8\xff" + FILM, None, id="mjpeg"),
]


@pytest.mark.parametrize(("content", "idle"), FILMS)
def test_a_file_is_cut_where_something_needed_is_missing(
    tmp_path: Path, content: bytes, idle: int | None
) -> None:
    path = tmp_path / "film"
    for missing in range(len(FILM) + 1):
        path.write_bytes(content[: len(content) - missing])
        assert is_cut(path) == (idle is not None and missing > idle)


@pytest.mark.parametrize(("content", "_idle"), FILMS)
def test_damaged_files_are_cut_or_not(tmp_path: Path, content: bytes, _idle: int | None) -> None:
    path = tmp_path / "film"
    for place in range(len(content) - len(FILM)):
        for value in (0, 1, 0x7F, 0xFF):
            path.write_bytes(content[:place] + bytes([value]) + content[place + 1 :])
            assert is_cut(path) in (True, False)
        path.write_bytes(content[:place])
        assert is_cut(path) in (True, False)
