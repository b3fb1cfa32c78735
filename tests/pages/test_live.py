"""The live page, with a stand-in for the video component."""

from __future__ import annotations

import time
from collections.abc import Sequence

import cv2
import numpy as np
import pytest
from skimage.data import astronaut

from core.figures.labels import class_name
from core.live.connection import IceServer
from core.live.stream_limit import Seats
from core.ui import state
from core.ui.live import stream
from core.ui.live.stream import Playing, Session
from tests.conftest import Lab
from tests.pages.app import check, open_page, texts

FRAMES = 6


@pytest.fixture(scope="module")
def webcam() -> np.ndarray:
    picture = np.full((480, 640, 3), 90, dtype=np.uint8)
    picture[:, :480] = cv2.resize(astronaut(), (480, 480), interpolation=cv2.INTER_AREA)
    return picture


class Stand:
    """In place of the component: plays some frames into the processor at every run."""

    def __init__(self, picture: np.ndarray | None, playing: bool = True) -> None:
        self.picture = picture
        self.playing = playing
        self.frames = FRAMES
        self.viewer: Session | None = None
        self.servers: list[IceServer] = []
        self.size = ""

    def __call__(
        self, viewer: Session, servers: Sequence[IceServer], size: str, rate: int
    ) -> Playing:
        self.viewer, self.servers, self.size = viewer, list(servers), f"{size} {rate}"
        if self.picture is not None and self.playing:
            for _ in range(self.frames):
                viewer.processor.process(self.picture)
        return Playing(self.playing, False)


@pytest.fixture
def camera(webcam: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> Stand:
    stream.seats.cache_clear()
    stand = Stand(webcam)
    monkeypatch.setattr(stream, "stream", stand)
    return stand


def test_before_the_start(lab: Lab, camera: Stand) -> None:
    camera.playing = False
    app = open_page("live")
    assert "Start the camera; the expression of your face appears here." in texts(app)
    assert not app.metric
    assert camera.servers == []
    assert camera.size == "640x480 30"


def test_the_expression_is_the_engines(lab: Lab, camera: Stand) -> None:
    app = open_page("live", models="plain_net", threshold="0")
    assert camera.viewer is not None
    (face,) = camera.viewer.processor.live().faces
    shown = {item.label: (item.value, item.delta) for item in app.metric}
    label = class_name(face.labels["plain_net"])
    assert shown["Plain Net"][0].endswith(label)
    unsure = {
        item.label: item for item in open_page("live", models="plain_net", threshold="99").metric
    }
    assert unsure["Plain Net"].value == "Uncertain"
    assert "%" in unsure["Plain Net"].delta
    assert "Frames a second" in shown
    assert shown["Frames dropped"][1] == f"{FRAMES} processed"
    assert len(app.get("plotly_chart")) == 2, "bars and timeline"


def test_an_answer_below_the_threshold_is_uncertain(lab: Lab, camera: Stand) -> None:
    app = open_page("live", models="plain_net", threshold="99")
    shown = {item.label: item for item in app.metric}
    assert shown["Plain Net"].value == "Uncertain"
    assert "%" in shown["Plain Net"].delta


def test_two_networks_side_by_side(lab: Lab, camera: Stand) -> None:
    app = open_page("live", models=["plain_net", "gated_net"])
    assert {"Plain Net", "Gated Net"} <= {item.label for item in app.metric}
    assert len(app.get("plotly_chart")) == 3


def test_choices_reach_the_running_video(lab: Lab, camera: Stand) -> None:
    app = open_page("live", lang="id", models="plain_net", picture="pixels", heat="1", mirror="0")
    assert camera.viewer is not None
    settings = camera.viewer.processor.settings
    assert (settings.show, settings.heat, settings.mirror) == ("pixels", True, False)
    assert settings.words.classes["happy"] == "Senang"
    app.slider(key=state.widget_key("smooth")).set_value(0.0)
    check(app.run())
    assert camera.viewer.processor.settings.half_life == 0


def test_a_recording_outlives_the_stream_and_the_page(lab: Lab, camera: Stand) -> None:
    app = open_page("live", models="plain_net")
    app.toggle(key="live.recording").set_value(True)
    check(app.run())
    check(app.run())
    camera.playing = False
    check(app.run())
    assert camera.viewer is not None
    recorded = camera.viewer.processor.recording.summary().frames
    assert recorded >= FRAMES
    assert f"{recorded} frames · 1 face" in texts(app)
    check(app.switch_page("pages/results.py").run())
    check(app.switch_page("pages/live.py").run())
    assert f"{recorded} frames · 1 face" in texts(app)
    assert app.toggle(key="live.recording").value
    next(item for item in app.button if item.key == "live.clear").click()
    check(app.run())
    assert "Nothing is recorded yet." in texts(app)


def test_an_error_is_said(lab: Lab, camera: Stand) -> None:
    camera.picture = np.zeros((0, 0, 3), dtype=np.uint8)
    app = open_page("live", models="plain_net")
    assert "6 frames could not be processed" in app.warning[0].value


def test_silence_is_said(lab: Lab, camera: Stand) -> None:
    app = open_page("live", models="plain_net")
    camera.frames = 0
    time.sleep(3.2)
    check(app.run())
    assert any("Is the camera unplugged" in item.value for item in app.warning)

    camera.playing = False
    check(app.run())
    assert [item.value[:20] for item in app.warning] == ["The video broke off:"]
    camera.playing, camera.frames = True, FRAMES
    check(app.run())
    assert not app.warning
    camera.playing = False
    check(app.run())
    assert not app.warning, "stopped by the viewer"


def test_a_full_server_says_so(lab: Lab, camera: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    full = Seats(1)
    full.keep("somebody else")
    monkeypatch.setattr(stream, "seats", lambda: full)
    app = open_page("live", models="plain_net")
    assert "all places are taken" in app.warning[0].value
    assert camera.viewer is None


@pytest.mark.parametrize(
    ("variables", "problem"),
    [
        ({"URL": "turn:a.org", "USERNAME": "u", "CREDENTIAL": "c"}, ""),
        ({"URL": "turn:a.org"}, "lack username, credential"),
    ],
)
def test_servers_come_from_the_environment(
    lab: Lab,
    camera: Stand,
    monkeypatch: pytest.MonkeyPatch,
    variables: dict[str, str],
    problem: str,
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(f"FER_TURN_{name}", value)
    app = open_page("live", models="plain_net")
    if problem:
        assert problem in app.error[0].value
        assert camera.servers == []
    else:
        assert camera.servers == [{"urls": ["turn:a.org"], "username": "u", "credential": "c"}]


def test_where_no_video_can_be_drawn_snapshots_work(lab: Lab) -> None:
    """A test's server is none on which the component could run."""
    app = open_page("live", models="plain_net")
    assert "Snapshots work all the same." in app.warning[0].value
    app = open_page("live", models="plain_net", live="snapshot")
    assert not app.warning
    assert len(app.get("camera_input")) == 1


def test_the_neutral_face_is_measured(
    lab: Lab, camera: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_page("live", models="plain_net")
    assert camera.viewer is not None
    next(item for item in app.button if item.key == "live.rest").click()
    check(app.run())
    for _ in range(20):
        camera.viewer.processor.process(camera.picture)  # type: ignore[arg-type]
        time.sleep(0.22)
    check(app.run())
    assert set(camera.viewer.rest) == {"plain_net"}
    check(app.run())
    (face,) = camera.viewer.processor.live().faces
    assert "Your neutral face is set." in texts(app)
    time.sleep(2)
    check(app.run())
    (face,) = camera.viewer.processor.live().faces
    assert face.labels["plain_net"] == "neutral"


def test_the_game_is_played(lab: Lab, camera: Stand) -> None:
    app = open_page("live", models="plain_net")
    next(item for item in app.button if item.key == "live.game").click()
    check(app.run())
    assert "Round 1 of 5: get ready" in texts(app)
    assert camera.viewer is not None
    assert camera.viewer.game is not None
    camera.viewer.game.started -= 1000
    check(app.run())
    assert "0 of 500 points" in texts(app)
