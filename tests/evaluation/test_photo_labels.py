from __future__ import annotations

import numpy as np
import pytest

from core.errors import ResultsError
from core.evaluation.photo_labels import labels_of, measure, read_labels
from core.labels import CLASSES


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("angry/1.jpg", "angry"),
        ("test.zip/Happiness/deep/1.jpg", "happy"),
        ("sad/angry/1.jpg", "angry"),  # the folder next to the file
        ("happy_003.png", "happy"),
        ("Sad 2.jpg", "sad"),
        ("fear.webp", "fear"),
        ("sadness-x/happy1.jpg", "happy"),
        ("unhappy.jpg", None),
        ("happyness.jpg", None),
        ("photos/1.jpg", None),
        ("", None),
    ],
)
def test_names_carry_labels(name: str, label: str | None) -> None:
    assert labels_of([name], {}) == ({name: label} if label else {})


@pytest.mark.parametrize(
    "content",
    [
        "file,label\na.jpg,Anger\nb.jpg,sad\n",
        "\ufeffemotion;filename\nANGRY;a.jpg\nsadness;b.jpg\n\n",
        "id\tpath\texpression\n1\ta.jpg\tangry\n2\tb.jpg\tsad\n",
    ],
)
def test_labels_are_read_from_tables(content: str) -> None:
    assert read_labels(content.encode(), "l.csv") == {"a.jpg": "angry", "b.jpg": "sad"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "Expected a header"),
        (b"x,y\n1,2\n", "Expected a header"),
        (b"file,label\na.jpg,bored\n", "line 2: Expected one of angry.*Received: bored"),
        (b"file,label\na.jpg\n", "Received: –"),
        (b"\xff\xfe\x00\x81", "no text file"),
    ],
)
def test_other_tables_are_refused(content: bytes, message: str) -> None:
    with pytest.raises(ResultsError, match=message):
        read_labels(content, "l.csv")


def test_a_table_comes_before_names_and_may_leave_folders_out() -> None:
    table = {"1.jpg": "fear", "sad/2.jpg": "happy"}
    names = ["angry/1.jpg", "sad/2.jpg", "sad/3.jpg", "x.jpg"]
    assert labels_of(names, table) == {
        "angry/1.jpg": "fear",
        "sad/2.jpg": "happy",
        "sad/3.jpg": "sad",
    }


def test_a_network_is_measured_on_the_classes_it_knows() -> None:
    probabilities = np.array([[0.8, 0.2], [0.6, 0.4], [0.1, 0.9], [0.5, 0.5]])
    found = measure("mine", ("happy", "sad"), ["happy", "sad", "sad", "fear"], probabilities)
    assert found is not None
    assert found.matrix.tolist() == [[1, 0], [1, 1]]
    assert found.table is not None
    assert found.table.label.tolist() == [0, 1, 1]
    assert measure("mine", CLASSES[:2], ["sad"], np.array([[1.0, 0.0]])) is None
