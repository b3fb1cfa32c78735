from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from core.data.fingerprint import Reference
from core.data.importer import import_dataset
from core.data.store import Dataset
from core.data.vocabularies import ORDERS, Order
from core.errors import DataError
from core.labels import CLASSES
from tests.data.conftest import csv_rows, csv_text, make_faces, write_images, write_votes


def largest_change(found: Dataset, expected: Dataset) -> int:
    """The largest difference of two rows' mean grey levels; JPEG changes it by less than 1."""
    return int(
        np.abs(found.faces.mean((1, 2)) - expected.faces.mean((1, 2), dtype=np.float64)).max()
    )


def test_a_table_in_order(small: Dataset, reference: Reference, csv_file: Path) -> None:
    imported = import_dataset(csv_file, reference=reference)
    assert imported.placement.in_order
    assert (imported.dataset.faces == small.faces).all()
    assert (imported.dataset.labels == small.labels).all()
    assert (imported.dataset.splits == small.splits).all()
    assert imported.dataset.votes is None


def test_a_table_in_another_order(small: Dataset, reference: Reference, tmp_path: Path) -> None:
    rows = csv_rows(small)
    random.Random(4).shuffle(rows)
    path = tmp_path / "shuffled.csv"
    path.write_text(csv_text(rows))
    imported = import_dataset(path, reference=reference)
    assert not imported.placement.in_order
    assert imported.placement.matched == len(rows)
    assert (imported.dataset.faces == small.faces).all()
    assert (imported.dataset.labels == small.labels).all()


def test_jpeg_files_get_the_order_of_the_table(
    small: Dataset, reference: Reference, tmp_path: Path
) -> None:
    imported = import_dataset(write_images(tmp_path, small), reference=reference)
    assert imported.placement.matched == len(small.labels)
    assert largest_change(imported.dataset, small) == 0
    assert (imported.dataset.labels == small.labels).all()
    assert (imported.dataset.splits == small.splits).all()


def test_jpeg_files_whose_names_say_no_split(
    small: Dataset, reference: Reference, tmp_path: Path
) -> None:
    folder = write_images(tmp_path, small, lambda row, split: f"im{(row * 7919) % 9973}.jpg")
    imported = import_dataset(folder, reference=reference)
    assert imported.placement.matched == len(small.labels)
    assert largest_change(imported.dataset, small) == 0
    assert (imported.dataset.splits == small.splits).all()


def test_votes_keep_the_order_of_the_table(
    small: Dataset, reference: Reference, tmp_path: Path
) -> None:
    votes = write_votes(tmp_path / "fer2013new.csv", small)
    folder = write_images(tmp_path / "faces", small)
    found = import_dataset(folder, votes, reference).dataset
    assert found.votes is not None
    assert (found.votes == small.votes).all()


def test_progress_counts_images(csv_file: Path, reference: Reference) -> None:
    seen: list[int] = []
    import_dataset(csv_file, reference=reference, progress=seen.append)
    assert seen == list(range(1, len(reference) + 1))


@pytest.mark.parametrize(
    ("keep", "message"),
    [
        (lambda row: row["Usage"] != "PrivateTest", "PrivateTest 21 images. Received: .*Test 0"),
        (lambda row: row["Usage"] == "Training", "Received: Training 56, PublicTest 0"),
        (lambda row: row["emotion"] != "3", "Received: Training 48, PublicTest 18"),
        (lambda row: False, "Received: Training 0"),
    ],
)
def test_missing_images_are_counted(
    keep: Callable[[dict[str, str]], bool],
    message: str,
    small: Dataset,
    reference: Reference,
    tmp_path: Path,
) -> None:
    path = tmp_path / "fer2013.csv"
    path.write_text(csv_text([row for row in csv_rows(small) if keep(row)]))
    with pytest.raises(
        DataError, match=f"is not all of FER-2013. Expected Training 56, .*{message}"
    ):
        import_dataset(path, reference=reference)


def test_a_folder_without_some_files(small: Dataset, reference: Reference, tmp_path: Path) -> None:
    folder = write_images(tmp_path, small, lambda row, split: f"{row}.jpg")
    next(folder.rglob("*.jpg")).unlink()
    with pytest.raises(DataError, match=r"Expected 98 images \(Training 56.*Received: 97"):
        import_dataset(folder, reference=reference)


def test_more_than_the_dataset(small: Dataset, reference: Reference, tmp_path: Path) -> None:
    path = tmp_path / "fer2013.csv"
    path.write_text(csv_text(csv_rows(small) * 2))
    with pytest.raises(DataError, match=r"holds more than FER-2013. Expected 98 images"):
        import_dataset(path, reference=reference)


def test_another_dataset(small: Dataset, reference: Reference, tmp_path: Path) -> None:
    other = Dataset(make_faces(len(small.labels), 99), small.labels, small.splits)
    path = tmp_path / "fer2013.csv"
    path.write_text(csv_text(csv_rows(other)))
    with pytest.raises(DataError, match=r"is not FER-2013: .* images are known. Expected .* 90%"):
        import_dataset(path, reference=reference)


def test_the_votes_of_other_rows(
    small: Dataset, reference: Reference, csv_file: Path, tmp_path: Path
) -> None:
    turned = Dataset(small.faces, small.labels, small.splits[::-1], small.votes)
    votes = write_votes(tmp_path / "votes.csv", turned)
    with pytest.raises(DataError, match=r"row 1 does not match the dataset's. Expected Usage Tr"):
        import_dataset(csv_file, votes, reference)


def renumbered(small: Dataset, order: Order) -> list[dict[str, str]]:
    """The rows of `small` with its labels in another order."""
    rows = csv_rows(small)
    for row in rows:
        row["emotion"] = str(order.classes.index(CLASSES[int(row["emotion"])]) + order.start)
    return rows


@pytest.mark.parametrize("name", ["alphabetical", "affectnet", "ferplus"])
def test_labels_in_another_order_are_not_taken_on_trust(
    name: str, small: Dataset, reference: Reference, tmp_path: Path
) -> None:
    path = tmp_path / "fer2013.csv"
    path.write_text(csv_text(renumbered(small, ORDERS[name])))
    with pytest.raises(DataError, match=f"another label than in FER-2013.*--order {name}"):
        import_dataset(path, reference=reference)
    imported = import_dataset(path, reference=reference, order=ORDERS[name])
    assert (imported.dataset.labels == small.labels).all()


def test_numbers_from_one_are_out_of_range_until_their_order_is_said(
    small: Dataset, reference: Reference, tmp_path: Path
) -> None:
    path = tmp_path / "fer2013.csv"
    path.write_text(csv_text(renumbered(small, ORDERS["rafdb"])))
    with pytest.raises(DataError, match=r"expected an emotion from 0 to 6\. Received: '7'"):
        import_dataset(path, reference=reference)
    imported = import_dataset(path, reference=reference, order=ORDERS["rafdb"])
    assert (imported.dataset.labels == small.labels).all()


def test_labels_of_no_known_order_are_refused(
    small: Dataset, reference: Reference, tmp_path: Path
) -> None:
    rows = csv_rows(small)
    for row in rows[:20]:
        row["emotion"] = "3"
    path = tmp_path / "fer2013.csv"
    path.write_text(csv_text(rows))
    with pytest.raises(DataError, match=r"another label than in FER-2013\. Expected FER-2013"):
        import_dataset(path, reference=reference)
