"""The load bench: that viewers walk, click and are counted; not how fast the pages are."""

from __future__ import annotations

import pytest

from benchmarks import load
from tests.conftest import Lab


def test_viewers_walk_click_and_the_server_is_weighed(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load, "LOOK", (0.0, 0.1))
    monkeypatch.setattr(load, "CLICKS", 1.0)
    monkeypatch.setattr(load, "AFTER", 0.0)
    told: list[str] = []
    found = load.measure(2, 0, 0.15, None, "python -m benchmarks load", told.append)
    assert (found.errors, found.error, found.refused) == (0, None, 0)
    assert found.runs > len(found.pages) > 3
    assert found.click_median is not None
    assert 0 < found.median <= found.p95 <= found.longest
    assert found.rate == pytest.approx(found.runs / (60 * found.minutes))
    assert found.start.memory_mb < found.end.memory_mb <= found.most.memory_mb
    assert found.settled is None
    assert "to go" in told[0]
    assert "12 a second" in str([list(column.cells) for column in load.table(found).columns])


def test_a_page_that_takes_too_long_is_counted_and_does_not_end_the_walk(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load, "LOOK", (0.0, 0.1))
    monkeypatch.setattr(load, "AFTER", 0.0)
    monkeypatch.setattr(load, "PATIENCE", 0.05)
    found = load.measure(1, 0, 0.1, None, "python -m benchmarks load", lambda _text: None)
    assert found.errors > 0
    assert "not there after" in str(found.error)
