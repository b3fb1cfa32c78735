from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.data import store, votes
from core.data.store import VOTE_COLUMNS, Dataset
from core.errors import DataError
from core.labels import BY_NAME
from core.roles import SPLITS
from tests.data.conftest import needs_dataset, write_votes

counts = st.lists(st.integers(0, 10), min_size=10, max_size=10)


def ballot(**given_votes: int) -> np.ndarray:
    return np.array([[given_votes.get(name, 0) for name in VOTE_COLUMNS]], np.uint8)


@pytest.mark.parametrize(
    ("given_votes", "expected"),
    [
        ({"anger": 10}, "angry"),
        ({"happiness": 4, "neutral": 3, "unknown": 3}, "happy"),  # the most is enough
        ({"sadness": 4, "neutral": 4, "NF": 2}, "sad"),  # ties: FER-2013's order
        ({"surprise": 5, "fear": 5}, "fear"),
        ({"disgust": 5, "contempt": 5}, "disgust"),  # an expression before the others
        ({"neutral": 4, "contempt": 6}, None),
        ({"surprise": 2, "unknown": 8}, None),
        ({"NF": 10}, None),
        ({}, None),
    ],
)
def test_majority(given_votes: dict[str, int], expected: str | None) -> None:
    label = BY_NAME[expected].index if expected else -1
    found = votes.majority(ballot(**given_votes))
    assert found.dtype == np.int8
    assert found.tolist() == [label]


@given(counts)
def test_shares_of_the_seven_sum_to_one(row: list[int]) -> None:
    found = votes.distribution(np.array([row], np.uint8))
    expressions = sum(row[:7])  # FER+ has its seven expressions first, contempt after them
    assert found.shape == (1, 7)
    assert found.sum() == pytest.approx(1 if expressions else 0)
    assert found.min() >= 0


@given(counts)
def test_the_majority_has_the_largest_share(row: list[int]) -> None:
    ballots = np.array([row], np.uint8)
    label = votes.majority(ballots)[0]
    if label >= 0:
        share = votes.distribution(ballots)[0]
        assert share[label] == share.max()


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_reading(pack: type[bytes], small: Dataset, tmp_path: Path) -> None:
    path = write_votes(tmp_path / "fer2013new.csv", small)
    path.write_bytes(pack(path.read_bytes()))
    found = votes.read(path, small.splits, small.labels)
    assert found.dtype == np.uint8
    assert (found == small.votes).all()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("contempt", "scorn", "lacks the column contempt. Expected Usage, neutral, happiness"),
        ("PublicTest", "Training", "row 57 does not match the dataset's. Expected Usage Public"),
        (",10,0,", ",11,0,", "row 1: expected ten counts from 0 to 10"),
        (",10,0,", ",-1,0,", "row 1: expected ten counts from 0 to 10"),
        (",10,0,", ",,0,", "row 1: expected ten counts from 0 to 10"),
        ("PublicTest", "Private", "row 57: expected Usage to be one of .* Received: 'Private'"),
        ("fer0000097", "fer0000098", "row 98 names an image that FER\\+ does not have: number 98"),
        (",fer0000097.png,10,0,0,0,0,0,0,0,0,0\r\n", ",f", "breaks off in line 99"),
    ],
)
def test_what_is_wrong_is_said(
    old: str, new: str, message: str, small: Dataset, tmp_path: Path
) -> None:
    path = write_votes(tmp_path / "fer2013new.csv", small)
    text = path.read_bytes().decode()
    assert old in text
    path.write_bytes(text.replace(old, new, 1).encode())
    with pytest.raises(DataError, match=message):
        votes.read(path, small.splits, small.labels)


def changed_votes(path: Path, small: Dataset, change: Callable[[list[str]], list[str]]) -> Path:
    """The votes of `small` with their lines changed, the header left as it is."""
    header, *lines = write_votes(path, small).read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([header, *change(lines)]) + "\n", encoding="utf-8")
    return path


def test_rows_find_their_image_by_name(small: Dataset, tmp_path: Path) -> None:
    path = changed_votes(tmp_path / "votes.csv", small, lambda lines: lines[::-1])
    assert (votes.read(path, small.splits, small.labels) == small.votes).all()


def test_images_without_votes_have_none(small: Dataset, tmp_path: Path) -> None:
    path = changed_votes(tmp_path / "votes.csv", small, lambda lines: lines[3:])
    found = votes.read(path, small.splits, small.labels)
    assert small.votes is not None
    assert (found[3:] == small.votes[3:]).all()
    assert not found[:3].any()
    assert (votes.majority(found[:3]) == -1).all()


def without_names(lines: list[str]) -> list[str]:
    return [re.sub(r"fer\d+\.png", "", line) for line in lines]


def shifted(lines: list[str]) -> list[str]:
    """Every row with the votes of the next one."""
    ahead = [*lines[1:], lines[0]]
    return [
        ",".join([*line.split(",")[:2], *next_.split(",")[2:]])
        for line, next_ in zip(lines, ahead, strict=True)
    ]


def test_without_names_all_rows_count_as_being_in_order(small: Dataset, tmp_path: Path) -> None:
    path = changed_votes(tmp_path / "votes.csv", small, without_names)
    assert (votes.read(path, small.splits, small.labels) == small.votes).all()
    changed_votes(path, small, lambda lines: without_names(lines[1:]))
    with pytest.raises(DataError, match="expected 98 rows, or a column Image name"):
        votes.read(path, small.splits, small.labels)


@pytest.mark.parametrize("names", [list, without_names])
def test_votes_of_other_images_are_refused(
    names: Callable[[list[str]], list[str]], small: Dataset, tmp_path: Path
) -> None:
    path = changed_votes(tmp_path / "votes.csv", small, lambda lines: names(shifted(lines)))
    with pytest.raises(DataError, match=r"votes are those of other images: .* label of \d+% of 98"):
        votes.read(path, small.splits, small.labels)


def test_numbers_of_ferplus_lead_to_rows() -> None:
    """Its file has `fer0035801.png` in the last row, whose number is that of the row less 85."""
    splits = np.zeros(votes.ROWS, np.uint8)
    names = np.array([0, 58, 59, 35_801])
    rows = votes._rows(names, np.zeros(4, np.int64), splits, "votes.csv")
    assert rows.tolist() == [0, 58, 60, 35_886]


def test_too_many_rows(small: Dataset, tmp_path: Path) -> None:
    path = write_votes(tmp_path / "fer2013new.csv", small)
    with pytest.raises(DataError, match=r"expected 97 rows at most. Received: more"):
        votes.read(path, small.splits[:97], small.labels[:97])


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"none\.csv does not exist"):
        votes.read(tmp_path / "none.csv", np.zeros(3, np.uint8), np.zeros(3, np.uint8))


@needs_dataset
def test_the_crowd_as_a_predictor_of_fer_2013() -> None:
    """Measured elsewhere on the same files: 3,519 images, 64.6%, fear 17%, happy 94%."""
    split = store.load().split(SPLITS[2])
    if split.votes is None:
        pytest.skip("FER-2013 is imported without FER+ votes")
    crowd = votes.majority(split.votes)
    asked = crowd >= 0
    right = crowd == split.labels
    assert asked.sum() == 3519
    assert right[asked].mean() == pytest.approx(0.646, abs=5e-4)
    recall = {
        name: right[asked & (split.labels == BY_NAME[name].index)].mean()
        for name in ("fear", "happy")
    }
    assert recall == pytest.approx({"fear": 0.17, "happy": 0.94}, abs=5e-3)
