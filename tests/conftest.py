"""Fixtures that every area of the tests may use."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

# Before anything imports TensorFlow: loading aiortc's SRTP library after it crashes Python.
import aiortc  # noqa: F401
import pytest
from hypothesis import settings

from core.data import store
from tests import factories

# A busy machine must not fail a property: no time limit for a single example.
settings.register_profile("lab", deadline=None)
settings.load_profile("lab")


@dataclass(frozen=True)
class Lab:
    """Where a test's own models, results and data lie, and the networks in it."""

    models: Path
    results: Path
    data: Path
    ids: tuple[str, ...] = ("plain_net", "gated_net")


@pytest.fixture(scope="session")
def _lab_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lab")
    factories.make_network(folder / "models", folder / "results", "plain_net", skill=1.6)
    factories.make_network(folder / "models", folder / "results", "gated_net", gates=True)
    return folder


@pytest.fixture
def lab(_lab_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lab:
    """A fresh lab with two seven-class networks and no dataset, found through the environment."""
    folder = tmp_path / "lab"
    shutil.copytree(_lab_template, folder)
    found = Lab(folder / "models", folder / "results", folder / "data")
    monkeypatch.setenv("FER_MODELS", str(found.models))
    monkeypatch.setenv("FER_RESULTS", str(found.results))
    monkeypatch.setenv("FER_DATA", str(found.data))
    monkeypatch.setenv("FER_RUNS", str(folder / "runs"))
    return found


@pytest.fixture
def lab_with_data(lab: Lab) -> Lab:
    """The same lab with a small imported dataset that the prediction tables index."""
    store.save(factories.make_dataset())
    return lab
