from __future__ import annotations

import asyncio
import fractions
import threading
import time

import av
import numpy as np
import pytest

from core.faces.detector import FaceDetector
from core.live import drawing
from core.live.processor import Settings, VideoProcessor, Words
from tests.live.conftest import Clock, Stand

NETS = ("plain_net",)


@pytest.fixture
def processor(engine: Stand, detector: FaceDetector, clock: Clock) -> VideoProcessor:
    return VideoProcessor(engine, Settings(networks=NETS), detector=detector, clock=clock)


def video_frame(rgb: np.ndarray, stamp: int = 0) -> av.VideoFrame:
    frame = av.VideoFrame.from_ndarray(rgb, format="rgb24")
    frame.pts, frame.time_base = stamp, fractions.Fraction(1, 90_000)
    return frame


def test_the_page_says_what_the_engine_says(
    processor: VideoProcessor, engine: Stand, webcam: np.ndarray
) -> None:
    from core.faces.photo import photo_to_chips

    processor.process(webcam)
    chips = photo_to_chips(webcam, FaceDetector(side=320)).chips
    wanted = engine.engine.predict("plain_net", chips).calibrated[0]
    (face,) = processor.live().faces
    np.testing.assert_allclose(face.answers["plain_net"], wanted, atol=1e-6)
    assert face.labels["plain_net"] == processor.live().classes["plain_net"][wanted.argmax()]


def test_a_face_keeps_its_number(
    processor: VideoProcessor, webcam: np.ndarray, clock: Clock
) -> None:
    for step in range(12):
        processor.process(np.roll(webcam, 5 * step, axis=1))
        clock.now += 0.05
        (face,) = processor.live().faces
        assert face.id == 1
    assert processor.live().readouts.processed == 12


def test_two_networks_on_the_same_face(processor: VideoProcessor, webcam: np.ndarray) -> None:
    processor.settings = Settings(networks=("plain_net", "gated_net"), heat=True)
    processor.process(webcam)
    live = processor.live()
    assert set(live.faces[0].answers) == {"plain_net", "gated_net"}
    assert set(live.classes) == {"plain_net", "gated_net"}


def test_maps_are_asked_only_of_the_first_network_and_only_for_heat(
    processor: VideoProcessor, engine: Stand, webcam: np.ndarray
) -> None:
    for heat in (False, True):
        processor.settings = Settings(networks=("plain_net", "gated_net"), heat=heat)
        processor.process(webcam)
    assert [maps for _, _, maps in engine.calls] == [False, False, True, False]


@pytest.mark.parametrize(
    "change",
    [
        {"mirror": False},
        {"show": "pixels"},
        {"show": "nothing"},
        {"bars": False},
        {"heat": True},
        {"words": Words(classes={"happy": "Senang", "sad": "Sedih", "angry": "Marah"})},
    ],
)
def test_every_choice_changes_the_picture(
    processor: VideoProcessor, webcam: np.ndarray, change: dict[str, object]
) -> None:
    # Without smoothing the second frame's answer is the first's.
    processor.settings = Settings(networks=NETS, half_life=0)
    plain = processor.process(webcam)
    label = processor.live().faces[0].labels["plain_net"]
    if "words" in change:
        change = {"words": Words(classes={label: "Terkejut"})}
    processor.settings = Settings(networks=NETS, half_life=0, **change)  # type: ignore[arg-type]
    other = processor.process(webcam)
    assert other.shape == plain.shape == webcam.shape
    assert not np.array_equal(plain, other)


@pytest.mark.parametrize("mirror", [True, False])
def test_the_box_stands_where_the_face_is(
    processor: VideoProcessor, webcam: np.ndarray, mirror: bool
) -> None:
    processor.settings = Settings(networks=(), mirror=mirror, bars=False)
    shown = processor.process(webcam)
    plain = webcam[:, ::-1] if mirror else webcam
    changed = np.flatnonzero((shown != plain).any(axis=(0, 2)))
    x, _, width, _ = processor.live().faces[0].box
    left = 640 - x - width if mirror else x
    assert changed.min() == pytest.approx(left, abs=4)
    assert changed.max() == pytest.approx(left + width, abs=4)


@pytest.mark.parametrize("show", ["pixels", "nothing"])
def test_privacy_hides_the_camera_also_when_a_frame_fails(
    processor: VideoProcessor, engine: Stand, webcam: np.ndarray, show: drawing.Show
) -> None:
    processor.settings = Settings(networks=NETS, show=show, mirror=False)
    fine = processor.process(webcam)
    engine.fail = RuntimeError("broken")
    failed = processor.process(webcam)
    for shown in (fine, failed):
        # Blocks of some 27 pixels have hardly a step between neighbours.
        steps = np.abs(np.diff(shown[300:440, 200:400].astype(int), axis=1)).max(axis=2)
        assert (steps > 0).mean() < 0.1
        assert not np.array_equal(shown[300:440, 200:400], webcam[300:440, 200:400])


def test_an_error_is_shown_and_counted_and_the_video_goes_on(
    processor: VideoProcessor, engine: Stand, webcam: np.ndarray
) -> None:
    engine.fail = RuntimeError("out of luck")
    shown = processor.process(webcam)
    assert not np.array_equal(shown[-40:], webcam[:, ::-1][-40:]), "a sentence along the bottom"
    readouts = processor.live().readouts
    assert (readouts.errors, readouts.last_error, readouts.processed) == (1, "out of luck", 0)
    engine.fail = None
    processor.process(webcam)
    assert processor.live().readouts.processed == 1
    assert processor.live().faces


def test_the_same_error_is_logged_once(
    processor: VideoProcessor,
    engine: Stand,
    webcam: np.ndarray,
    caplog: pytest.LogCaptureFixture,
) -> None:
    for reason in ("one", "one", "one", "two"):
        engine.fail = RuntimeError(reason)
        processor.process(webcam)
    assert [record.getMessage() for record in caplog.records] == [
        "A frame failed: one",
        "A frame failed: two",
    ]


def test_four_streams_share_the_engine(
    engine: Stand, detector: FaceDetector, webcam: np.ndarray
) -> None:
    settings = Settings(networks=NETS)
    streams = [VideoProcessor(engine, settings, detector=detector) for _ in range(4)]
    stop = threading.Event()

    def play(stream: VideoProcessor) -> None:
        while not stop.is_set():
            stream.process(webcam)

    threads = [threading.Thread(target=play, args=(stream,)) for stream in streams]
    for thread in threads:
        thread.start()
    end = time.monotonic() + 60
    while min(s.live().readouts.processed for s in streams) < 30 and time.monotonic() < end:
        stop.wait(0.05)
    stop.set()
    for thread in threads:
        thread.join()
    processed = [stream.live().readouts.processed for stream in streams]
    assert min(processed) >= max(processed) / 2
    assert all(stream.live().readouts.errors == 0 for stream in streams)


@pytest.mark.parametrize(
    "rubbish",
    [
        np.zeros((0, 0, 3), dtype=np.uint8),
        np.zeros((4, 4, 3), dtype=np.uint8),
        np.zeros((480, 640), dtype=np.uint8),
    ],
)
def test_rubbish_gives_a_picture(processor: VideoProcessor, rubbish: np.ndarray) -> None:
    assert processor.process(rubbish).ndim in (2, 3)


def test_a_damaged_frame_gives_a_picture(processor: VideoProcessor) -> None:
    class Damaged:
        time = 1.0

        def to_ndarray(self, format: str) -> np.ndarray:
            raise ValueError("bad data")

    shown = processor.recv(Damaged())  # type: ignore[arg-type]
    assert (shown.width, shown.height) == (640, 480)
    assert processor.live().readouts.last_error == "bad data"


def test_without_a_face(processor: VideoProcessor) -> None:
    grey = np.full((240, 321, 3), 128, dtype=np.uint8)
    processor.process(grey)
    live = processor.live()
    assert live.faces == ()
    assert live.readouts.size == (321, 240)
    odd = processor.recv(video_frame(np.full((241, 321, 3), 128, dtype=np.uint8)))
    assert (odd.width, odd.height) == (320, 240)


def test_late_frames_are_dropped_and_the_newest_is_processed(
    processor: VideoProcessor, engine: Stand, webcam: np.ndarray
) -> None:
    frames = [video_frame(webcam, 3000 * place) for place in range(5)]
    (shown,) = asyncio.run(processor.recv_queued(frames))
    assert (shown.width, shown.height) == (640, 480)
    assert processor.live().readouts.dropped == 4
    assert len(engine.calls) == 1


def test_latency_counts_the_wait(
    processor: VideoProcessor, engine: Stand, webcam: np.ndarray, clock: Clock
) -> None:
    def slow() -> None:
        clock.now += 0.3

    engine.before = slow
    stamp = 0
    for _ in range(10):
        # The next frame came 200 ms before the one before was done.
        asyncio.run(processor.recv_queued([video_frame(webcam, stamp)]))
        stamp += int(0.3 * 90_000)
    readouts = processor.live().readouts
    assert readouts.latency_median == pytest.approx(0.3, abs=0.01)
    assert readouts.classify == pytest.approx(0.3, abs=0.01)


def test_a_stream_without_a_seat_costs_nothing(
    engine: Stand, detector: FaceDetector, webcam: np.ndarray
) -> None:
    processor = VideoProcessor(
        engine, Settings(networks=NETS), detector=detector, keep_seat=lambda: False
    )
    shown = processor.process(webcam)
    assert not engine.calls
    assert not np.array_equal(shown, webcam[:, ::-1])


def test_what_is_seen_is_recorded(
    processor: VideoProcessor, webcam: np.ndarray, clock: Clock
) -> None:
    processor.recording.on = True
    for _ in range(7):
        processor.process(webcam)
        clock.now += 0.1
    table = processor.recording.table()
    assert len(table) == processor.live().readouts.processed == 7
    (face,) = processor.live().faces
    last = table[-1]
    assert (
        last.label
        == max(zip(face.answers["plain_net"], processor.live().classes["plain_net"], strict=True))[
            1
        ]
    )
    assert sum(last.probabilities.values()) == pytest.approx(1, abs=1e-5)


def test_the_timeline_is_thin_and_short(
    processor: VideoProcessor, webcam: np.ndarray, clock: Clock
) -> None:
    for _ in range(20):
        processor.process(webcam)
        clock.now += 0.1
    moments = processor.live().moments
    assert 5 <= len(moments) <= 10
    clock.now += 1000
    processor.process(webcam)
    assert len(processor.live().moments) == 1


def test_numbers_can_be_read_while_frames_come(
    processor: VideoProcessor, webcam: np.ndarray
) -> None:
    stop = threading.Event()
    problems: list[Exception] = []

    def read() -> None:
        while not stop.is_set():
            try:
                live = processor.live()
                for face in live.faces:
                    assert set(face.labels) == set(NETS)
                processor.recording.summary()
            except Exception as problem:  # noqa: BLE001  (whatever it is, the test fails)
                problems.append(problem)

    processor.recording.on = True
    reader = threading.Thread(target=read)
    reader.start()
    for _ in range(20):
        processor.process(webcam)
    stop.set()
    reader.join()
    assert problems == []


def test_a_box_far_outside_is_drawn_without_a_fault() -> None:
    picture = np.zeros((48, 64, 3), dtype=np.uint8)
    for box in [(-1e9, -1e9, 1e9, 1e9), (1e9, 0.0, 5.0, 5.0), (-20.0, -20.0, 200.0, 200.0)]:
        drawing.frame(picture, box, (255, 0, 0))
        drawing.lines(picture, box, ["1: Happy 87%", ""], (255, 0, 0))
        drawing.bars(picture, box, [drawing.Bar("Happy", (255, 0, 0), (2.0, -1.0))])
        drawing.heat(picture, box, np.ones((3, 3)))
    drawing.notice(picture, "A sentence that is much longer than the picture is wide.")
    assert picture.shape == (48, 64, 3)
