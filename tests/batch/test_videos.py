"""Videos of phones, cameras and camcorders: their frames as a player shows them."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from core.batch import videos
from core.batch.kinds import START, kind_of
from core.errors import ImageError

SIDE = (96, 64)
"""Width and height."""


def frame(number: int) -> np.ndarray:
    """Red above, blue on the left, brighter with every number: no turn or mirror looks alike."""
    width, height = SIDE
    rgb = np.zeros((height, width, 3), np.uint8)
    rgb[: height // 2, :, 0] = 200
    rgb[:, : width // 2, 2] = 200
    rgb[:, :, 1] = 40 + 4 * number
    return rgb


def write(
    path: Path,
    times: Sequence[float] = (0, 0.1, 0.2, 0.3),
    codec: str = "mpeg4",
    **options: str,
) -> Path:
    """A video whose frames are shown at these times, in seconds."""
    form = {".MTS": "mpegts", ".M2TS": "mpegts"}.get(path.suffix)
    with av.open(str(path), "w", format=form, options=options) as container:
        even = codec.startswith("mpeg") and codec != "mpeg4"  # these know no other distances
        stream = container.add_stream(codec, rate=25 if even else 10)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height = SIDE
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        unit = Fraction(1, 25 if even else 1000)
        stream.codec_context.time_base = unit
        stream.codec_context.gop_size = 5
        for number, seconds in enumerate(times):
            picture = av.VideoFrame.from_ndarray(frame(number), format="rgb24")
            picture.pts, picture.time_base = round(seconds / unit), unit
            container.mux(stream.encode(picture))
        container.mux(stream.encode())
    return path


def times(path: Path, every: float) -> list[float]:
    return [seconds for seconds, _rgb in videos.samples(path, every)]


def with_matrix(path: Path, a: int, b: int, c: int, d: int) -> Path:
    """The MP4 with another display matrix in its track's header."""
    content = bytearray(path.read_bytes())
    place = content.index(b"tkhd") + 44
    one = 1 << 16
    struct.pack_into(">9i", content, place, a * one, b * one, 0, c * one, d * one, 0, 0, 0, 1 << 30)
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("matrix", "shown"),
    [
        ((1, 0, 0, 1), lambda rgb: rgb),
        ((-1, 0, 0, 1), lambda rgb: rgb[:, ::-1]),  # a front camera's mirror
        ((1, 0, 0, -1), lambda rgb: rgb[::-1]),
        ((-1, 0, 0, -1), lambda rgb: np.rot90(rgb, 2)),
        ((0, 1, -1, 0), lambda rgb: np.rot90(rgb, 3)),  # by 90 degrees clockwise
        ((0, -1, 1, 0), lambda rgb: np.rot90(rgb, 1)),
        ((0, 1, 1, 0), lambda rgb: np.swapaxes(rgb, 0, 1)),
    ],
)
def test_frames_are_turned_and_mirrored_as_they_are_shown(
    matrix: tuple[int, int, int, int], shown: Callable[[np.ndarray], np.ndarray], tmp_path: Path
) -> None:
    path = with_matrix(write(tmp_path / "a.mp4"), *matrix)
    found = next(rgb for _seconds, rgb in videos.samples(path, 1.0))
    expected = shown(frame(0))
    assert found.shape == expected.shape
    assert np.abs(found.astype(int) - expected).mean() < 12


def test_frames_close_together_are_one_moment(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mp4", (0, 1.5, 1.533, 3.0, 3.01, 6.0, 6.033))
    assert times(path, 1.0) == [0, 1.5, 3.0, 6.0]
    assert times(path, 0.02) == [0, 1.5, 1.533, 3.0, 6.0, 6.033]
    assert times(path, 5.0) == [0, 6.0]


@pytest.mark.parametrize("every", [0.1, 0.25, 0.4, 1.0])
def test_even_frames_are_taken_evenly(every: float, tmp_path: Path) -> None:
    path = write(tmp_path / "a.mp4", [place / 10 for place in range(21)])
    found = times(path, every)
    assert found[0] == 0
    assert len(found) == int(2.0 / every + 1e-9) + 1
    assert max(abs(t - place * every) for place, t in enumerate(found)) <= 0.1


@pytest.mark.parametrize(
    ("name", "codec", "options"),
    [
        ("a.MTS", "mpeg2video", {"mpegts_m2ts_mode": "1"}),
        ("a.M2TS", "mpeg2video", {}),
        ("a.flv", "flv1", {}),
        ("a.mpg", "mpeg1video", {}),
        ("a.wmv", "wmv2", {}),
        ("a.mkv", "mpeg4", {}),
        ("a.avi", "mjpeg", {}),
        ("a.mov", "mpeg4", {}),
    ],
)
def test_containers_of_cameras(
    name: str, codec: str, options: dict[str, str], tmp_path: Path
) -> None:
    path = write(tmp_path / name, [place / 25 for place in range(30)], codec, **options)
    assert kind_of("without", path.read_bytes()[:START]) == "video"
    found = times(path, 0.5)
    assert found[0] == 0
    assert 2 <= len(found) <= 3
    assert 1 <= videos.count(path, 0.5) <= 4


@pytest.mark.skipif("libsvtav1" not in av.codecs_available, reason="no encoder for AV1")
def test_av1(tmp_path: Path) -> None:
    assert len(times(write(tmp_path / "a.mp4", codec="libsvtav1"), 0.1)) == 4


def test_sound_alone_is_told(tmp_path: Path) -> None:
    path = tmp_path / "voice.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=44_100)
        assert isinstance(stream, av.AudioStream)
        sound = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
        sound.sample_rate = 44_100
        container.mux(stream.encode(sound))
        container.mux(stream.encode())
    with pytest.raises(ImageError, match="holds sound only"):
        times(path, 1.0)
    assert videos.count(path, 1.0) == 1


def test_a_playlist_is_never_followed(tmp_path: Path) -> None:
    path = tmp_path / "list.mp4"
    path.write_text("#EXTM3U\nhttp://localhost:1/x.ts\n")
    with pytest.raises(ImageError, match="video cannot be read"):
        times(path, 1.0)
