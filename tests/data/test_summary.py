from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core import paths
from core.data import audit
from core.data.store import Dataset
from core.data.summary import DatasetSummary, SplitSummary
from core.data.supports import SUPPORTS
from core.errors import ResultsError


@pytest.fixture
def path(small: Dataset, tmp_path: Path) -> Path:
    found = tmp_path / "dataset.json"
    audit.summarise(small, "a test").write(found)
    return found


def test_a_summary_survives_writing(path: Path, small: Dataset) -> None:
    found = DatasetSummary.read(path)
    assert found.split("PublicTest").images == 21
    assert found.audit == audit.audit(small)
    assert found.per_class[3].face.shape == (48, 48)


@pytest.mark.parametrize("change", [0, 1])
def test_a_label_or_so_is_no_difference(change: int) -> None:
    counts = list(SUPPORTS["PrivateTest"])
    counts[5] -= change
    counts[6] += change
    assert SplitSummary(name="PrivateTest", counts=counts).agrees
    counts[0] += 2
    assert not SplitSummary(name="PrivateTest", counts=counts).agrees


def cut(content: dict[str, Any]) -> None:
    content["per_class"][2]["mean_face"] = "AAAA"


def shorten(content: dict[str, Any]) -> None:
    content["splits"][1]["counts"].pop()


def rename(content: dict[str, Any]) -> None:
    content["splits"][0]["name"] = "train"


def misspell(content: dict[str, Any]) -> None:
    content["audit"]["blanks"] = content["audit"].pop("blank")


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (cut, r"per_class\.2: .*mean_face: expected 2304 bytes. Received: 3"),
        (shorten, "expected 7 numbers, one for each class"),
        (rename, "splits: expected Training, PublicTest, PrivateTest, test. Received: train"),
        (misspell, r"audit\.blank"),
    ],
)
def test_a_damaged_summary_is_named(
    damage: Callable[[dict[str, Any]], None], message: str, path: Path
) -> None:
    content = json.loads(path.read_text())
    damage(content)
    path.write_text(json.dumps(content))
    with pytest.raises(ResultsError, match=rf"dataset\.json: .*{message}"):
        DatasetSummary.read(path)


def test_the_project_carries_a_summary_of_the_whole_dataset() -> None:
    found = DatasetSummary.read(paths.ROOT / "results" / "dataset.json")
    assert [split.images for split in found.splits] == [28709, 3589, 3589]
    assert all(split.agrees for split in found.splits)
    assert {crowd.split: crowd.images for crowd in found.crowd}["PrivateTest"] == 3519
