"""The bench of reruns: that it fills the pages and measures them; not how fast they are."""

from __future__ import annotations

import os

import pytest

from benchmarks import pages
from core import paths
from core.errors import FerLabError
from core.evaluation.results import load_all
from tests.conftest import Lab


def test_pages_are_filled_with_copies_that_read_well(lab: Lab) -> None:
    before = dict(os.environ)
    with pages.filled(5):
        found = load_all()
        assert paths.results() != lab.results
    assert dict(os.environ) == before
    assert [item.id for item in found] == sorted(item.id for item in found)
    assert len(found) == 5
    assert not [problem for item in found for problem in item.problems]
    assert len({item.title for item in found}) == 5


def test_nothing_to_fill_with(lab: Lab) -> None:
    for name in lab.ids:
        (lab.results / name / "metrics.json").unlink()
    with pytest.raises(FerLabError, match="no results"), pages.filled(1):
        pass


def test_views_are_pages_and_are_timed(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    assert {view.partition("?")[0] for view in pages.VIEWS} <= {
        path.stem for path in (paths.ROOT / "pages").glob("*.py")
    }
    monkeypatch.setattr(pages, "VIEWS", ("errors?section=words", "no_such_page"))
    (found,), memory = pages.measure(networks=2, runs=1)
    assert found.view == "errors?section=words"
    assert found.first > 0
    assert found.rerun > 0
    assert 50e6 < memory < 1e9
