"""A slow encoder gets the newest frame, and a slow network keeps its stream."""

from __future__ import annotations

import asyncio

import av
import pytest
from aioice import stun
from aiortc import MediaStreamTrack
from aiortc.contrib.media import MediaRelay

from core.live.workarounds import newest_only, patient_consent


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


class Slow:
    """The other end, whose answers take `seconds`."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.asked = 0
        self.transaction: stun.Transaction | None = None

    def send_stun(self, message: stun.Message, addr: tuple[str, int]) -> None:
        assert self.transaction is not None
        self.asked += 1
        answer = stun.Message(
            message_method=stun.Method.BINDING,
            message_class=stun.Class.RESPONSE,
            transaction_id=message.transaction_id,
        )
        loop = asyncio.get_running_loop()
        loop.call_later(self.seconds, self.transaction.response_received, answer, addr)


async def ask(other: Slow, retransmissions: int | None) -> None:
    question = stun.Message(message_method=stun.Method.BINDING, message_class=stun.Class.REQUEST)
    other.transaction = stun.Transaction(question, ("", 0), other, retransmissions)
    await other.transaction.run()


def test_consent_may_take_longer_than_half_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    # Another test's page may have put ours in its place already.
    original = next(kind for kind in stun.Transaction.__mro__ if kind.__module__ == stun.__name__)
    monkeypatch.setattr(stun, "Transaction", original)
    with pytest.raises(stun.TransactionTimeout):  # else there is nothing to mend
        asyncio.run(ask(Slow(0.8), 0))
    patient_consent()
    ours = stun.Transaction
    patient_consent()
    assert stun.Transaction is ours
    other = Slow(0.8)
    asyncio.run(ask(other, 0))
    assert other.asked == 1
    with pytest.raises(stun.TransactionTimeout):
        asyncio.run(ask(Slow(2.5), 0))


def test_connecting_asks_again_as_soon_as_ever() -> None:
    patient_consent()
    other = Slow(0.8)
    asyncio.run(ask(other, None))
    assert other.asked == 2
