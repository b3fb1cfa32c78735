"""The bench of the live camera: that it measures and adds up right; not how fast."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from benchmarks import live
from benchmarks.commands import app
from benchmarks.link import outer_address
from benchmarks.live import _by_minute, _Look, _still, tables
from benchmarks.viewer import Shown
from core import cli
from core.errors import FerLabError
from core.speed.runs import LiveBench, Minute
from tests.conftest import Lab


def look(seconds: float, processed: int, delay: float) -> _Look:
    shown = Shown(processed, 2 * processed, 10 * delay, 20 * delay, "640x480", "")
    return _Look(seconds, shown, [delay, 3 * delay])


def test_minutes_add_up() -> None:
    rows = [look(5.0 * place, 100 * place, 1 + place // 13) for place in range(25)]
    weights = [(row.seconds, 300 + row.seconds) for row in rows]
    first, second = _by_minute([rows, rows], weights)
    assert first == Minute(
        rate=20.0,
        dropped=2 * 2400,
        screen_median=2.0,
        screen_p95=3.0,
        server_median=10.0,
        server_p95=20.0,
        memory_mb=360.0,
        sizes=["640x480"],
    )
    assert (second.rate, second.memory_mb, second.server_median) == (20.0, 420.0, 20.0)


def test_a_short_run_is_one_minute() -> None:
    (only,) = _by_minute([[look(0, 0, 1.0), look(3, 30, 1.0)]], [(0.0, 300.0), (3.0, 301.0)])
    assert only.rate == 10


def test_a_stream_that_stands_still_is_noticed() -> None:
    rows = [look(10.0 * place, 100, 1.0) for place in range(8)]
    assert not _still(rows[:6])
    assert _still(rows)
    assert not _still([*rows, look(80, 101, 1.0)])


def test_an_unknown_network_is_refused(lab: Lab) -> None:
    with pytest.raises(FerLabError, match="no network 'nothing'"):
        live.measure("nothing")


def test_a_rate_that_the_page_does_not_offer_is_refused(lab: Lab) -> None:
    with pytest.raises(FerLabError, match="rate: expected one of"):
        live.measure("plain_net", rate=7)


@pytest.mark.skipif(
    shutil.which("chromium") is None or outer_address() is None,
    reason="No run of the live bench: it needs chromium and a network address.",
)
def test_a_run_in_a_browser(lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "EVERY", 1.0)
    monkeypatch.setattr(live, "QUIET", 0.5)
    monkeypatch.setattr(live, "FORGOTTEN", 0.5)
    monkeypatch.setattr(live, "CONNECTED", 0.5)
    out = tmp_path / "live.json"
    command = ["live", "--model", "plain_net", "--minutes", "0.1", "--connects", "1"]
    with pytest.raises(SystemExit) as done:
        cli.main([*command, "--out", str(out)], app=app)
    assert done.value.code == 0
    found = LiveBench.read(out)
    (minute,) = found.minutes
    assert found.rates == [pytest.approx(minute.rate)]
    assert minute.rate > 0
    assert minute.screen_median is not None
    assert minute.server_median is not None
    # Browsers send a smaller picture as long as they do not trust the connection.
    sizes = [tuple(map(int, size.split("x"))) for size in minute.sizes]
    assert sizes
    assert all(wide <= 640 and 3 * wide == 4 * high for wide, high in sizes)
    assert 50 < found.memory_start_mb < 2000
    assert found.lost is None
    assert found.connects is not None
    assert len(found.connects.memory_mb) == len(found.connects.threads) == 2
    assert len(tables(found)) == 2
    assert os.environ.get("FER_LIVE_STREAMS") is None
