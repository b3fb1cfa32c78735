"""The last runs of the benches, kept in one file."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import ResultsError
from core.speed import runs as speed
from core.speed.runs import Speed
from tests.factories import make_batch_bench, make_chips_bench, make_live_bench, make_load_bench


def test_the_last_two_runs_of_each_network_are_kept(tmp_path: Path) -> None:
    path = tmp_path / speed.FILE
    for rate in (1.0, 2.0, 3.0):
        speed.keep(make_chips_bench("plain_net", rate), path)
        speed.keep(make_batch_bench("gated_net", rate), path)
    speed.keep(make_chips_bench("gated_net", 9.0), path)
    found = Speed.read(path)
    rates = {name: [run.crowd.rate for run in runs] for name, runs in found.chips.items()}
    assert rates == {"gated_net": [9.0], "plain_net": [2.0, 3.0]}
    assert [run.ways["classify"].rate for run in found.batch["gated_net"]] == [2.0, 3.0]


def test_runs_on_other_processors_stay(tmp_path: Path) -> None:
    path = tmp_path / speed.FILE
    for rate, processor in ((1.0, "a"), (2.0, "b"), (3.0, "a"), (4.0, "a"), (5.0, "a")):
        speed.keep(make_batch_bench("plain_net", rate, processor=processor), path)
    kept = Speed.read(path).batch["plain_net"]
    found = [(run.processor, run.ways["classify"].rate) for run in kept]
    assert found == [("b", 2.0), ("a", 4.0), ("a", 5.0)]


def test_runs_of_another_file_are_dropped(tmp_path: Path) -> None:
    path = tmp_path / speed.FILE
    speed.keep(make_chips_bench("plain_net", 1.0), path)
    speed.keep(make_chips_bench("plain_net", 2.0, "b" * 64), path)
    assert [run.crowd.rate for run in Speed.read(path).chips["plain_net"]] == [2.0]


def test_of_the_live_camera_the_last_run_of_each_command_is_kept(tmp_path: Path) -> None:
    path = tmp_path / speed.FILE
    for rate, streams in ((10.0, 1), (5.0, 4), (11.0, 1)):
        speed.keep(make_live_bench("plain_net", rate, streams=streams), path)
    kept = Speed.read(path).live["plain_net"]
    assert [run.rates[0] for run in kept] == [5.0, 11.0]
    speed.keep(make_live_bench("plain_net", 12.0, "b" * 64), path)
    assert [run.rates for run in Speed.read(path).live["plain_net"]] == [[12.0]]


def test_of_many_viewers_the_last_run_of_each_command_is_kept(tmp_path: Path) -> None:
    path = tmp_path / speed.FILE
    for rate, viewers in ((4.0, 50), (9.0, 10), (12.0, 50)):
        speed.keep(make_load_bench(rate, viewers), path)
    found = [(run.viewers, run.rate) for run in Speed.read(path).load]
    assert found == [(10, 9.0), (50, 12.0)]


def test_numbers_are_rounded(tmp_path: Path) -> None:
    path = tmp_path / speed.FILE
    speed.keep(make_chips_bench("plain_net", 1 / 3), path)
    assert Speed.read(path).chips["plain_net"][0].crowd.rate == 0.333333


def test_something_else_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / speed.FILE
    path.write_text("{}x")
    with pytest.raises(ResultsError, match=speed.FILE):
        speed.keep(make_chips_bench("plain_net", 1.0), path)
    assert path.read_text() == "{}x"
    assert speed.read(path) is None


def test_the_package_is_found_by_its_name() -> None:
    bench = make_batch_bench("plain_net", 1.0)
    assert bench.fer() == "fer 1.2.3, haar"
    assert bench.fer("mtcnn") is None
    way = bench.ways["fer 1.2.3, haar"]
    both = bench.model_copy(update={"ways": {**bench.ways, "fer 1.2.3, mtcnn": way}})
    assert both.fer("mtcnn") == "fer 1.2.3, mtcnn"
    assert make_batch_bench("plain_net", 1.0, fer=False).fer() is None
