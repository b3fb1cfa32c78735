from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.data import store
from core.data.fingerprint import BITS, Reference, distances, fingerprints
from core.data.matching import TOLERANCE
from core.errors import DataError
from tests.data.conftest import make_faces, needs_dataset


def test_a_fingerprint_is_the_same_everywhere() -> None:
    rows, columns = np.mgrid[:48, :48]
    face = ((rows * 5 + columns * columns // 9) % 256).astype(np.uint8)
    assert fingerprints(face[None])[0].tolist() == [
        8891620898140600320,
        6371840086804087314,
    ]


def through_jpeg(face: np.ndarray, quality: int) -> np.ndarray:
    packed = cv2.imencode(".jpg", face, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE))


@pytest.mark.parametrize("quality", [95, 75])
def test_jpeg_changes_less_than_the_tolerance(quality: int) -> None:
    faces = make_faces(40)
    copies = np.stack([through_jpeg(face, quality) for face in faces])
    apart = distances(fingerprints(copies), fingerprints(faces))
    assert apart.diagonal().max() <= TOLERANCE
    assert (apart + BITS * np.eye(40, dtype=int)).min() > TOLERANCE


@given(st.lists(st.integers(0, 2**64 - 1), min_size=4, max_size=4))
def test_distance_is_a_count_of_bits(words: list[int]) -> None:
    a, b = np.array(words[:2], np.uint64)[None], np.array(words[2:], np.uint64)[None]
    expected = sum((x ^ y).bit_count() for x, y in zip(words[:2], words[2:], strict=True))
    assert distances(a, b)[0, 0] == distances(b, a)[0, 0] == expected
    assert distances(a, a)[0, 0] == 0


def test_fingerprints_do_not_depend_on_the_batch() -> None:
    faces = make_faces(5)
    alone = np.concatenate([fingerprints(face[None]) for face in faces])
    assert (alone == fingerprints(faces)).all()


def test_a_reference_survives_writing(reference: Reference, tmp_path: Path) -> None:
    first, second = tmp_path / "a.npz", tmp_path / "b.npz"
    reference.write(first)
    reference.write(second)
    again = Reference.read(first)
    assert first.read_bytes() == second.read_bytes()
    assert (again.prints == reference.prints).all()
    assert again.sizes == (56, 21, 21)


@pytest.mark.parametrize("content", [None, b"", b"PK\x03\x04 cut off"])
def test_a_damaged_reference_is_named(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "fingerprints.npz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DataError, match=r"fingerprints\.npz is missing or damaged"):
        Reference.read(path)


def test_the_project_carries_every_row_and_no_pixels() -> None:
    reference = Reference.read()
    assert reference.sizes == (28709, 3589, 3589)
    assert reference.prints.nbytes == 35887 * BITS // 8


@needs_dataset
def test_the_carried_reference_is_that_of_the_dataset() -> None:
    found, carried = Reference.of(store.load()), Reference.read()
    assert (found.prints == carried.prints).all()
    assert (found.labels == carried.labels).all()
    assert (found.splits == carried.splits).all()
