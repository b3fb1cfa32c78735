"""Timing networks: what is run, what is kept, and the command from end to end."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

from benchmarks.commands import app
from benchmarks.latency import BATCH, WARM_UP, measure
from core.cli import main
from core.engine.catalogue import available_models
from core.errors import ResultsError
from core.files import sha256
from core.records import Made
from core.speed.latency import Latencies, processor
from tests.conftest import Lab

MADE = Made(command="x", date="2024-01-01", versions={})


class Sleeper:
    """An engine of known speed: 2 ms and 0.5 ms a further face."""

    precision = "f32"

    def __init__(self) -> None:
        self.calls: list[tuple[str, int]] = []

    def predict(self, model_id: str, chips: np.ndarray) -> None:
        assert chips.dtype == np.uint8
        assert chips.shape[1:] == (48, 48)
        self.calls.append((model_id, len(chips)))
        time.sleep(0.002 + 0.0005 * (len(chips) - 1))


def test_medians_of_both_sizes(lab: Lab) -> None:
    engine = Sleeper()
    found = measure(engine, available_models(), MADE, runs=7)
    assert set(found.models) == {"plain_net", "gated_net"}
    assert engine.calls.count(("gated_net", 1)) == WARM_UP + 7
    assert engine.calls.count(("gated_net", BATCH)) == WARM_UP + 7
    times = found.models["gated_net"]
    # How much longer it sleeps than it should is the machine's affair.
    assert times.single_ms >= 2
    assert 0.5 <= times.batch_ms < times.single_ms
    assert times.runs == 7
    digest = sha256(lab.models / "gated_net" / "model.onnx")
    assert found.of("gated_net", digest) == times
    assert found.of("gated_net", "0" * 64) is None, "another file of that name"
    assert found.of("other", digest) is None


def test_command_writes_what_the_page_reads(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["latency", "--runs", "5"], app=app)
    assert not ended.value.code
    found = Latencies.read(lab.results / "latency.json")
    assert set(found.models) == {"plain_net", "gated_net"}
    assert found.processor
    assert found.threads >= 1
    assert "gated_net" in capsys.readouterr().out


def test_command_without_a_network(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    for file in lab.models.rglob("card.json"):
        file.unlink()
    with pytest.raises(SystemExit) as ended:
        main(["latency"], app=app)
    assert ended.value.code == 1
    assert "There is no network" in capsys.readouterr().err


@pytest.mark.parametrize("wrong", ['{"processor": 1}', "[]", "{"])
def test_damaged_file_is_named(tmp_path: Path, wrong: str) -> None:
    path = tmp_path / "latency.json"
    path.write_text(wrong)
    with pytest.raises(ResultsError, match=r"latency\.json"):
        Latencies.read(path)


def test_name_of_the_processor(tmp_path: Path) -> None:
    info = tmp_path / "cpuinfo"
    info.write_text("processor : 0\nmodel name\t: Some  CPU @ 2 GHz\nmodel name : Other\n")
    assert processor(info) == "Some CPU @ 2 GHz"
    info.write_text("processor : 0\n")
    assert processor(info)
    assert processor(tmp_path / "missing")
