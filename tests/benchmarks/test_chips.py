from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import chips
from benchmarks.chips import measure
from benchmarks.commands import app
from core import cli
from core.speed.runs import ChipsBench, Speed
from tests.conftest import Lab


def test_a_network_is_timed_against_openvino_and_in_a_crowd(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chips, "_keras", lambda card, some: lambda: None)
    monkeypatch.setattr(chips, "ROUNDS", 1)
    out = tmp_path / "bench.json"
    with pytest.raises(SystemExit) as done:
        cli.main(["chips", "plain_net", "--out", str(out)], app=app)
    assert done.value.code == 0
    found = ChipsBench.read(out)
    (kept,) = Speed.read(lab.results / "speed.json").chips["plain_net"]
    assert kept.crowd.ratio == pytest.approx(found.crowd.ratio, abs=1e-6)
    assert found.keras is not None
    assert found.keras.ratio < 1
    assert found.crowd.threads == 16
    assert found.crowd.longest_ms == found.crowd.worst_ms >= found.crowd.median_ms


def test_keras_can_be_left_out(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chips, "ROUNDS", 2)
    found = measure("plain_net", scale=0.02, keras=False)
    assert found.keras is None
    assert "Keras" not in str(list(chips.table(found).columns[0].cells))
