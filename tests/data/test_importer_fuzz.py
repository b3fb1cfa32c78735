"""Damaged copies of FER-2013 in every form: imported or refused with a sentence."""

from __future__ import annotations

import gzip
import io
import lzma
import tarfile
import warnings
import zipfile
from pathlib import Path

import cv2
import numpy as np
import pytest

from core.data import importer
from core.data.fingerprint import Reference
from core.data.store import Dataset
from core.errors import DataError
from core.labels import CLASSES
from tests import mutations
from tests.data.conftest import csv_rows, csv_text, make_faces

SPLITS = (0, 0, 0, 1, 2, 2)


@pytest.fixture(scope="module")
def tiny() -> Dataset:
    labels = np.arange(len(SPLITS), dtype=np.uint8)
    return Dataset(make_faces(len(SPLITS)), labels, np.array(SPLITS, np.uint8))


@pytest.fixture(scope="module")
def corpus(tiny: Dataset) -> list[bytes]:
    """The same few images as tables, packed tables, and archives of pictures."""
    table = csv_text(csv_rows(tiny)).encode()
    pictures = {
        f"{'train' if split == 0 else 'test'}/{CLASSES[label]}/{place}.{suffix}": cv2.imencode(
            f".{suffix}", face
        )[1].tobytes()
        for suffix in ("jpg", "png")
        for place, (face, label, split) in enumerate(
            zip(tiny.faces, tiny.labels, tiny.splits, strict=True)
        )
    }
    jpegs = {name: data for name, data in pictures.items() if name.endswith("jpg")}
    return [
        table,
        gzip.compress(table),
        lzma.compress(table),
        _zip({"fer2013.csv": table}, zipfile.ZIP_DEFLATED),
        _zip({"fer2013/fer2013.csv": table, "README": b"text"}, zipfile.ZIP_STORED),
        _zip(jpegs, zipfile.ZIP_STORED),
        _zip(dict(set(pictures.items()) - set(jpegs.items())), zipfile.ZIP_DEFLATED),
        _tar({"fer2013/README": b"text", "fer2013/fer2013.csv": table}, "w:gz"),
        _tar(jpegs, "w"),
    ]


def _zip(files: dict[str, bytes], method: int) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name), files[name], method)
    return stream.getvalue()


def _tar(files: dict[str, bytes], mode: str) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(None, mode, stream) as archive:  # type: ignore[call-overload]
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return stream.getvalue()


def test_damaged_datasets_are_imported_or_refused(
    tiny: Dataset, corpus: list[bytes], tmp_path: Path
) -> None:
    reference = Reference.of(tiny)
    file = tmp_path / "fer2013"

    def work(content: bytes) -> None:
        file.write_bytes(content)
        found = importer.import_dataset(file, reference=reference)
        assert found.dataset.faces.shape == tiny.faces.shape

    for content in corpus:
        work(content)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        _taken, refused = mutations.survives(
            mutations.mutated(corpus, mutations.count()), work, DataError
        )
    assert refused > mutations.count() / 4
