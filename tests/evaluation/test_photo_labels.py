from __future__ import annotations

import numpy as np
import pytest

from core.data.vocabularies import ORDERS
from core.errors import FerLabError
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
    assert labels_of([name], {}).by_file == ({name: label} if label else {})


@pytest.mark.parametrize(
    "content",
    [
        "file,label\na.jpg,Anger\nb.jpg,sad\n",
        "\ufeffemotion;filename\nANGRY;a.jpg\nsadness;b.jpg\n\n",
        "id\tpath\texpression\n1\ta.jpg\tangry\n2\tb.jpg\tsad\n",
    ],
)
def test_labels_are_read_from_tables(content: str) -> None:
    table = read_labels(content.encode(), "l.csv")
    assert labels_of(["a.jpg", "b.jpg"], table).by_file == {"a.jpg": "angry", "b.jpg": "sad"}


@pytest.mark.parametrize("encoding", ["utf-16", "cp1252", "utf-8-sig"])
def test_tables_of_labels_in_any_encoding(encoding: str) -> None:
    content = "file;label\r\nm\u00fcde.jpg;sedih\r\n".encode(encoding)
    table = read_labels(content, "l.csv")
    assert labels_of(["m\u00fcde.jpg"], table).by_file == {"m\u00fcde.jpg": "sad"}


def test_the_list_of_raf_db() -> None:
    table = read_labels(b"train_1.jpg 5\ntrain_2.jpg 7\ntrain_3.jpg 1\n", "list.txt")
    found = labels_of(["train_1.jpg", "train_2.jpg", "train_3.jpg"], table)
    assert found.order is ORDERS["rafdb"]
    assert list(found.by_file.values()) == ["sad", "neutral", "surprise"]


def test_numbered_folders_are_read_by_what_fits_and_may_be_changed() -> None:
    names = [f"test/{number}/{place}.jpg" for number in range(1, 8) for place in range(2)]
    found = labels_of(names, {})
    assert found.order is ORDERS["rafdb"]
    assert found.by_file["test/1/0.jpg"] == "surprise"
    assert {order.id for order in found.orders} >= {"rafdb", "affectnet", "ckplus"}
    other = labels_of(names, {}, "affectnet")
    assert other.order is ORDERS["affectnet"]
    assert other.by_file["test/1/0.jpg"] == "happy"
    assert other.left_out == {"contempt": 2}


@pytest.mark.parametrize("names", [["a/1/x.jpg", "a/2/y.jpg"], ["1/x.jpg", "2/x.jpg", "999/x.jpg"]])
def test_numbers_that_are_no_classes(names: list[str]) -> None:
    assert not labels_of(names, {}).by_file


def test_words_come_before_numbers() -> None:
    names = ["1/happy.jpg", "2/sad.jpg", "3/x.jpg", "4/y.jpg"]
    found = labels_of(names, {})
    assert found.by_file == {"1/happy.jpg": "happy", "2/sad.jpg": "sad"}
    assert found.order is None


def test_folders_left_out_are_counted_and_slips_mended() -> None:
    names = ["a/happy/1.jpg", "a/suprise/1.jpg", "a/suprise/2.jpg", "a/contempt/1.jpg"]
    found = labels_of(names, {})
    assert found.left_out == {"suprise": 2, "contempt": 1}
    mended = labels_of(names, {}, corrections={"suprise": "surprise"})
    assert mended.by_file["a/suprise/2.jpg"] == "surprise"
    assert mended.left_out == {"contempt": 1}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "l.csv is empty"),
        (b"x,y\n1,2\n", "Expected a header"),
        (
            b"file,label\na.jpg,bored\n",
            "line 2, column 2: Expected one of angry.*Received: 'bored'",
        ),
        (b"file,label\na.jpg,suprise\n", "Did you mean surprise"),
        (b"file,label\na.jpg\n", "Received: an empty cell"),
        (b"file,label\n\0,x", "no text file"),
    ],
)
def test_other_tables_are_refused(content: bytes, message: str) -> None:
    with pytest.raises(FerLabError, match=message):
        read_labels(content, "l.csv")


def test_a_table_comes_before_names_and_may_leave_folders_out() -> None:
    table = {"1.jpg": "fear", "sad/2.jpg": "happy"}
    names = ["angry/1.jpg", "sad/2.jpg", "sad/3.jpg", "x.jpg"]
    assert labels_of(names, table).by_file == {
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
