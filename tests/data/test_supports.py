"""Known supports tell a matrix's split."""

from __future__ import annotations

import numpy as np
import pytest

from core.data import store
from core.data.supports import SUPPORTS, recognise, support
from core.labels import CLASSES
from core.roles import SPLITS

real_data = pytest.mark.skipif(not store.is_available(), reason="FER-2013 is not imported")


def test_the_test_folder_is_both_test_splits_together() -> None:
    both = np.add(SUPPORTS["PublicTest"], SUPPORTS["PrivateTest"])
    assert tuple(both) == SUPPORTS["test"]
    assert sum(SUPPORTS["Training"]) + sum(both) == 35_887


def test_supports_follow_the_given_classes() -> None:
    assert support("PublicTest", ["surprise", "angry"]) == (415, 467)


@real_data
@pytest.mark.parametrize("split", SPLITS)
def test_the_imported_data_is_recognised(split: str) -> None:
    assert recognise(np.bincount(store.load().split(split).labels, minlength=7)) == split


@pytest.mark.parametrize(
    ("row_sums", "classes", "split"),
    [
        ([491, 594, 416], ["angry", "sad", "surprise"], "PrivateTest"),
        ([416, 594, 491], ["surprise", "sad", "angry"], "PrivateTest"),  # any order
        ([491, 55, 528, 879, 594, 415, 627], list(CLASSES), "PrivateTest"),  # a label or so off
        ([491, 55, 528, 879, 594, 410, 632], list(CLASSES), None),  # more than that
        ([55], ["disgust"], "PrivateTest"),  # 56 is PublicTest
        ([491, 594], ["angry", "contempt"], None),
        ([491], list(CLASSES), None),
        ([], [], None),
    ],
)
def test_recognising_row_sums(row_sums: list[int], classes: list[str], split: str | None) -> None:
    assert recognise(row_sums, classes) == split
