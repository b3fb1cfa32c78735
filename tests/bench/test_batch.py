from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from core import cli
from core.bench.batch import BatchBench, measure
from core.errors import DataError
from tests.conftest import Lab


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    generator = np.random.default_rng(0)
    folder = tmp_path / "photos"
    folder.mkdir()
    for place in range(6):
        chip = generator.integers(0, 256, size=(48, 48), dtype=np.uint8)
        cv2.imwrite(str(folder / f"{place}.png"), chip)
    return folder


def test_a_folder_is_timed_in_two_ways(photos: Path, lab: Lab, tmp_path: Path) -> None:
    out = tmp_path / "bench.json"
    with pytest.raises(SystemExit) as done:
        cli.main(
            [
                *("bench", "batch", str(photos), "--model", "plain_net"),
                *("--whole", "0", "--out", str(out)),
            ]
        )
    assert done.value.code == 0
    found = BatchBench.read(out)
    assert (found.pipeline.photos, found.pipeline.faces) == (5, 5)
    assert (found.one_by_one.photos, found.one_by_one.faces) == (5, 5)
    assert found.whole_photo is None
    assert str(photos.parent) not in json.dumps(found.model_dump())


def test_an_empty_folder_is_refused(tmp_path: Path, lab: Lab) -> None:
    with pytest.raises(DataError, match="at least 2 photos"):
        measure(tmp_path, "plain_net")
