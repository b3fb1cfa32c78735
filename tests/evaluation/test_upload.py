"""Other people's files: every form that is understood, every mistake that is named."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.data import tables
from core.data.store import VOTE_COLUMNS
from core.data.supports import SUPPORTS
from core.data.vocabularies import ORDERS
from core.errors import FerLabError
from core.evaluation import upload
from core.evaluation.class_order import OrderError
from core.evaluation.metrics import accuracy, balanced_accuracy, macro_f1
from core.labels import CLASSES
from core.rows import Row, csv_text
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
COLUMNS = ("image", "label", *(f"p{place}" for place in range(len(CLASSES))))


def matrix_csv(divider: str = ",") -> str:
    return "\n".join(divider.join(map(str, row)) for row in PUBLISHED)


def predictions_csv(
    table: PredictionTable = TABLE,
    image: Callable[[int], str] = str,
    label: Callable[[int], str] = str,
    divider: str = ",",
) -> str:
    lines = [divider.join(COLUMNS)]
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
        (changed(2, 1, "many"), "Line 3, column 2: Expected counts .* Received: 'many'"),
        (changed(2, 1, ""), "Line 3, column 2: .* Received: an empty cell"),
        (changed(4, 0, "-3"), "Line 5, column 1: .* Received: '-3'"),
        (changed(4, 0, "nan"), "Line 5, column 1: .* Received: 'nan'"),
        (changed(4, 0, "inf"), "Line 5, column 1: .* Received: 'inf'"),
        (changed(4, 0, "1e12"), "Line 5, column 1: .* Received: '1e12'"),
        (changed(4, 0, "2.5"), "whole numbers of images. Received: 2.5"),
        (shares(1), "The rows add up to 1: these are shares"),
        (shares(100), "The rows add up to 100: these are shares"),
        ("\n".join(["0,0,0,0,0,0,0"] * 7), "only zeros"),
        ("\n".join(",".join(map(str, row)) for row in zip(*PUBLISHED, strict=True)),
         "exchange rows and columns"),
        (f"{NAMES.replace('sad', 'bored')}\n{matrix_csv()}",
         "line 1, name 5: Expected class names among .* Received: 'bored'"),
        (f"{NAMES.replace('surprise', 'suprise')}\n{matrix_csv()}", "Did you mean surprise"),
        (f"{NAMES.replace('sad', 'happy')}\n{matrix_csv()}", "the class happy appears twice"),
        (f"{NAMES.rsplit(',', 1)[0]}\n{matrix_csv()}",
         "Line 1: Expected 7 class names. Received: 6"),
        (named_rows(list(range(7))).replace("sad,56", "bored,56"), "column, name 5: .* 'bored'"),
        ('a,"b\n', "Received: 0 rows"),
    ],
)  # fmt: skip
def test_mistakes_in_a_matrix(content: str, message: str) -> None:
    with pytest.raises(FerLabError, match=message):
        upload.read(content.encode(), "m.csv")


@pytest.mark.parametrize(
    "content",
    [b"\x89PNG\r\n\x1a\n\x00\x00", b"PK\x03\x04\xff\xfe\xfa", b"1,2\0\1,3"],
)
def test_a_file_that_is_no_text(content: bytes) -> None:
    with pytest.raises(FerLabError, match=r"m\.csv is .*no text file"):
        upload.read(content, "m.csv")


def test_files_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "ROWS", 5)
    with pytest.raises(FerLabError, match=r"at most 5 lines"):
        upload.read(matrix_csv().encode(), "m.csv")
    monkeypatch.setattr(tables, "LIMIT", 20)
    with pytest.raises(FerLabError, match="Expected at most 0 MB"):
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


HEAD = ",".join(COLUMNS)
GOOD = "7,3,0,0,0,1,0,0,0"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (f"{HEAD}\n", "only the header"),
        (f"{HEAD[:-3]}\n{GOOD[:-2]}", "Expected the columns p0 to p6 .* Received: 6 columns"),
        (f"{HEAD}\n{GOOD}".replace("p3", "x"), "Line 1: Expected the columns .* Missing: p3"),
        (f"{HEAD}\n{GOOD}".replace("label", "mood"), "Expected true classes: a column such as"),
        ("a,b,c\n1,x,2\n" * 20, "Line 1: Expected a column of predicted classes"),
        ("mood,p_sad,p_happy\n1,0,1\n", "Line 1: Expected a column of true classes"),
        (f"{HEAD},p0\n{GOOD},0", "Line 1: the column p0 appears twice"),
        (f"{HEAD}\n{GOOD},1", "Line 2: Expected 9 fields. Received: 10"),
        (f"{HEAD}\n{GOOD}\n8,3,0,0", "Line 3: Expected 9 fields. Received: 4"),
        (f"{HEAD}\n{GOOD}\n\n{GOOD}", "Line 4: the image '7' appeared in line 2 already"),
        (f"{HEAD}\n{GOOD}".replace("7,3,", "7,9,"), "Line 2: label: .* Received: '9'"),
        (f"{HEAD}\n{GOOD}".replace("7,3,", "7,bored,"), "Line 2: label: .* Received: 'bored'"),
        (f"{HEAD}\n{GOOD}".replace("7,3,", "7,,"), "Line 2: label: .* Received: an empty cell"),
        (f"{HEAD}\n7,3,0,0,0,high,0,0,0", "Line 2: p3: .* Received: 'high'"),
        (f"{HEAD}\n7,3,0,0,0,nan,0,0,0", "Line 2: p3: .* Received: 'nan'"),
        (f"{HEAD}\n7,3,-2.1,0,0,4.5,0,0,0", "Line 2: p0: Expected a probability"),  # logits
        (f"{HEAD}\n7,3,0,0,0,101,0,0,0", "Line 2: p3: Expected a probability"),
        (f"{HEAD}\n7,3,0,0,0,,0,0,0", "Line 2: p3: .* Received: an empty cell"),
        (f"{HEAD}\n{GOOD}".replace("7,3,", f"7,{'9' * 5000},"), "Line 2: label: .*…'"),
        (f"{HEAD}\n7,3,0,0,0,.5,0,0,0", "Line 2: .* add up to 1. Received: 0.500"),
        (f"{HEAD}\n7,3,0.5,0,0,1,0,0,0", "Line 2: .* add up to 1. Received: 1.500"),
    ],
)
def test_mistakes_in_predictions(content: str, message: str) -> None:
    with pytest.raises(FerLabError, match=message):
        upload.read(content.encode(), "p.csv", KNOWN)


text = st.text("0123456789,;.\n-ep\"'", max_size=300).map(str.encode)


@given(st.binary(max_size=300) | text)
@example(b"\x1c")  # white space to text, not to bytes
def test_any_bytes_give_a_result_or_a_readable_error(content: bytes) -> None:
    with suppress(FerLabError):
        size = len(upload.read(content, "x.csv").classes)
        assert 0 < size <= 7


def test_supports_of_both_splits_are_told_apart() -> None:
    rows = np.diag(SUPPORTS["PrivateTest"]).tolist()
    content = "\n".join(",".join(map(str, row)) for row in rows)
    assert upload.read(content.encode(), "m.csv").split == "PrivateTest"


ALPHABETICAL = sorted(CLASSES)
KHAIREDDIN = np.array(PUBLISHED)


def frame_csv(matrix: np.ndarray, rows: list[str], columns: list[str], corner: str = "") -> str:
    """A matrix as `pandas.DataFrame.to_csv` writes it."""
    lines = [",".join([corner, *columns])]
    lines += [",".join([name, *map(str, row)]) for name, row in zip(rows, matrix, strict=True)]
    return "\n".join(lines) + "\n"


def with_sums(matrix: np.ndarray) -> np.ndarray:
    whole = np.hstack([matrix, matrix.sum(axis=1, keepdims=True)])
    return np.vstack([whole, whole.sum(axis=0, keepdims=True)])


@pytest.mark.parametrize(
    "content",
    [
        frame_csv(KHAIREDDIN, list("0123456"), list("0123456")),  # pandas without names
        frame_csv(KHAIREDDIN, list(CLASSES), list(CLASSES), "true"),  # crosstab
        frame_csv(with_sums(KHAIREDDIN), [*CLASSES, "All"], [*CLASSES, "All"], "label"),
        frame_csv(KHAIREDDIN, list(CLASSES), list(CLASSES)).replace("\n", ",,\n") + ",,,,,,,,,\n",
        "sep=;\n" + frame_csv(KHAIREDDIN, list(CLASSES), list(CLASSES)).replace(",", ";"),
        frame_csv(KHAIREDDIN, list(CLASSES), list(CLASSES)).replace("\n", "\r"),
        frame_csv(KHAIREDDIN, ["marah", "jijik", "takut", "senang", "sedih", "kaget", "netral"],
                  list(CLASSES), "sebenarnya"),  # two languages
        "\n".join(" ".join(f"{v:.18e}" for v in row) for row in PUBLISHED),  # numpy.savetxt
        str(KHAIREDDIN),  # printed
        str(PUBLISHED).replace("], ", "],\n"),
    ],
)  # fmt: skip
def test_matrices_as_people_have_them(content: str) -> None:
    found = upload.read(content.encode(), "m.csv")
    np.testing.assert_array_equal(found.matrix, PUBLISHED)
    assert (found.split, found.notes) == ("PublicTest", ())


def test_a_class_that_is_missing_is_empty_and_said_to_be() -> None:
    names = [name for name in CLASSES if name != "disgust"]
    kept = [0, 2, 3, 4, 5, 6]
    square = upload.read(frame_csv(KHAIREDDIN[np.ix_(kept, kept)], names, names).encode(), "m.csv")
    np.testing.assert_array_equal(square.matrix[np.ix_(kept, kept)], KHAIREDDIN[np.ix_(kept, kept)])
    assert not square.matrix[1].any()
    assert not square.matrix[:, 1].any()
    assert "disgust" in square.notes[0]
    never = upload.read(frame_csv(KHAIREDDIN[:, kept], list(CLASSES), names).encode(), "m.csv")
    assert not never.matrix[:, 1].any()
    assert never.matrix[1].sum() == 20


def test_a_matrix_of_three_classes_stays_one_of_three() -> None:
    names = ["surprise", "angry", "sad"]
    matrix = np.array([[9, 1, 2], [3, 8, 4], [5, 6, 7]])
    found = upload.read(frame_csv(matrix, names, names).encode(), "m.csv")
    assert found.classes == ("angry", "sad", "surprise")
    np.testing.assert_array_equal(found.matrix, [[8, 4, 3], [6, 7, 5], [1, 2, 9]])


def test_contempt_is_left_out_with_a_count() -> None:
    whole = np.zeros((8, 8), int)
    whole[:7, :7] = PUBLISHED
    whole[7, 3], whole[2, 7] = 5, 2
    found = upload.read(frame_csv(whole, [*CLASSES, "contempt"], [*CLASSES, "contempt"]).encode(),
                        "m.csv")  # fmt: skip
    np.testing.assert_array_equal(found.matrix, PUBLISHED)
    assert "7 images" in found.notes[0]


def reordered(names: list[str]) -> np.ndarray:
    places = [CLASSES.index(name) for name in names]
    return KHAIREDDIN[np.ix_(places, places)]


def test_a_matrix_in_another_order_is_asked_about() -> None:
    content = "\n".join(",".join(map(str, row)) for row in reordered(ALPHABETICAL)).encode()
    with pytest.raises(OrderError, match="PublicTest in alphabetical order") as asked:
        upload.read(content, "m.csv")
    found = upload.read(content, "m.csv", order=asked.value.likely)
    np.testing.assert_array_equal(found.matrix, PUBLISHED)
    assert found.order == "alphabetical"


def test_a_matrix_that_proves_nothing_says_how_it_was_read() -> None:
    content = "\n".join(",".join(map(str, row)) for row in (KHAIREDDIN + 1)).encode()
    assert "Nothing in the file says" in upload.read(content, "m.csv").notes[0]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("              precision    recall  f1-score   support\n\n   angry  0.5 0.6 0.5 491",
         "classification report: .*confusion_matrix"),
        (",precision,recall,f1-score,support\nangry,0.5,0.6,0.5,491", "classification report"),
        (f"Usage,Image name,{','.join(VOTE_COLUMNS)}"
         "\nTraining,fer0000000.png,4,0,0,1,3,2,0,0,0,0", "votes of FER.*--votes"),
    ],
)  # fmt: skip
def test_tables_of_something_else_say_what_they_are(content: str, message: str) -> None:
    with pytest.raises(FerLabError, match=message):
        upload.read(content.encode(), "r.csv")


def list_csv(
    table: PredictionTable = TABLE,
    header: str = "image,label,",
    names: Sequence[str] = CLASSES,
    label: Callable[[int], str] = lambda place: CLASSES[place],
    value: Callable[[float], str] = lambda p: f"{p:.7f}",
    title: str = "{}",
) -> str:
    """Predictions with a column for each of `names`, in that order."""
    lines = [header + ",".join(title.format(name) for name in names)]
    for index, truth, row in zip(table.index, table.label, table.probabilities, strict=True):
        cells = [value(row[CLASSES.index(name)] if name in CLASSES else 0.0) for name in names]
        lines.append(",".join([str(index), label(int(truth)), *cells]))
    return "\n".join(lines)


@pytest.mark.parametrize(
    "content",
    [
        list_csv(names=ALPHABETICAL),
        list_csv(names=ALPHABETICAL, title="prob_{}"),
        list_csv(header="file,y_true,", title="P_{}", names=CLASSES[::-1]),
        list_csv(title="Prob {}"),
        list_csv(value=lambda p: f"{100 * p:.4f}"),  # percent
        list_csv(value=lambda p: f"{100 * p:.4f} %"),
        list_csv(value=lambda p: f'"{p:.6f}"'.replace(".", ",")),  # decimal comma in quotes
        list_csv(label=lambda place: f"{place} - {CLASSES[place].upper()}"),
        list_csv(names=[*CLASSES, "contempt"]),
    ],
)
def test_columns_named_after_classes_decide(content: str) -> None:
    found = upload.read(content.encode(), "p.csv", KNOWN)
    assert found.table is not None
    np.testing.assert_allclose(found.table.probabilities, TABLE.probabilities, atol=1e-4)
    np.testing.assert_array_equal(found.table.label, TABLE.label)
    assert found.located


def test_rounded_probabilities_need_not_add_up_to_one() -> None:
    content = list_csv(value=lambda p: f"{p:.2f}")
    found = upload.read(content.encode(), "p.csv")
    assert found.table is not None
    np.testing.assert_allclose(found.table.probabilities.sum(axis=1), 1, atol=1e-6)


def right_table(n: int = 140) -> PredictionTable:
    """Predictions of which four in five are right."""
    label = make_table(n=n).label
    answer = np.where(np.arange(n) % 5 == 0, (label + 1) % 7, label)
    probabilities = np.full((n, 7), 0.05, np.float32)
    probabilities[np.arange(n), answer] = 0.7
    return PredictionTable(split="", index=np.arange(n), label=label, probabilities=probabilities)


@pytest.mark.parametrize("order", ["alphabetical", "affectnet", "ferplus", "ckplus"])
def test_columns_with_numbers_in_another_order_are_asked_about(order: str) -> None:
    names = ORDERS[order].classes
    lines = list_csv(right_table(), names=names).splitlines()
    head = "image,label," + ",".join(f"p{place}" for place in range(len(names)))
    content = "\n".join([head, *lines[1:]]).encode()
    with pytest.raises(OrderError, match="not in FER-2013's order") as asked:
        upload.read(content, "p.csv")
    assert asked.value.likely == order
    found = upload.read(content, "p.csv", order=order)
    assert accuracy(found.matrix) == pytest.approx(0.8)


def test_labels_with_numbers_in_another_order_are_asked_about() -> None:
    content = list_csv(right_table(), label=lambda place: str(ALPHABETICAL.index(CLASSES[place])))
    with pytest.raises(OrderError) as asked:
        upload.read(content.encode(), "p.csv")
    assert asked.value.likely == "alphabetical"


def test_an_order_without_a_name_is_refused_with_what_it_must_be() -> None:
    table = right_table()
    content = list_csv(table, label=lambda place: str((place + 3) % 7))
    with pytest.raises(FerLabError, match="Most likely they mean 0 sad, 1 surprise"):
        upload.read(content.encode(), "p.csv")


def test_a_bad_network_is_no_other_order() -> None:
    rng = np.random.default_rng(3)
    table = make_table(n=300)
    table = PredictionTable(
        split="",
        index=table.index,
        label=table.label,
        probabilities=rng.dirichlet([1] * 7, 300).astype(np.float32),
    )
    found = upload.read(
        predictions_csv(table, label=lambda place: CLASSES[place]).encode(), "p.csv"
    )
    assert accuracy(found.matrix) < 0.3


@pytest.mark.parametrize("header", ["filename,true,predicted", "path,y_true,y_pred", ",label,pred"])
def test_true_and_predicted_classes(header: str) -> None:
    lines = [header]
    for true, row in enumerate(PUBLISHED):
        for predicted, count in enumerate(row):
            for _ in range(count):
                lines.append(f"{len(lines)}.png,{CLASSES[true]},{CLASSES[predicted].title()}")
    found = upload.read("\n".join(lines).encode(), "pairs.csv")
    np.testing.assert_array_equal(found.matrix, PUBLISHED)
    assert found.table is None


def pairs_csv(names: Sequence[str]) -> str:
    """Two columns of class numbers in the order of `names`."""
    number = [names.index(name) for name in CLASSES]
    lines = ["y_true,y_pred"]
    for true, row in enumerate(PUBLISHED):
        for predicted, count in enumerate(row):
            lines += [f"{number[true]},{number[predicted]}"] * count
    return "\n".join(lines)


def test_pairs_of_numbers_are_recognised_by_their_supports() -> None:
    found = upload.read(pairs_csv(CLASSES).encode(), "pairs.csv")
    np.testing.assert_array_equal(found.matrix, PUBLISHED)
    assert found.notes == ()
    with pytest.raises(OrderError, match="labels are those of PublicTest in alphabetical") as asked:
        upload.read(pairs_csv(ALPHABETICAL).encode(), "pairs.csv")
    assert asked.value.likely == "alphabetical"
    headless = pairs_csv(CLASSES).split("\n", 1)[1]
    np.testing.assert_array_equal(upload.read(headless.encode(), "x.csv").matrix, PUBLISHED)


def test_the_table_of_a_batch() -> None:
    """Its label is the network's answer; the truth stands in the names of folders."""
    rows = [
        Row(f"set/{true}/{place}.jpg", face=face, network=network,
            probabilities={name: 0.7 if name == answer else 0.05 for name in CLASSES})
        for place, (true, answer) in enumerate([("angry", "angry"), ("sad", "fear")])
        for face in (1, 2)
        for network in ("one", "two")
    ]  # fmt: skip
    rows += [Row("set/sad/9.jpg", warning="no face"), Row("elsewhere.jpg", warning="no face")]
    found = upload.read(csv_text(rows, CLASSES).encode(), "faces.csv")
    assert found.table is not None
    assert [CLASSES[place] for place in found.table.label] == ["angry", "sad"]
    assert np.trace(found.matrix) == 1
    assert "those of one were read" in found.notes[0]
    assert "left out: 2" in found.notes[1]
