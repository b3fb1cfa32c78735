"""Habits of the WebRTC libraries that a live page must not have.

Each function changes one thing, and changes it once however often it is called.
"""

from __future__ import annotations

from typing import Any

ANSWER = 2.0
"""Seconds that a browser may take to answer whether it still wants the video. It is asked
every four to six seconds."""


def newest_only(relay: Any) -> None:
    """Let a relay of aiortc hand on only the newest frame of a video.

    By itself it queues every frame for each listener. Where the encoder cannot keep up with
    the camera, that queue grows without end: the video falls further and further behind,
    and the server runs out of memory.
    """
    if "subscribe" in vars(relay):
        return
    subscribe = relay.subscribe

    def unbuffered(track: Any, buffered: bool = True) -> Any:
        return subscribe(track, buffered=buffered and track.kind != "video")

    relay.subscribe = unbuffered


def patient_consent() -> None:
    """Let aioice wait `ANSWER` seconds for a browser's consent to more video.

    By itself it waits half a second, asks only once, and ends the stream after six questions
    without an answer in time: half a minute on a slow network, or on a busy server. RFC 7675,
    section 5.1, ends a stream 30 seconds after the last answer, however long answers take.
    Questions that are repeated keep their pace, so that connecting is as quick as before.
    """
    from aioice import stun

    if stun.Transaction.__module__ == __name__:
        return

    class Patient(stun.Transaction):
        def __init__(
            self,
            request: stun.Message,
            addr: tuple[str, int],
            protocol: stun.TransactionSender,
            retransmissions: int | None = None,
            **more: Any,
        ) -> None:
            super().__init__(request, addr, protocol, retransmissions, **more)
            if retransmissions == 0:
                self._Transaction__timeout_delay = ANSWER

    stun.Transaction = Patient  # type: ignore[assignment, misc]
