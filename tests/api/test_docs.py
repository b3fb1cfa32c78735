"""The examples of docs/api.md run against a real server."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount

from core import paths
from core.api import PATH
from core.api.app import create
from tests.conftest import Lab

TEXT = (paths.ROOT / "docs" / "api.md").read_text(encoding="utf-8")


def examples(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", TEXT, flags=re.DOTALL)


@pytest.fixture
def server(lab: Lab, tmp_path: Path, photo: np.ndarray) -> Iterator[str]:
    """Address of the API over the tests' networks; its files lie in the folder of the examples."""
    data = cv2.imencode(".jpg", cv2.cvtColor(photo, cv2.COLOR_RGB2BGR))[1].tobytes()
    (tmp_path / "photo.jpg").write_bytes(data)
    with zipfile.ZipFile(tmp_path / "photos.zip", "w") as archive:
        archive.writestr("a.jpg", data)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    app = Starlette(routes=[Mount(PATH, create())])
    running = uvicorn.Server(uvicorn.Config(app, "127.0.0.1", port, log_level="error"))
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    while not running.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{port}"
    running.should_exit = True
    thread.join(10)


def run(command: list[str], server: str, folder: Path) -> str:
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "FER_LAB": server},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_python(server: str, tmp_path: Path) -> None:
    (script,) = examples("python")
    assert len(script.splitlines()) <= 11
    assert re.match(r"\d \w+ \d+%", run([sys.executable, "-c", script], server, tmp_path))


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_curl(server: str, tmp_path: Path) -> None:
    names = {"cnn_48": "plain_net", "se_vgg16": "plain_net", "vgg16_frozen": "gated_net"}
    for script in examples("sh"):
        for real, ours in names.items():
            script = script.replace(real, ours)
        shown = run(["bash", "-euo", "pipefail", "-c", script], server, tmp_path)
        assert "plain_net" in shown or '"file": "photos.zip/a.jpg"' in shown
