from __future__ import annotations

import json
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from benchmarks import batch, fer_package
from benchmarks.batch import measure
from benchmarks.commands import app
from core import cli
from core.errors import DataError, FerLabError
from core.speed.runs import BatchBench, Speed
from tests.conftest import Lab

# Stands in for the package: one face in each file, whatever the detector.
FER = """
import sys
print("1.2.3", flush=True)
for line in sys.stdin:
    print('{"faces": %d, "processor": 0.5}' % line.count("\\t"), flush=True)
"""


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    generator = np.random.default_rng(0)
    folder = tmp_path / "photos"
    folder.mkdir()
    for place in range(7):
        chip = generator.integers(0, 256, size=(48, 48), dtype=np.uint8)
        cv2.imwrite(str(folder / f"{place}.png"), chip)
    return folder


def test_a_folder_is_timed_in_several_ways(
    photos: Path, lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "fer_package.py"
    script.write_text(FER)
    monkeypatch.setattr(fer_package, "__file__", str(script))
    out = tmp_path / "bench.json"
    with pytest.raises(SystemExit) as done:
        cli.main(
            [
                *("batch", str(photos), "--model", "plain_net", "--passes", "3"),
                *("--whole", "0", "--fer-python", sys.executable, "--out", str(out)),
            ],
            app=app,
        )
    assert done.value.code == 0
    found = BatchBench.read(out)
    (kept,) = Speed.read(lab.results / "speed.json").batch["plain_net"]
    assert kept.made == found.made
    ours = ["classify", "classify --quick", "one by one"]
    assert list(found.ways) == [*ours, "fer 1.2.3, haar"]
    assert [(way.photos, way.faces) for way in found.ways.values()] == [(7, 7)] * 4
    assert all(len(way.rates) == batch.ROUNDS for way in found.ways.values())
    assert found.ways["fer 1.2.3, haar"].processor >= 0.5 * batch.ROUNDS
    assert [step.photos for step in found.passes] == [7, 14, 21]
    assert str(photos.parent) not in json.dumps(found.model_dump())


def test_the_ratio_is_the_median_over_the_parts() -> None:
    def way(*rates: float) -> dict[str, object]:
        return {"photos": 3, "seconds": 1, "processor": 1, "faces": 3, "rates": rates}

    found = BatchBench.model_validate(
        {
            "model": "plain_net",
            "model_sha256": "0" * 64,
            "passes": [],
            "ways": {
                "classify": way(10, 20, 90),
                "classify --quick": way(30, 50, 40),
                "other": way(10, 10, 10),
            },
            "cores": 1,
            "processor": "",
            "made": {"command": "", "date": "", "versions": {}},
        }
    )
    assert found.ratio("other") == 2
    assert found.ratio("other", "classify --quick") == 4


def test_an_interpreter_without_the_package_is_named(photos: Path, lab: Lab) -> None:
    with pytest.raises(FerLabError, match="cannot run the fer package: ModuleNotFoundError"):
        measure(photos, "plain_net", 0, Path(sys.executable))
    with pytest.raises(FerLabError, match="nowhere cannot be run"):
        measure(photos, "plain_net", 0, Path("/nowhere"))


def test_an_empty_folder_is_refused(tmp_path: Path, lab: Lab) -> None:
    with pytest.raises(DataError, match="at least 2 photos"):
        measure(tmp_path, "plain_net")
