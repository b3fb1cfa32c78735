"""A slow encoder gets the newest frame; a stream that ends leaves its place and its memory."""

from __future__ import annotations

import asyncio
import threading

import av
import pytest
from aiortc import MediaStreamTrack
from aiortc.contrib.media import MediaRelay

from core.inference.live.memory import Later
from core.inference.live.seats import Seats
from core.ui import live
from core.ui.live import newest_only


class Camera(MediaStreamTrack):
    kind = "video"

    def __init__(self) -> None:
        super().__init__()
        self.sent = 0

    async def recv(self) -> av.VideoFrame:
        await asyncio.sleep(0.005)
        self.sent += 1
        frame = av.VideoFrame(16, 16, "rgb24")
        frame.pts = self.sent
        return frame


async def third(relay: MediaRelay) -> int:
    """Which of the camera's frames is the third one that a slow listener gets."""
    camera = Camera()
    track = relay.subscribe(camera)
    for _ in range(3):
        frame = await track.recv()
        await asyncio.sleep(0.2)
    track.stop()
    camera.stop()
    return int(frame.pts or 0)


def test_the_newest_frame_is_handed_on() -> None:
    async def run() -> tuple[int, int]:
        plain, ours = MediaRelay(), MediaRelay()
        newest_only(ours)
        newest_only(ours)
        return await third(plain), await third(ours)

    plain, ours = asyncio.run(run())
    assert plain == 3, "else there is nothing to mend"
    assert ours > 5


def test_a_stream_that_ends_frees_its_place_and_has_memory_given_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given: list[bool] = []
    done = threading.Event()

    def give_back() -> None:
        given.append(True)
        done.set()

    places, later = Seats(1), Later(give_back, after=(0.05,))
    monkeypatch.setattr(live, "seats", lambda: places)
    monkeypatch.setattr(live, "_giving_back", lambda: later)
    assert places.keep("one")
    live._ended("one")
    assert places.free("another")
    assert done.wait(30)
    assert given == [True]
