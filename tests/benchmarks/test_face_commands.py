"""`python -m benchmarks framing`, `crops`, `damage`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from skimage.data import astronaut

from benchmarks import face_commands as commands
from benchmarks.commands import app
from benchmarks.crops import CropCheck
from benchmarks.damage import QualityCheck
from core import cli
from core.data import store
from core.faces.chip import Geometry, crop_chip
from core.faces.detector import FaceDetector
from tests.conftest import Lab
from tests.factories import make_model


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as stop:
        cli.main(arguments, app=app)
    code = stop.value.code
    output = capsys.readouterr()
    return int(code or 0), " ".join((output.out + output.err).split())


@pytest.fixture
def faces(lab: Lab) -> Lab:
    """A dataset of one face, brighter from image to image, 7 images a split."""
    photo = astronaut()
    chip = crop_chip(photo, FaceDetector().detect(photo)[0]).astype(np.float64)
    rows = np.stack([chip * (0.5 + 0.02 * step) for step in range(21)]).astype(np.uint8)
    labels = np.tile(np.arange(7, dtype=np.uint8), 3)
    store.save(store.Dataset(rows, labels, np.repeat(np.arange(3, dtype=np.uint8), 7)))
    return lab


def test_check_writes_what_it_prints(faces: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    code, output = run(capsys, "crops", "plain_net")
    assert code == 0
    result = CropCheck.read(faces.results / "crop_check.json")
    assert (result.model, result.split) == ("plain_net", "PrivateTest")
    assert (result.images, result.found) == (7, 7)
    assert "found in 7 of 7 pictures" in output
    assert f"{result.loss:.2f} points lost" in output


def test_check_of_the_quick_search_has_a_file_of_its_own(
    faces: Lab, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _ = run(capsys, "crops", "plain_net", "--quick", "--images", "3")
    assert code == 0
    assert not (faces.results / "crop_check.json").exists()
    result = CropCheck.read(faces.results / "crop_check_quick.json")
    assert result.quick
    assert result.found == 3
    assert result.made.command == "python -m benchmarks crops plain_net --quick --images 3"


def test_check_of_fewer_classes_takes_their_images(
    faces: Lab, capsys: pytest.CaptureFixture[str]
) -> None:
    make_model(faces.models, "two_net", classes=("sad", "happy"))
    code, _ = run(capsys, "crops", "two_net", "--images", "5")
    assert code == 0
    assert CropCheck.read(faces.results / "crop_check.json").images == 2


def test_check_of_an_unknown_network(faces: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    code, output = run(capsys, "crops", "no_net")
    assert code == 1
    assert "There is no network 'no_net'" in output
    assert not (faces.results / "crop_check.json").exists()


def test_quality_writes_what_it_prints(faces: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    code, output = run(capsys, "damage", "plain_net", "--images", "5")
    assert code == 0
    result = QualityCheck.read(faces.results / "quality_check.json")
    assert (result.model, result.images) == ("plain_net", 5)
    assert result.split == "PublicTest"  # limits are read from it
    assert result.made.command == "python -m benchmarks damage plain_net --images 5"
    assert f"{result.accuracy:.2%} on 5 images as they are" in output
    assert all(name in output for name in result.curves)


def test_margin_writes_the_geometry(
    faces: Lab, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "geometry.json"
    monkeypatch.setattr(commands, "GEOMETRY", target)
    code, output = run(capsys, "framing", "--images", "5")
    assert code == 0
    geometry = Geometry.read(target)
    assert geometry.images == 5
    assert geometry.command == "python -m benchmarks framing --images 5"
    assert f"A face in {geometry.found} of 5 images" in output


def test_margin_without_a_dataset(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    code, output = run(capsys, "framing")
    assert code == 1
    assert "python -m core data import" in output
