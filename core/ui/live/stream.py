"""The live camera: the stream, what this viewer keeps of it, and what may be chosen."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, NamedTuple
from uuid import uuid4

import numpy as np
import streamlit as st

from core.engine.catalogue import default_network
from core.errors import FerLabError
from core.figures.labels import class_name
from core.live import workarounds
from core.live.connection import IceServer
from core.live.drawing import SHOWS, Show
from core.live.processor import DETECTOR_SIDE, Settings, VideoProcessor, Words
from core.live.recording import Recording
from core.live.stream_limit import Seats
from core.memory import Later
from core.schema import Card
from core.text import _
from core.ui import networks, resources, state, widgets

if TYPE_CHECKING:
    from core.faces.detector import FaceDetector
    from core.live.game import Game

SIZES = ("320x240", "640x480", "1280x720")
RATES = (5, 10, 15, 30)

STREAMS = 4
"""Cameras that a server serves at once, unless FER_LIVE_STREAMS says otherwise."""

EMPTY = np.zeros((0, 48, 48), dtype=np.uint8)

_SESSION = "live.session"

log = logging.getLogger(__name__)


class Playing(NamedTuple):
    """State of the stream: whether video runs, or is being connected."""

    playing: bool
    connecting: bool


@dataclass
class Session:
    """What a viewer keeps while the stream stops, and when another page is opened.

    Attributes:
        processor: of this viewer's video.
        stream: a name for its place on the server.
        rest: network to factors of the viewer's own neutral face.
        resting: since when the neutral face is being measured; None while it is not.
        game: being played or just over.
        played: whether video ran when the page was last drawn.
        broken: whether no picture had come any more when it ended.
    """

    processor: VideoProcessor
    stream: str
    rest: dict[str, np.ndarray] = field(default_factory=dict)
    resting: float | None = None
    game: Game | None = None
    played: bool = False
    broken: bool = False


@cache
def seats() -> Seats:
    """The places of this server."""
    wanted = os.environ.get("FER_LIVE_STREAMS", "")
    return Seats(int(wanted) if wanted.isdecimal() and int(wanted) else STREAMS)


@cache
def _giving_back() -> Later:
    return Later()


@st.cache_resource(show_spinner=False)
def detector() -> FaceDetector:
    """The quick face detector that all streams share."""
    from core.faces.detector import FaceDetector

    return FaceDetector(side=DETECTOR_SIDE)


def session() -> Session:
    """This viewer's session, made at the first call."""
    if _SESSION not in st.session_state:
        name = uuid4().hex
        processor = VideoProcessor(
            resources.engine(),
            recording=Recording(),
            detector=detector(),
            keep_seat=lambda: seats().keep(name),
        )
        st.session_state[_SESSION] = Session(processor, name)
    found: Session = st.session_state[_SESSION]
    return found


def stream(viewer: Session, servers: Sequence[IceServer], size: str, rate: int) -> Playing | None:
    """Draw the video with its Start button; None where it cannot be drawn at all.

    The one place that knows streamlit-webrtc, so that a test can stand in for it.
    """
    wide, high = (int(part) for part in size.split("x"))
    video = {
        "width": {"ideal": wide},
        "height": {"ideal": high},
        "frameRate": {"ideal": rate, "max": rate},
    }
    try:
        from streamlit_webrtc import WebRtcMode, webrtc_streamer
        from streamlit_webrtc.relay import get_global_relay

        workarounds.newest_only(get_global_relay())
        workarounds.patient_consent()
        context = webrtc_streamer(
            key="live.video",
            mode=WebRtcMode.SENDRECV,
            # Given even where empty: the default would ask a third party.
            server_rtc_configuration={"iceServers": list(servers)},
            frontend_rtc_configuration={
                "iceServers": list(servers),
                "iceTransportPolicy": "relay" if os.environ.get("FER_TURN_ONLY") else "all",
            },
            media_stream_constraints={"video": video, "audio": False},
            queued_video_frames_callback=viewer.processor.recv_queued,
            on_video_ended=lambda: _ended(viewer.stream),
            async_processing=True,
            sendback_audio=False,
            video_html_attrs={
                "autoPlay": True,
                "muted": True,
                "playsInline": True,
                "controls": False,
                "style": {"width": "100%", "borderRadius": "0.6rem"},
            },
            translations={
                "start": _("Start the camera"),
                "stop": _("Stop"),
                "select_device": _("Choose a camera"),
                "select_camera": _("Camera"),
                "media_api_not_available": _("Browsers give the camera only to https pages."),
                "device_ask_permission": _("Please allow the camera."),
                "device_not_available": _("No camera can be used."),
                "device_access_denied": _("The camera was refused."),
                "turn_camera_on": _("Turn the camera on"),
                "turn_camera_off": _("Turn the camera off"),
            },
        )
    except Exception:
        log.exception("The live video could not be drawn")
        st.warning(
            _("Live video cannot be shown here. Snapshots work all the same."),
            icon=":material/videocam_off:",
        )
        return None
    return Playing(context.state.playing, context.state.signalling)


def _ended(name: str) -> None:
    seats().leave(name)
    _giving_back().want()


def choose_networks(cards: Sequence[Card]) -> list[Card]:
    """Let the viewer choose one or two networks, and load them before any frame comes.

    At first the one that answers where nobody chose: a camera wants a quick network.
    """
    first = default_network(cards).id
    chosen = networks.choose_many(
        cards,
        [first],
        limit=2,
        caption=False,
        help=_("One or two; with two, both read every face and take about twice the time."),
    )
    usable = []
    with st.spinner(_("Loading the networks …")):
        for card in chosen:
            try:
                resources.engine().predict(card.id, EMPTY)
            except FerLabError as problem:
                widgets.error_box(str(problem), networks.title(card))
            else:
                usable.append(card)
    return usable


class Camera(NamedTuple):
    """What the camera is asked for: size as 'WIDTHxHEIGHT', and frames a second."""

    size: str
    rate: int


def choose_camera() -> Camera:
    """Let the viewer choose what the camera delivers; holds from the next start."""
    size = state.choice(
        "camera",
        SIZES,
        "640x480",
        _("Camera picture"),
        text=lambda name: name.replace("x", " × "),
        kind="segmented",
        help=_("Holds from the next start. Faces far away need a larger picture."),
    )
    rate = state.choice(
        "rate",
        RATES,
        30,
        _("Frames a second, at most"),
        kind="segmented",
        help=_("Holds from the next start. Fewer spare a slow network or a small server."),
    )
    return Camera(size, rate)


def choose_settings(cards: Sequence[Card], rest: dict[str, np.ndarray]) -> Settings:
    """Let the viewer choose what is done with the video; holds at once."""
    half_life = state.slider(
        "smooth",
        0.0,
        2.0,
        0.4,
        _("Smoothing (seconds)"),
        step=0.1,
        help=_("After so many seconds an old frame counts half. 0 shows every frame by itself."),
    )
    show: Show = state.choice(
        "picture",
        SHOWS,
        "video",
        _("Camera picture shown"),
        text=lambda name: {
            "video": _("as it is"),
            "pixels": _("pixelated"),
            "nothing": _("not at all"),
        }[name],
        kind="segmented",
        help=_("For privacy in front of a class: only the boxes and the results stay."),
    )
    mirror = state.toggle("mirror", True, _("As in a mirror"))
    bars = state.toggle("bars", True, _("Bars in the picture"))
    heat = state.toggle(
        "heat",
        False,
        _("Where the network looks (Grad-CAM)"),
        help=_("Of the first network, for the class that it names."),
    )
    calibrated = state.toggle("calibrated", True, _("Calibrated probabilities"))
    return Settings(
        networks=tuple(card.id for card in cards),
        half_life=half_life,
        calibrated=calibrated,
        mirror=mirror,
        show=show,
        bars=bars,
        heat=heat,
        rest=rest,
        words=_words(cards),
    )


def _words(cards: Sequence[Card]) -> Words:
    return Words(
        classes={name: class_name(name) for card in cards for name in card.classes},
        networks={card.id: networks.title(card) for card in cards},
        failed=_("This frame could not be processed."),
        busy=_("All places on this server are taken. Try again in a few minutes."),
    )
