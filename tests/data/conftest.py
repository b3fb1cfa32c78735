"""A dataset in miniature, with all that is awkward in FER-2013, and the files it comes in."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from core.data import store
from core.data.fingerprint import Reference
from core.labels import CLASSES
from core.roles import SPLITS

CROWD = ("anger", "neutral", "neutral", "happiness", "sadness", "surprise", "neutral")
"""What the crowd of `small` sees in each class: disgust and fear never."""

PER_CLASS = {"Training": 8, "PublicTest": 3, "PrivateTest": 3}

needs_dataset = pytest.mark.skipif(
    not store.is_available(), reason="FER-2013 is not imported (FER_DATA)"
)


def make_faces(n: int, seed: int = 0) -> np.ndarray:
    """Smooth random pictures: uint8 (n, 48, 48), all different."""
    coarse = np.random.default_rng(seed).uniform(0, 255, (n, 9, 9)).astype(np.float32)
    large = [cv2.resize(face, (48, 48), interpolation=cv2.INTER_CUBIC) for face in coarse]
    return np.clip(np.rint(large), 0, 255).astype(np.uint8)


@pytest.fixture(scope="session")
def small() -> store.Dataset:
    """Every class in every split; rows 1 and 0, 56 and 0 equal; row 7 blank."""
    labels = np.concatenate(
        [np.tile(np.arange(len(CLASSES), dtype=np.uint8), n) for n in PER_CLASS.values()]
    )
    splits = np.repeat(np.arange(3, dtype=np.uint8), [len(CLASSES) * n for n in PER_CLASS.values()])
    faces = make_faces(len(labels))
    faces[1] = faces[0]
    faces[56] = faces[0]
    faces[7] = 0
    votes = np.zeros((len(labels), 10), np.uint8)
    columns = [store.VOTE_COLUMNS.index(name) for name in CROWD]
    votes[np.arange(len(labels)), np.array(columns)[labels]] = 10
    return store.Dataset(faces, labels, splits, votes)


@pytest.fixture(scope="session")
def reference(small: store.Dataset) -> Reference:
    """The fingerprints of `small`."""
    return Reference.of(small)


def csv_rows(dataset: store.Dataset) -> list[dict[str, str]]:
    """The dataset as rows of `fer2013.csv`."""
    return [
        {
            "emotion": str(label),
            "pixels": " ".join(map(str, face.ravel())),
            "Usage": SPLITS[split],
        }
        for face, label, split in zip(dataset.faces, dataset.labels, dataset.splits, strict=True)
    ]


def csv_text(rows: list[dict[str, str]], columns: dict[str, str] | None = None) -> str:
    """Rows as CSV; `columns` maps header titles to keys, in order."""
    columns = columns or {"emotion": "emotion", "pixels": "pixels", "Usage": "Usage"}
    lines = [",".join(columns)]
    lines += [",".join(row[key] for key in columns.values()) for row in rows]
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="session")
def csv_file(small: store.Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`small` as fer2013.csv."""
    path = tmp_path_factory.mktemp("csv") / "fer2013.csv"
    path.write_text(csv_text(csv_rows(small)), encoding="utf-8")
    return path


def write_votes(path: Path, dataset: store.Dataset) -> Path:
    """The dataset's votes as FER+ has them."""
    assert dataset.votes is not None
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["Usage", "Image name", *store.VOTE_COLUMNS])
        for number, (split, votes) in enumerate(zip(dataset.splits, dataset.votes, strict=True)):
            writer.writerow([SPLITS[split], f"fer{number:07}.png", *votes])
    return path


def write_images(
    folder: Path,
    dataset: store.Dataset,
    name: Callable[[int, str], str] = lambda row, split: f"{split}_{(row * 7919) % 9973}.jpg",
) -> Path:
    """The dataset as Kaggle's folder of JPEG files, named so that their order is another."""
    for row, (face, label, split) in enumerate(
        zip(dataset.faces, dataset.labels, dataset.splits, strict=True)
    ):
        part = "train" if split == 0 else "test"
        file = folder / part / CLASSES[label] / name(row, SPLITS[split])
        file.parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(file), face, [cv2.IMWRITE_JPEG_QUALITY, 90])
    return folder
