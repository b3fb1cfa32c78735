"""A small dataset to learn from, and empty folders to write to."""

import numpy as np
import pytest

from core.data.store import Dataset


def make_dataset():
    rng = np.random.default_rng(5)
    labels = np.tile(np.arange(7, dtype=np.uint8), 24)
    faces = (rng.integers(0, 100, (168, 48, 48)) + 22 * labels[:, None, None]).astype(np.uint8)
    splits = np.repeat(np.array([0, 1, 2], np.uint8), [112, 28, 28])
    return Dataset(faces, labels, splits)


@pytest.fixture
def dataset():
    return make_dataset()


@pytest.fixture
def workshop(tmp_path, monkeypatch):
    monkeypatch.setenv("FER_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("FER_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("FER_RESULTS", str(tmp_path / "results"))
    return tmp_path
