from __future__ import annotations

import io
import re
import zipfile

import cv2
import numpy as np

from core.batch.pipeline import Outcome
from core.batch.workbook import workbook
from core.labels import CLASSES
from core.rows import Row
from core.text import later

ROW = Row(
    "=1+1.jpg",
    "f" * 64,
    face=1,
    box=(1.0, 2.0, 3.0, 4.0),
    score=0.9,
    found="detected",
    network="net",
    probabilities=dict.fromkeys(CLASSES, 1 / 7),
)
ROWS = [ROW, Row("http://bad.example/x.jpg", error=later("The file is empty."))]


def test_a_workbook_shows_faces_and_runs_nothing() -> None:
    picture = cv2.imencode(".jpg", np.full((64, 64, 3), 99, np.uint8))[1].tobytes()
    outcomes = [Outcome((row.file, None), (row,)) for row in ROWS]
    found = workbook(outcomes, CLASSES, lambda outcome, face: picture if face == 1 else None)
    with zipfile.ZipFile(io.BytesIO(found)) as book:
        names = book.namelist()
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        texts = book.read("xl/sharedStrings.xml").decode()
    assert sum(name.startswith("xl/media/") for name in names) == 1
    assert "=1+1.jpg" in texts
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
    assert len(re.findall(r"<row ", sheet)) == 3
