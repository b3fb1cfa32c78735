"""Other people's files: every form that is understood, every mistake that is named."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.data.supports import SUPPORTS
from core.errors import ResultsError
from core.evaluation import upload
from core.evaluation.metrics import accuracy, balanced_accuracy, macro_f1
from core.labels import CLASSES
from core.schema import PredictionTable
from tests.factories import make_table

PUBLISHED = [
    [308, 3, 34, 20, 49, 9, 44],
    [13, 36, 2, 1, 3, 1, 0],
    [38, 0, 284, 11, 84, 32, 47],
    [11, 0, 10, 797, 12, 15, 50],
    [56, 0, 54, 19, 425, 8, 91],
    [7, 0, 26, 16, 7, 351, 8],
    [31, 0, 21, 39, 78, 9, 429],
]
"""Khaireddin and Chen 2021: accuracy 73.279465%, and by its row sums PublicTest."""

TABLE = make_table(n=140)
NAMES = ",".join(CLASSES)


def matrix_csv(divider: str = ",") -> str:
    return "\n".join(divider.join(map(str, row)) for row in PUBLISHED)


def predictions_csv(
    table: PredictionTable = TABLE,
    image: Callable[[int], str] = str,
    label: Callable[[int], str] = str,
    divider: str = ",",
) -> str:
    lines = [divider.join(upload.COLUMNS)]
    for index, truth, row in zip(table.index, table.label, table.probabilities, strict=True):
        fields = [image(int(index)), label(int(truth)), *(f"{value:.7f}" for value in row)]
        lines.append(divider.join(fields))
    return "\n".join(lines) + "\n"


def test_a_published_matrix_gives_its_published_scores() -> None:
    found = upload.read(matrix_csv().encode(), "khaireddin.csv")
    assert 100 * accuracy(found.matrix) == pytest.approx(73.279465, abs=1e-6)
    assert 100 * macro_f1(found.matrix) == pytest.approx(72.5, abs=0.05)
    assert 100 * balanced_accuracy(found.matrix) == pytest.approx(71.0, abs=0.05)
    assert found.split == "PublicTest", "it was quoted as PrivateTest"
    assert found.badge.verified
    assert (found.title, found.classes, found.table) == ("khaireddin", CLASSES, None)


def named_rows(order: list[int]) -> str:
    head = ["true\\predicted", *(CLASSES[place] for place in order)]
    rows = [[CLASSES[i], *(str(PUBLISHED[i][j]) for j in order)] for i in order]
    return "\n".join(",".join(row) for row in [head, *rows])


@pytest.mark.parametrize(
    "content",
    [
        matrix_csv(";"),
        matrix_csv("\t"),
        matrix_csv().replace("\n", "\r\n") + "\r\n\r\n",  # Windows, with empty lines
        f"{NAMES}\n{matrix_csv()}",  # names above
        f"{NAMES.title()}\n{matrix_csv()}",
        NAMES.replace("angry", "anger").replace("happy", "Happiness") + "\n" + matrix_csv(),
        named_rows(list(range(7))),  # names above and beside
        named_rows([3, 0, 6, 1, 5, 2, 4]),  # in another order
        "\n".join(  # names beside only
            f"{name},{line}"
            for name, line in zip(CLASSES, matrix_csv().splitlines(), strict=True)
        ),
        matrix_csv().replace("308", "308.0"),
        "\ufeff" + matrix_csv(),
    ],
)  # fmt: skip
def test_forms_of_a_matrix(content: str) -> None:
    np.testing.assert_array_equal(upload.read(content.encode(), "m.csv").matrix, PUBLISHED)


def test_utf16_as_spreadsheets_write_it() -> None:
    content = matrix_csv("\t").encode("utf-16")
    np.testing.assert_array_equal(upload.read(content, "m.csv").matrix, PUBLISHED)


def changed(row: int, column: int, value: str) -> str:
    rows = [list(map(str, line)) for line in PUBLISHED]
    rows[row][column] = value
    return "\n".join(",".join(line) for line in rows)


def shares(total: float) -> str:
    return "\n".join(
        ",".join(f"{total * value / sum(row):.4f}" for value in row) for row in PUBLISHED
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "m.csv is empty"),
        ("  \n\n", "m.csv is empty"),
        (",,\n,,", "m.csv is empty"),
        ("hello", "Expected fields divided by commas"),
        (matrix_csv().rsplit("\n", 1)[0], "7 rows of counts. Received: 6 rows"),
        (matrix_csv() + "\n1,2,3,4,5,6,7", "Received: 8 rows"),
        (matrix_csv() + ",5", "Line 7: Expected 7 counts. Received: 8"),
        ("1,2,3\n4,5,6\n7,8,9", "Received: 3 rows"),
        (changed(2, 1, "many"), "Line 3: Expected counts of zero or more. Received: 'many'"),
        (changed(2, 1, ""), "Line 3: .* Received: ''"),
        (changed(4, 0, "-3"), "Line 5: .* Received: '-3'"),
        (changed(4, 0, "nan"), "Line 5: .* Received: 'nan'"),
        (changed(4, 0, "inf"), "Line 5: .* Received: 'inf'"),
        (changed(4, 0, "1e12"), "Line 5: .* Received: '1e12'"),
        (changed(4, 0, "2.5"), "whole numbers of images. Received: 2.5"),
        (shares(1), "The rows add up to 1: these are shares"),
        (shares(100), "The rows add up to 100%: these are shares"),
        ("\n".join(["0,0,0,0,0,0,0"] * 7), "only zeros"),
        ("\n".join(",".join(map(str, row)) for row in zip(*PUBLISHED, strict=True)),
         "exchange rows and columns"),
        (f"{NAMES.replace('sad', 'contempt')}\n{matrix_csv()}",
         "line 1: Expected class names among .* Received: 'contempt'"),
        (f"{NAMES.replace('sad', 'happy')}\n{matrix_csv()}", "line 1: the class happy .* twice"),
        (f"{NAMES.rsplit(',', 1)[0]}\n{matrix_csv()}",
         "line 1: Expected 7 class names. Received: 6"),
        (named_rows(list(range(7))).replace("sad,56", "joy,56"), "first column: .* 'joy'"),
        ('a,"b\n', "Expected class names"),
    ],
)  # fmt: skip
def test_mistakes_in_a_matrix(content: str, message: str) -> None:
    with pytest.raises(ResultsError, match=message):
        upload.read(content.encode(), "m.csv")


@pytest.mark.parametrize(
    "content",
    [b"\x89PNG\r\n\x1a\n\x00\x00", b"PK\x03\x04\xff\xfe\xfa", b"\xff\xfe\x00"],
)
def test_a_file_that_is_no_text(content: bytes) -> None:
    with pytest.raises(ResultsError, match=r"m\.csv is no text file"):
        upload.read(content, "m.csv")


def test_files_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload, "ROWS", 5)
    with pytest.raises(ResultsError, match=r"at most 5 lines\. Received: 7"):
        upload.read(matrix_csv().encode(), "m.csv")
    monkeypatch.setattr(upload, "LIMIT", 20)
    with pytest.raises(ResultsError, match="Expected at most 0 MB"):
        upload.read(matrix_csv().encode(), "m.csv")


KNOWN = {"PublicTest": make_table("PublicTest", n=140), "PrivateTest": TABLE}


@pytest.mark.parametrize(
    "content",
    [
        predictions_csv(),
        predictions_csv(image=lambda row: f"img_{row}.png"),  # by file name, in the split's order
        predictions_csv(image=lambda row: str(row - int(TABLE.index[0]))),  # counted from 0
        predictions_csv(label=lambda label: CLASSES[label]),
        predictions_csv(divider=";").replace(".", ","),  # a spreadsheet with decimal commas
        predictions_csv(divider="\t"),
    ],
)
def test_predictions_find_their_images(content: str) -> None:
    found = upload.read(content.encode(), "p.csv", KNOWN)
    assert found.located
    assert found.split == "PrivateTest"
    assert found.table is not None
    np.testing.assert_array_equal(found.table.index, TABLE.index)
    np.testing.assert_array_equal(found.table.label, TABLE.label)
    np.testing.assert_allclose(found.table.probabilities, TABLE.probabilities, atol=1e-6)


def test_some_images_by_row() -> None:
    lines = predictions_csv().splitlines()
    found = upload.read("\n".join([lines[0], *reversed(lines[20:60])]).encode(), "p.csv", KNOWN)
    assert found.located
    assert found.table is not None
    np.testing.assert_array_equal(found.table.index, TABLE.index[19:59][::-1])


def test_labels_that_disagree_are_not_joined() -> None:
    content = predictions_csv(label=lambda label: str((label + 1) % 7))
    found = upload.read(content.encode(), "p.csv", KNOWN)
    assert not found.located
    assert found.table is not None
    assert (found.table.index < 0).all(), "no image of FER-2013 has such a row"
    assert not upload.read(predictions_csv().encode(), "p.csv").located


def test_columns_in_any_order_and_more_of_them() -> None:
    lines = [line.split(",") for line in predictions_csv().splitlines()]
    moved = "\n".join(",".join([*reversed(line), "note"]) for line in lines)
    found = upload.read(moved.encode(), "p.csv", KNOWN)
    assert found.table is not None
    np.testing.assert_array_equal(found.table.label, TABLE.label)


HEAD = ",".join(upload.COLUMNS)
GOOD = "7,3,0,0,0,1,0,0,0"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (f"{HEAD}\n", "only the header"),
        (f"{HEAD[:-3]}\n{GOOD}", "Line 1: Expected the columns .* Missing: p6"),
        (HEAD.replace("label", "emotion") + f"\n{GOOD}", "Missing: label"),
        (f"{HEAD},p0\n{GOOD},0", "Line 1: the column p0 stands there twice"),
        (f"{HEAD}\n{GOOD},1", "Line 2: Expected 9 fields. Received: 10"),
        (f"{HEAD}\n{GOOD}\n8,3,0,0", "Line 3: Expected 9 fields. Received: 4"),
        (f"{HEAD}\n{GOOD}\n\n{GOOD}", "Line 4: the image '7' stood in line 2 already"),
        (f"{HEAD}\n{GOOD}".replace("7,3,", "7,9,"), "Line 2: label: .* Received: '9'"),
        (f"{HEAD}\n{GOOD}".replace("7,3,", "7,joy,"), "Line 2: label: .* Received: 'joy'"),
        (f"{HEAD}\n{GOOD}".replace("7,3,", "7,,"), "Line 2: label: .* Received: ''"),
        (f"{HEAD}\n7,3,0,0,0,high,0,0,0", "Line 2: p3: .* Received: 'high'"),
        (f"{HEAD}\n7,3,0,0,0,nan,0,0,0", "Line 2: p3: .* Received: 'nan'"),
        (f"{HEAD}\n7,3,-2.1,0,0,4.5,0,0,0", "Line 2: p0: Expected a probability"),  # logits
        (f"{HEAD}\n7,3,0,0,0,100,0,0,0", "Line 2: p3: Expected a probability"),  # percent
        (f"{HEAD}\n7,3,0,0,0,.5,0,0,0", "Line 2: .* add up to 1. Received: 0.500"),
        (f"{HEAD}\n7,3,0.5,0,0,1,0,0,0", "Line 2: .* add up to 1. Received: 1.500"),
    ],
)
def test_mistakes_in_predictions(content: str, message: str) -> None:
    with pytest.raises(ResultsError, match=message):
        upload.read(content.encode(), "p.csv", KNOWN)


text = st.text("0123456789,;.\n-ep\"'", max_size=300).map(str.encode)


@given(st.binary(max_size=300) | text)
@example(b"\x1c")  # white space to text, not to bytes
def test_any_bytes_give_a_result_or_a_readable_error(content: bytes) -> None:
    with suppress(ResultsError):
        assert upload.read(content, "x.csv").matrix.shape == (7, 7)


def test_supports_of_both_splits_are_told_apart() -> None:
    rows = np.diag(SUPPORTS["PrivateTest"]).tolist()
    content = "\n".join(",".join(map(str, row)) for row in rows)
    assert upload.read(content.encode(), "m.csv").split == "PrivateTest"
