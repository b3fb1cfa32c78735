"""The start bench: that it measures a server and says why one does not start; not how fast."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import start
from core import paths
from core.errors import FerLabError
from tests.conftest import Lab


def test_measures_a_start(lab: Lab) -> None:
    found = start.measure()
    assert 0 < found.ready < found.first_page
    # What a process with Streamlit cannot be smaller or larger than.
    assert 50e6 < found.memory < 1e9


def test_a_page_that_fails_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "Home.py").write_text("raise RuntimeError('broken on purpose')")
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    with start.serve() as server, pytest.raises(FerLabError, match="broken on purpose"):
        server.open()


def test_a_server_that_does_not_start_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    with pytest.raises(FerLabError, match=r"Home\.py"), start.serve():
        pass
