from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.commands import app
from benchmarks.photos import MARGIN, MOST, photo, write_photos
from core import cli
from core.faces.photo import decode
from tests.conftest import Lab


@pytest.fixture(scope="module")
def faces() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, size=(5, 48, 48), dtype=np.uint8)


def test_faces_stand_apart_in_the_photo(faces: np.ndarray) -> None:
    counts = set()
    for seed in range(30):
        rgb, boxes = photo(faces, np.random.default_rng(seed))
        assert (rgb.shape, rgb.dtype) == ((480, 640, 3), np.uint8)
        taken = np.zeros((480, 640), dtype=int)
        for left, top, side in boxes:
            assert min(left, top, 640 - left - side, 480 - top - side) >= MARGIN
            taken[top : top + side, left : left + side] += 1
        assert taken.max() == 1
        counts.add(len(boxes))
    assert counts == set(range(1, MOST + 1))


def test_a_photo_depends_on_its_number_alone(faces: np.ndarray, tmp_path: Path) -> None:
    placed = [list(write_photos(tmp_path / str(count), faces, count)) for count in (2, 3)]
    assert placed[0] == placed[1][:2]
    few, many = (sorted((tmp_path / str(count)).iterdir()) for count in (2, 3))
    assert [file.name for file in many] == [f"photo_0000{place}.jpg" for place in (1, 2, 3)]
    assert [file.read_bytes() for file in few] == [file.read_bytes() for file in many[:2]]
    assert decode(many[0]).shape == (480, 640, 3)
    assert list(write_photos(tmp_path / "other", faces, 1, seed=1))
    assert (tmp_path / "other" / many[0].name).read_bytes() != many[0].read_bytes()


def test_blank_images_are_no_faces() -> None:
    faces = np.zeros((20, 48, 48), dtype=np.uint8)
    faces[0, ::2] = 255
    rgb, boxes = photo(faces, np.random.default_rng(0))
    left, top, side = boxes[0]
    middle = rgb[top + side // 4 : top + side // 2, left + side // 4 : left + side // 2]
    assert middle.std() > 50


def test_the_command_needs_the_dataset(lab_with_data: Lab, tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as done:
        cli.main(["photos", str(tmp_path / "made"), "--count", "2"], app=app)
    assert done.value.code == 0
    assert len(list((tmp_path / "made").iterdir())) == 2
