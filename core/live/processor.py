"""The live video: every frame in, the same frame with its faces read out.

The way of a frame:

1. The browser sends video; the connection hands each frame to `VideoProcessor`, in its thread.
2. A frame that comes while another is in work waits; of several that wait only the newest stays.
3. Every so many frames the detector searches; in between the tracker carries the boxes on.
4. Each tracked face is cropped to a chip, and the shared engine classifies all chips at once.
5. A face's probabilities are smoothed over time, with a half-life in seconds.
6. The recording, if it is on, takes the numbers, never the picture.
7. Boxes, names and bars are drawn into the frame, which goes back to the browser.
8. `live()` is what pages read: the faces of the moment, their past, and the pace.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple, Protocol

import av
import numpy as np

from core.engine.engine import Prediction
from core.faces.chip import SIDE, chip_corners, crop_chip
from core.faces.detector import FaceDetector
from core.faces.quality import measure
from core.live import drawing, neutral
from core.live.drawing import Bar, Show
from core.live.meter import Arrivals, Meter, Readouts
from core.live.pace import Pace
from core.live.recording import Recording, Seen
from core.live.smoothing import Smoother, steady
from core.live.timeline import Moment, Timeline
from core.live.tracker import Track, Tracker

DETECTOR_SIDE = 320
"""Working side of the detector: 3 ms a frame instead of 11 at 640."""

FACES = 8
"""Faces of a frame that are read, the largest."""

BARRED = 2
"""Faces beside which bars are drawn; of more, they would lie over each other."""

Answers = Mapping[str, np.ndarray]

log = logging.getLogger(__name__)


class Predictor(Protocol):
    """Part that the processor needs of `core.engine.engine.Engine`."""

    def predict(self, model_id: str, chips: np.ndarray, *, maps: bool = True) -> Prediction:
        """Classify chips, uint8 (n, 48, 48)."""


@dataclass(frozen=True)
class Words:
    """Texts for the picture, in the viewer's language: the video's thread knows no viewer.

    Attributes:
        classes: name of each class.
        networks: title of each network.
        failed: said on a frame that could not be processed.
        busy: said where the server has no place left.
    """

    classes: Mapping[str, str] = field(default_factory=dict)
    networks: Mapping[str, str] = field(default_factory=dict)
    failed: str = "This frame could not be processed."
    busy: str = "All places on this server are taken."


@dataclass(frozen=True)
class Settings:
    """Choices of the viewer; replace the processor's as a whole while it runs.

    Attributes:
        networks: ids of one or two.
        half_life: of the smoothing, in seconds; 0 for none.
        calibrated: whether the networks' temperatures are applied.
        mirror: whether the picture is shown as in a mirror.
        show: how much of the camera's picture is shown.
        bars: whether bars are drawn beside each face.
        heat: whether the first network's Grad-CAM map of its answer is laid over each face.
        rest: network to factors of one's own neutral face (see `neutral`).
        words: texts for the picture.
    """

    networks: tuple[str, ...] = ()
    half_life: float = 0.4
    calibrated: bool = True
    mirror: bool = True
    show: Show = "video"
    bars: bool = True
    heat: bool = False
    rest: Mapping[str, np.ndarray] = field(default_factory=dict)
    words: Words = field(default_factory=Words)


class LiveFace(NamedTuple):
    """A face as it is now.

    Attributes:
        id: its number.
        box: x, y, width and height in pixels of the camera's frame.
        answers: network to smoothed probabilities, float64 (C,).
        labels: network to the class that is shown, which does not flicker.
        picture: measures of the chip by name, as in `core.faces.quality.Quality.picture`.
    """

    id: int
    box: tuple[float, float, float, float]
    answers: Answers
    labels: Mapping[str, str]
    picture: Mapping[str, float] = MappingProxyType({})


class Live(NamedTuple):
    """State after the last frame.

    Attributes:
        faces: in the picture, the largest first.
        classes: network to its classes in output order.
        readouts: see `Readouts`.
        moments: the last minutes.
    """

    faces: tuple[LiveFace, ...]
    classes: Mapping[str, Sequence[str]]
    readouts: Readouts
    moments: tuple[Moment, ...]


class _Reading(NamedTuple):
    """One network's answers for the faces of a frame, in their order."""

    network: str
    classes: Sequence[str]
    probabilities: np.ndarray
    maps: np.ndarray | None


class VideoProcessor:
    """Finds, follows and reads the faces of a video, frame by frame.

    Give `recv_queued` to streamlit-webrtc as `queued_video_frames_callback` with
    `async_processing=True`: it then hands over all frames that came since the last call,
    of which only the newest is processed. `recv` is the same for a single frame, for
    `video_frame_callback`. Neither ever raises: an exception would freeze the video.

    Settings, recording and read-outs may be used from other threads at any time.

    Args:
        engine: shared by all viewers.
        settings: to begin with.
        recording: takes in what is seen while it is on.
        detector: shared by all viewers.
        keep_seat: asked on every frame; False where this stream has no place.
        clock: seconds that only grow.

    Attributes:
        settings: replace them at will.
        recording: as given.
    """

    def __init__(
        self,
        engine: Predictor,
        settings: Settings | None = None,
        recording: Recording | None = None,
        detector: FaceDetector | None = None,
        keep_seat: Callable[[], bool] = lambda: True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.settings = settings or Settings()
        self.recording = recording or Recording()
        self._engine = engine
        self._detector = detector or FaceDetector(side=DETECTOR_SIDE)
        self._keep_seat = keep_seat
        self._clock = clock
        self._tracker = Tracker()
        self._smoother = Smoother()
        self._labels: dict[tuple[int, str], int] = {}
        self._pace = Pace()
        self._arrivals = Arrivals()
        # Of the lock: what other threads read.
        self._lock = threading.Lock()
        self._meter = Meter()
        self._timeline = Timeline()
        self._faces: tuple[LiveFace, ...] = ()
        self._classes: dict[str, Sequence[str]] = {}
        self._size = (0, 0)

    async def recv_queued(self, frames: list[av.VideoFrame]) -> list[av.VideoFrame]:
        """Process the newest frame; the others are dropped and counted."""
        if len(frames) > 1:
            with self._lock:
                self._meter.drop(len(frames) - 1)
        return [self.recv(frames[-1])]

    def recv(self, frame: av.VideoFrame) -> av.VideoFrame:
        """Process a frame."""
        now = self._clock()
        arrived = self._arrivals.of(frame.time, now)
        try:
            rgb = frame.to_ndarray(format="rgb24")
        except Exception as reason:  # noqa: BLE001  (a damaged frame must not end the video)
            rgb = np.full((480, 640, 3), drawing.PAPER, dtype=np.uint8)
            return _encoded(self._failed(rgb, reason))
        return _encoded(self.process(rgb, arrived))

    def process(self, rgb: np.ndarray, arrived: float | None = None) -> np.ndarray:
        """Process a picture, uint8 (H, W, 3), and return the one to show.

        Args:
            rgb: of the camera, not mirrored.
            arrived: when it came, in seconds of the clock; now by default.
        """
        started = self._clock()
        try:
            if not self._keep_seat():
                return self._turned_away(rgb)
            return self._processed(rgb, started, started if arrived is None else arrived)
        except Exception as reason:  # noqa: BLE001  (the video goes on)
            return self._failed(rgb, reason)

    def live(self) -> Live:
        """State after the last frame."""
        now = self._clock()
        with self._lock:
            return Live(
                self._faces,
                dict(self._classes),
                self._meter.read(now, self._pace.every, self._size),
                self._timeline.moments(),
            )

    def _processed(self, rgb: np.ndarray, started: float, arrived: float) -> np.ndarray:
        settings = self.settings
        tracks = self._find(rgb, started)[:FACES]
        found = self._clock()
        chips = _chips(rgb, tracks)
        readings = self._read(chips, settings)
        faces = tuple(
            face._replace(picture=measure(chip, track.face, rgb.shape[1], rgb.shape[0]).picture)
            for face, track, chip in zip(
                self._settle(tracks, readings, settings, started), tracks, chips, strict=True
            )
        )
        read = self._clock()
        shown = _draw(rgb, tracks, faces, readings, settings)
        done = self._clock()
        self._pace.finished(done - found)
        classes = {reading.network: reading.classes for reading in readings}
        self.recording.add(started, classes, (Seen(f.id, f.box, f.answers) for f in faces))
        with self._lock:
            self._faces = faces
            self._classes |= classes
            self._size = (rgb.shape[1], rgb.shape[0])
            self._timeline.add(started, ((face.id, face.answers) for face in faces))
            steps = {"detect": found - started, "classify": read - found, "draw": done - read}
            self._meter.frame(done, done - min(arrived, started), steps)
        return shown

    def _find(self, rgb: np.ndarray, now: float) -> list[Track]:
        if not self._pace.due():
            return self._tracker.follow(rgb)
        faces = self._detector.detect(rgb)
        self._pace.detected(self._clock() - now)
        tracks = self._tracker.update(faces, now)
        if self._pace.every > 1:
            self._tracker.look(rgb)
        return tracks

    def _read(self, chips: np.ndarray, settings: Settings) -> list[_Reading]:
        readings = []
        for place, network in enumerate(settings.networks):
            maps = settings.heat and place == 0
            said = self._engine.predict(network, chips, maps=maps)
            values = said.calibrated if settings.calibrated else said.probabilities
            if network in settings.rest:
                values = neutral.adjust(values, settings.rest[network])
            readings.append(_Reading(network, said.card.classes, values, said.activation_maps))
        return readings

    def _settle(
        self,
        tracks: Sequence[Track],
        readings: Sequence[_Reading],
        settings: Settings,
        now: float,
    ) -> tuple[LiveFace, ...]:
        """Smooth over time, and let labels change only where another class clearly leads."""
        faces = []
        for place, track in enumerate(tracks):
            answers: dict[str, np.ndarray] = {}
            labels: dict[str, str] = {}
            for reading in readings:
                key = (track.id, reading.network)
                values = self._smoother.update(
                    key, reading.probabilities[place], now, settings.half_life
                )
                before = self._labels.get(key) if settings.half_life > 0 else None
                self._labels[key] = steady(before, values)
                answers[reading.network] = values
                labels[reading.network] = reading.classes[self._labels[key]]
            faces.append(LiveFace(track.id, track.face.box, answers, labels))
        alive = {(face, item.network) for face in self._tracker.known for item in readings}
        self._smoother.keep(alive)
        self._labels = {key: value for key, value in self._labels.items() if key in alive}
        return tuple(faces)

    def _turned_away(self, rgb: np.ndarray) -> np.ndarray:
        settings = self.settings
        shown = drawing.canvas(rgb, settings.show, settings.mirror)
        drawing.notice(shown, settings.words.busy)
        return shown

    def _failed(self, rgb: np.ndarray, reason: Exception) -> np.ndarray:
        settings = self.settings
        sentence = str(reason).strip().splitlines() or [type(reason).__name__]
        with self._lock:
            known = self._meter.error(self._clock(), sentence[0][:200])
            self._faces = ()
        if not known:  # thirty times a second the same would bury the log
            log.warning("A frame failed: %s", reason, exc_info=reason)
        try:
            shown = drawing.canvas(rgb, settings.show, settings.mirror)
            drawing.notice(shown, f"{settings.words.failed} {sentence[0][:120]}")
        except Exception:  # noqa: BLE001  (not even a picture: show none)
            return np.full((480, 640, 3), drawing.PAPER, dtype=np.uint8)
        return shown


def _chips(rgb: np.ndarray, tracks: Sequence[Track]) -> np.ndarray:
    chips = np.zeros((len(tracks), SIDE, SIDE), dtype=np.uint8)
    for chip, track in zip(chips, tracks, strict=True):
        chip[:] = crop_chip(rgb, track.face)
    return chips


def _encoded(rgb: np.ndarray) -> av.VideoFrame:
    # H.264 and VP8 want even sides.
    height, width = (length - length % 2 for length in rgb.shape[:2])
    return av.VideoFrame.from_ndarray(np.ascontiguousarray(rgb[:height, :width]), format="rgb24")


def _draw(
    rgb: np.ndarray,
    tracks: Sequence[Track],
    faces: Sequence[LiveFace],
    readings: Sequence[_Reading],
    settings: Settings,
) -> np.ndarray:
    shown = drawing.canvas(rgb, settings.show, settings.mirror)
    width = rgb.shape[1]
    places = [drawing.mirrored(face.box, width) if settings.mirror else face.box for face in faces]
    if settings.heat and readings and readings[0].maps is not None:
        for track, face, maps in zip(tracks, faces, readings[0].maps, strict=True):
            chosen = readings[0].classes.index(face.labels[readings[0].network])
            _lay_heat(shown, track, maps[chosen], settings.mirror)
    for rank, (face, box) in enumerate(zip(faces, places, strict=True)):
        color = drawing.OTHER
        if readings:
            color = drawing.class_rgb(face.labels[readings[0].network])
        drawing.frame(shown, box, color)
        drawing.lines(shown, box, _lines(face, readings, settings.words), color)
        if settings.bars and readings and rank < BARRED:
            drawing.bars(shown, box, _bars(face, readings, settings.words))
    return shown


def _lay_heat(shown: np.ndarray, track: Track, values: np.ndarray, mirror: bool) -> None:
    # Upright even where the chip's square leans with a tilted face.
    corners = chip_corners(track.face)
    side = float(np.linalg.norm(corners[1] - corners[0]))
    left, top = corners.mean(axis=0) - side / 2
    box = (float(left), float(top), side, side)
    if mirror:
        box, values = drawing.mirrored(box, shown.shape[1]), values[:, ::-1]
    drawing.heat(shown, box, values)


def _lines(face: LiveFace, readings: Sequence[_Reading], words: Words) -> list[str]:
    found = []
    for reading in readings:
        label = face.labels[reading.network]
        share = float(face.answers[reading.network][list(reading.classes).index(label)])
        name = words.classes.get(label, label)
        front = f"{face.id}"
        if len(readings) > 1:
            front = words.networks.get(reading.network, reading.network)
        found.append(f"{front}: {name} {round(100 * share)}%")
    return found


def _bars(face: LiveFace, readings: Sequence[_Reading], words: Words) -> list[Bar]:
    names = dict.fromkeys(name for reading in readings for name in reading.classes)
    return [
        Bar(
            words.classes.get(name, name),
            drawing.class_rgb(name),
            tuple(
                float(face.answers[reading.network][list(reading.classes).index(name)])
                if name in reading.classes
                else 0.0
                for reading in readings
            ),
        )
        for name in names
    ]
