from __future__ import annotations

import io
import re
import zipfile

import cv2
import numpy as np
import pandas as pd
import pytest

from core.batch import retelling
from core.batch.exports import to_csv, to_excel, to_parquet
from core.batch.pipeline import Outcome
from core.batch.retelling import retold
from core.batch.rows import Row, columns
from core.labels import CLASSES
from core.text import in_language

ROW = Row(
    "=1+1.jpg",
    "f" * 64,
    face=0,
    box=(1.0, 2.0, 3.0, 4.0),
    score=0.9,
    found="detected",
    network="net",
    probabilities=dict.fromkeys(CLASSES, 1 / 7),
)
ROWS = [ROW, Row("http://bad.example/x.jpg", error="The file is empty.")]


def test_parquet_has_types_and_nulls() -> None:
    frame = pd.read_parquet(io.BytesIO(to_parquet(ROWS, CLASSES)))
    assert list(frame.columns) == columns(CLASSES)
    assert frame["p_happy"].dtype == "float64"
    assert frame["file"].tolist() == [row.file for row in ROWS]
    assert frame["p_happy"].isna().tolist() == [False, True]
    assert frame["face"].isna().tolist() == [False, True]


def test_csv_and_parquet_hold_the_same_numbers() -> None:
    csv = pd.read_csv(io.BytesIO(to_csv(ROWS, CLASSES)))
    parquet = pd.read_parquet(io.BytesIO(to_parquet(ROWS, CLASSES)))
    numbers = [name for name in columns(CLASSES) if parquet[name].dtype == "float64"]
    pd.testing.assert_frame_equal(csv[numbers], parquet[numbers])


def test_a_workbook_shows_faces_and_runs_nothing() -> None:
    picture = cv2.imencode(".jpg", np.full((64, 64, 3), 99, np.uint8))[1].tobytes()
    outcomes = [Outcome((row.file, None), (row,)) for row in ROWS]
    found = to_excel(
        outcomes, CLASSES, lambda outcome, face: picture if outcome.rows[0] is ROW else None
    )
    with zipfile.ZipFile(io.BytesIO(found)) as book:
        names = book.namelist()
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        texts = book.read("xl/sharedStrings.xml").decode()
    assert sum(name.startswith("xl/media/") for name in names) == 1
    assert "=1+1.jpg" in texts
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
    assert len(re.findall(r"<row ", sheet)) == 3


def test_errors_are_retold_in_the_viewers_language() -> None:
    with in_language("id"):
        assert retold("The file is empty.") != "The file is empty."
        large = retold("The picture is too large. At most 50 megapixels are read.")
        assert "50" in large
        assert "megapixels" not in large
        assert retold("Something else.") == "Something else."
    assert retold("The file is empty.") == "The file is empty."


def test_what_stands_in_a_sentence_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retelling, "_", lambda message: f"<{message}>")
    for sentence in (
        "The file cannot be read: Input/output error.",
        "The video file is cut off. It could be read up to second 12.",
    ):
        assert retold(sentence) == f"<{sentence}>"
