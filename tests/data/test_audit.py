from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.data import audit, store
from core.data.store import Dataset
from core.labels import CLASSES
from tests.data.conftest import make_faces, needs_dataset


def made(
    copies: list[int], labels: list[int] | None = None, splits: list[int] | None = None
) -> Dataset:
    """A dataset whose images are numbered pictures; equal numbers are equal images."""
    faces = make_faces(max(copies) + 1)[copies]
    n = len(copies)
    return Dataset(
        faces, np.array(labels or [0] * n, np.uint8), np.array(splits or [0] * n, np.uint8)
    )


@given(st.lists(st.integers(0, 5), min_size=1, max_size=12))
def test_groups_name_the_first_equal_image(pictures: list[int]) -> None:
    found = audit.groups(made(pictures).faces)
    assert found.tolist() == [pictures.index(picture) for picture in pictures]


def test_one_pixel_makes_an_image_another() -> None:
    faces = make_faces(1)[[0, 0]]
    faces[1, 47, 47] ^= 1
    assert audit.groups(faces).tolist() == [0, 1]


def test_copies_are_counted_within_and_across_splits() -> None:
    #      picture, label, split
    rows = [(0, 0, 0), (0, 0, 0), (0, 1, 1), (1, 2, 1), (1, 2, 2), (1, 2, 2), (2, 3, 2), (3, 4, 0)]
    found = audit.audit(made(*(list(column) for column in zip(*rows, strict=True))))
    assert (found.copies, found.groups) == (4, 2)
    assert found.copies_within == {"Training": 1, "PublicTest": 0, "PrivateTest": 1}
    shared = {(row.split, row.other): row.images for row in found.shared}
    assert shared == {
        ("Training", "PublicTest"): 2,
        ("Training", "PrivateTest"): 0,
        ("PublicTest", "Training"): 1,
        ("PublicTest", "PrivateTest"): 1,
        ("PrivateTest", "Training"): 0,
        ("PrivateTest", "PublicTest"): 2,
    }
    assert (found.conflicting_groups, found.conflicting_images) == (1, 3)


def test_blank_images_are_of_one_grey_level() -> None:
    dataset = made([0, 1, 2, 3], splits=[0, 1, 1, 2])
    dataset.faces[1] = 0
    dataset.faces[2] = 200
    dataset.faces[3] = 7
    dataset.faces[3, 5, 5] = 8
    assert audit.audit(dataset).blank == {"Training": 0, "PublicTest": 2, "PrivateTest": 0}


def test_copies_of_training() -> None:
    dataset = made([0, 1, 2, 0, 3, 2, 4], splits=[0, 0, 1, 2, 2, 2, 2])
    assert audit.copies_of_training(dataset, "PublicTest").tolist() == [False]
    assert audit.copies_of_training(dataset, "PrivateTest").tolist() == [True, False, False, False]


def test_the_summary_of_a_small_dataset(small: Dataset) -> None:
    summary = audit.summarise(small, "a test")
    assert [split.counts for split in summary.splits] == [[8] * 7, [3] * 7, [3] * 7]
    assert [split.agrees for split in summary.splits] == [False] * 3
    training = small.split("Training")
    for place, found in enumerate(summary.per_class):
        faces = training.faces[training.labels == place]
        assert np.abs(found.face - faces.mean(axis=0)).max() <= 0.5
        assert found.brightness.mean == pytest.approx(faces.mean(), abs=0.01)
        assert found.contrast.p5 <= found.contrast.p50 <= found.contrast.p95
    crowd = summary.crowd[0]
    assert (crowd.split, crowd.images) == ("Training", 56)
    assert crowd.agreement == pytest.approx(5 / 7)  # two classes are never seen
    assert crowd.recall == [1, 0, 0, 1, 1, 1, 1]
    assert summary.made.command == "a test"


def test_a_dataset_without_votes_has_no_crowd(small: Dataset) -> None:
    without = Dataset(small.faces, small.labels, small.splits)
    assert audit.summarise(without, "a test").crowd == []


@needs_dataset
def test_the_real_dataset() -> None:
    dataset = store.load()
    summary = audit.summarise(dataset, "a test")
    assert [split.images for split in summary.splits] == [28709, 3589, 3589]
    assert all(split.agrees for split in summary.splits)
    assert summary.classes == list(CLASSES)
    found = summary.audit
    assert 1_700 <= found.copies <= 1_900
    assert 200 <= found.shared_between("PublicTest", "Training") <= 300
    assert 200 <= found.shared_between("PrivateTest", "Training") <= 300
    assert 40 <= found.conflicting_groups <= 60
    assert sum(found.blank.values()) == 12
    copies = audit.copies_of_training(dataset, "PrivateTest")
    assert copies.sum() == found.shared_between("PrivateTest", "Training")
