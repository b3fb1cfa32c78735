from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.data import store
from core.errors import DataError
from core.labels import CLASSES


@pytest.mark.parametrize("with_votes", [True, False])
def test_a_dataset_survives_saving(
    with_votes: bool, small: store.Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FER_DATA", str(tmp_path / "deep" / "folder"))
    votes = small.votes if with_votes else None
    assert not store.is_available()
    store.save(store.Dataset(small.faces, small.labels, small.splits, votes))
    assert store.is_available()
    found = store.load()
    assert (found.faces == small.faces).all()
    assert (found.labels == small.labels).all()
    assert (found.splits == small.splits).all()
    assert (found.votes is None) is (votes is None)
    assert [file.name for file in (tmp_path / "deep" / "folder").iterdir()] == ["fer2013.npz"]


def test_a_split_knows_its_rows(small: store.Dataset) -> None:
    split = small.split("PublicTest")
    assert split.index.tolist() == list(range(56, 77))
    assert (split.faces == small.faces[56:77]).all()
    assert split.votes is not None
    assert len(split.votes) == len(split.labels) == 21


def test_images_of_some_classes_are_renumbered_to_their_order(small: store.Dataset) -> None:
    split = small.split("Training").only(("sad", "angry"))
    labels = small.labels[split.index]
    assert set(labels) == {CLASSES.index("angry"), CLASSES.index("sad")}
    assert np.array_equal(split.labels, np.where(labels == CLASSES.index("sad"), 0, 1))
    assert np.array_equal(split.faces, small.faces[split.index])
    assert split.votes is not None
    assert len(split.votes) == len(split.labels)


def test_images_of_all_classes_in_another_order(small: store.Dataset) -> None:
    split = small.split("Training")
    assert split.only(CLASSES) is split
    turned = split.only(CLASSES[::-1])
    assert np.array_equal(turned.labels, 6 - split.labels)
    assert np.array_equal(turned.index, split.index)


def test_an_unknown_split(small: store.Dataset) -> None:
    with pytest.raises(DataError, match=r"Expected a split among Training.* Received: train"):
        small.split("train")


@pytest.mark.parametrize("content", [None, b"", b"PK\x03\x04 cut", "no faces"])
def test_a_missing_or_damaged_file_says_how_to_import(
    content: bytes | str | None, tmp_path: Path
) -> None:
    path = tmp_path / "fer2013.npz"
    if isinstance(content, str):
        np.savez(path, labels=np.zeros(3))
    elif content is not None:
        path.write_bytes(content)
    with pytest.raises(DataError, match=r"fer2013\.npz.*python -m core data import PATH"):
        store.load(path)
