"""The live page with a camera that plays a face: it connects, and says what the engine says."""

from __future__ import annotations

import csv
import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import NoReturn

import cv2
import numpy as np
import pytest
from playwright.sync_api import Browser, FrameLocator, expect
from skimage.data import astronaut

from benchmarks.link import outer_address
from benchmarks.start import Server, serve
from core.engine.catalogue import available_models
from core.engine.engine import Engine
from core.faces.detector import FaceDetector
from core.faces.photo import photo_to_chips
from core.figures.labels import class_label
from tests.browser.conftest import FLAGS, PATIENCE, Viewer

VETH = "ferlab0"


def missing(reason: str) -> NoReturn:
    """Skip with a line that says why; in CI everything must be there."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="module")
def network() -> Iterator[None]:
    """An address that video can be sent to: the machine's own, or a pair of virtual cables'."""
    if outer_address():
        yield
        return
    commands = [
        ["link", "add", VETH, "type", "veth", "peer", "name", f"{VETH}p"],
        ["addr", "add", "192.0.2.2/24", "dev", VETH],
        ["link", "set", f"{VETH}p", "up"],
        ["link", "set", VETH, "up"],
    ]
    ip = shutil.which("ip")
    able = ip is not None and os.geteuid() == 0
    made = able and all(
        subprocess.run([str(ip), *rest], check=False).returncode == 0 for rest in commands
    )
    if not made or not outer_address():
        reason = (
            "No test of the live video: this machine has no network address besides loopback, and "
            "making one (ip link add type veth) needs root."
        )
        missing(reason)
    yield
    subprocess.run([str(ip), "link", "del", VETH], check=False)


@pytest.fixture(scope="module")
def picture() -> np.ndarray:
    """NASA's portrait of Eileen Collins in a webcam's frame."""
    frame = np.full((480, 640, 3), 90, dtype=np.uint8)
    frame[:, 80:560] = cv2.resize(astronaut(), (480, 480), interpolation=cv2.INTER_AREA)
    return frame


@pytest.fixture(scope="module")
def camera(
    browser: Browser,
    chromium: str,
    network: None,
    picture: np.ndarray,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Browser]:
    """A second browser, whose camera shows the picture."""
    film = tmp_path_factory.mktemp("camera") / "face.mjpeg"
    quality = [cv2.IMWRITE_JPEG_QUALITY, 95]
    film.write_bytes(cv2.imencode(".jpg", picture[:, :, ::-1], quality)[1].tobytes() * 30)
    flags = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
    flags += [f"--use-file-for-fake-video-capture={film}"]
    running = browser.browser_type.launch(executable_path=chromium, args=FLAGS + flags)
    yield running
    running.close()


@pytest.fixture
def viewer(camera: Browser, server: Server) -> Iterator[Viewer]:
    with tab(camera, server) as found:
        yield found


@contextmanager
def tab(camera: Browser, server: Server) -> Iterator[Viewer]:
    """A viewer who lets the page use the camera."""
    context = camera.new_context(
        viewport={"width": 1280, "height": 800}, locale="en-GB", permissions=["camera"]
    )
    context.set_default_timeout(PATIENCE)
    found = Viewer(context.new_page(), server)
    found.watch()
    yield found
    context.close()


@pytest.fixture
def turn(network: None, tmp_path: Path) -> Iterator[str]:
    """Address and port of a TURN server that knows the user fer with the password lab."""
    program = shutil.which("turnserver")
    if program is None:
        missing("No test through a TURN server: apt-get install coturn")
    address = outer_address()
    assert address is not None
    with socket.socket() as probe:
        probe.bind((address, 0))
        port = probe.getsockname()[1]
    command = [program, "-n", "--listening-ip", address, "--relay-ip", address]
    command += ["--listening-port", str(port), "--no-tls", "--no-dtls", "--no-cli"]
    command += ["--lt-cred-mech", "--realm", "ferlab", "--user", "fer:lab"]
    command += ["--pidfile", str(tmp_path / "pid"), "--userdb", str(tmp_path / "users")]
    command += ["--log-file", "stdout", "--verbose"]
    with (tmp_path / "turn.log").open("w") as log:
        running = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            yield f"{address}:{port}"
        finally:
            running.terminate()
            running.wait()


def stream(viewer: Viewer) -> FrameLocator:
    return viewer.page.frame_locator('iframe[title*="webrtc"]')


def start(viewer: Viewer) -> None:
    stream(viewer).get_by_role("button", name="Start the camera").click()
    expect(viewer.page.get_by_text("Frames a second")).to_be_visible()


def test_the_page_says_what_the_engine_says(
    viewer: Viewer, picture: np.ndarray, tmp_path: Path
) -> None:
    card = available_models()[0]
    chips = photo_to_chips(picture, FaceDetector(side=320)).chips
    wanted = Engine().predict(card.id, chips).calibrated[0]
    label = class_label(card.classes[int(wanted.argmax())])

    viewer.open("live", models=card.id)
    start(viewer)
    page = viewer.page
    main = page.get_by_test_id("stMain")
    metric = page.get_by_test_id("stMetric").filter(has_text=card.title)
    expect(metric).to_contain_text(label)
    seen = re.search(r"(\d+)%", metric.inner_text())
    assert seen is not None
    # The camera's and the connection's compression cost some of it.
    assert int(seen[1]) == pytest.approx(100 * wanted.max(), abs=15)

    page.get_by_text("Record the numbers").click()
    expect(main.get_by_text(re.compile(r"\b\d\d+ frames · 1 face"))).to_be_visible()
    stream(viewer).get_by_role("button", name="Stop").click()
    expect(stream(viewer).get_by_role("button", name="Start the camera")).to_be_visible()
    # The component's button changes at once, this only when the server has heard of it.
    expect(main.get_by_text("Start the camera; the expression")).to_be_visible()
    viewer.settle()
    recorded = re.search(r"([\d,]+) frames · 1 face · [\d,]+ s · ([\d,]+) rows", viewer.text())
    assert recorded is not None, viewer.text()
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").click()
    file = tmp_path / "session.csv"
    download.value.save_as(file)
    with file.open(newline="") as text:
        rows = list(csv.DictReader(text))
    assert len(rows) == int(recorded[1].replace(",", "")) == int(recorded[2].replace(",", ""))
    times = [float(row["seconds"]) for row in rows]
    assert all(before < after for before, after in pairwise(times))
    assert {row["face"] for row in rows} == {"1"}
    named = [class_label(row["label"]) for row in rows]
    assert named.count(label) > 0.9 * len(rows)
    viewer.check()


def test_the_check_names_what_works(viewer: Viewer) -> None:
    viewer.open("live")
    page = viewer.page
    page.get_by_text("No picture? Camera and connection").click()
    page.get_by_role("button", name="Check camera and connection").click()
    main = page.get_by_test_id("stMain")
    expect(main.get_by_text("The camera works.")).to_be_visible()
    expect(main.get_by_text("Only addresses of the local network are known.")).to_be_visible()
    viewer.check()


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        (["--use-fake-device-for-media-stream", "--deny-permission-prompts"], "is blocked for"),
        (["--use-fake-ui-for-media-stream"], "No camera was found."),
    ],
    ids=["refused", "none"],
)
def test_what_is_wrong_with_the_camera_is_said(
    browser: Browser, chromium: str, server: Server, flags: list[str], sentence: str
) -> None:
    other = browser.browser_type.launch(executable_path=chromium, args=FLAGS + flags)
    try:
        viewer = Viewer(other.new_page(), server)
        viewer.watch()
        viewer.open("live")
        viewer.page.get_by_text("No picture? Camera and connection").click()
        viewer.page.get_by_role("button", name="Check camera and connection").click()
        said = viewer.page.get_by_test_id("stMain").get_by_text(sentence)
        expect(said).to_be_visible(timeout=PATIENCE)
        # So does pressing Start, in the component as the browser words it and below in ours.
        viewer.open("live")
        stream(viewer).get_by_role("button", name="Start the camera").click()
        expect(viewer.page.get_by_test_id("stMain").get_by_text(sentence)).to_be_visible()
        viewer.settle()
        assert viewer.page.get_by_test_id("stMetric").count() == 0
        viewer.check()
    finally:
        other.close()


# Keeps the camera's tracks where a test can pull the plug.
PLUG = """(() => {
  const media = navigator.mediaDevices, open = media?.getUserMedia.bind(media);
  if (!media) return;
  media.getUserMedia = async (wanted) => {
    const stream = await open(wanted);
    window.pull = () => stream.getTracks().forEach((track) => {
      track.stop();
      track.dispatchEvent(new Event("ended"));
    });
    return stream;
  };
})()"""


def test_a_camera_that_is_unplugged_is_noticed_and_can_be_started_again(viewer: Viewer) -> None:
    viewer.page.add_init_script(PLUG)
    viewer.open("live", models=available_models()[0].id)
    start(viewer)
    frame = next(frame for frame in viewer.page.frames if "webrtc" in frame.url)
    frame.evaluate("() => window.pull()")
    lost = viewer.page.get_by_test_id("stMain").get_by_text("Is the camera unplugged")
    expect(lost).to_be_visible()
    stream(viewer).get_by_role("button", name="Stop").click()
    expect(lost).to_be_hidden()
    broken = viewer.page.get_by_test_id("stMain").get_by_text("The video broke off")
    expect(broken).to_be_visible()
    stream(viewer).get_by_role("button", name="Start the camera").click()
    face = viewer.page.get_by_test_id("stMetric").filter(has_text=available_models()[0].title)
    expect(face).to_be_visible()
    expect(lost).to_be_hidden()
    expect(broken).to_be_hidden()
    viewer.check()


def test_through_a_turn_server(
    camera: Browser, turn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As docs/turn.md says, with every other way closed."""
    monkeypatch.setenv("FER_TURN_URL", f"turn:{turn}")
    monkeypatch.setenv("FER_TURN_USERNAME", "fer")
    monkeypatch.setenv("FER_TURN_CREDENTIAL", "lab")
    monkeypatch.setenv("FER_TURN_ONLY", "1")
    with serve() as server, tab(camera, server) as viewer:
        viewer.open("live", models=available_models()[0].id)
        viewer.page.get_by_text("No picture? Camera and connection").click()
        viewer.page.get_by_role("button", name="Check camera and connection").click()
        good = viewer.page.get_by_text("The TURN server passes the video on.")
        expect(good).to_be_visible()
        start(viewer)
        said = (tmp_path / "turn.log").read_text()
        assert re.search(r"ALLOCATE processed, success", said), said[-2000:]
        assert "CREATE_PERMISSION processed, success" in said
        viewer.check()


def test_a_wrong_password_is_named(
    camera: Browser, turn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FER_TURN_URL", f"turn:{turn}")
    monkeypatch.setenv("FER_TURN_USERNAME", "fer")
    monkeypatch.setenv("FER_TURN_CREDENTIAL", "wrong")
    with serve() as server, tab(camera, server) as viewer:
        viewer.open("live")
        viewer.page.get_by_text("No picture? Camera and connection").click()
        viewer.page.get_by_role("button", name="Check camera and connection").click()
        bad = viewer.page.get_by_text("The TURN server refused the user name")
        expect(bad).to_be_visible()
