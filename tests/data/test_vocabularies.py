"""The words, numbers and codes of datasets, each with its class."""

from __future__ import annotations

import pytest

from core.data import vocabularies
from core.data.vocabularies import CONTEMPT, ORDERS
from core.labels import CLASSES


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("Anger", "angry"),
        ("FEARFUL", "fear"),
        ("3 - happy", "happy"),
        ("anger_1", "angry"),
        ("05.Surprised", "surprise"),
        ("marah", "angry"),
        ("Terkejut", "surprise"),
        ("Netral", "neutral"),
        ("contempt", CONTEMPT),
        ("suprise", None),
        ("bored", None),
        ("unhappy", None),
        ("7", None),
        ("", None),
        ("happy" * 1000, None),
    ],
)
def test_words(word: str, name: str | None) -> None:
    assert vocabularies.class_of(word) == name


def test_no_word_stands_for_two_classes() -> None:
    words = [w for name, others in vocabularies.WORDS.items() for w in (name, *others)]
    assert len(words) == len(set(words))
    assert set(vocabularies.WORDS) == {*CLASSES, CONTEMPT}


@pytest.mark.parametrize(
    ("title", "name"),
    [
        *(("prob_angry", "angry"), ("p_happy", "happy"), ("Anger", "angry"), ("sad (%)", "sad")),
        *(("probSurprise", "surprise"), ("score.neutral", "neutral"), ("probability", None)),
        *(("p0", None), ("sad and happy", None), ("file", None), ("", None)),
    ],
)
def test_names_of_columns(title: str, name: str | None) -> None:
    assert vocabularies.class_of_column(title) == name


@pytest.mark.parametrize(
    ("title", "number"),
    [("p0", 0), ("prob_3", 3), ("Class 6", 6), ("7", 7), ("angry", None), ("x1", None)],
)
def test_numbers_of_columns(title: str, number: int | None) -> None:
    assert vocabularies.number_of_column(title) == number


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("KA.AN1.39.tiff", "angry"),  # JAFFE
        ("jaffe/YM.SU3.60.tiff", "surprise"),
        ("KDEF/AF01/AF01AFFL.JPG", "fear"),
        ("AM10NES.JPG", "neutral"),
        ("1001_DFA_ANG_XX.flv", "angry"),  # CREMA-D
        ("Rafd090_01_Caucasian_female_disgusted_frontal.jpg", "disgust"),
        ("happy_003.png", "happy"),
        ("IMG_0001.JPG", None),
        ("a_sad_and_happy_day.jpg", None),
        ("sandiego.jpg", None),
    ],
)
def test_codes_of_files(file: str, name: str | None) -> None:
    assert vocabularies.class_of_file(file) == name


@pytest.mark.parametrize(
    ("numbers", "first", "all_of_them"),
    [
        ({0, 1, 2, 3, 4, 5, 6}, "fer2013",
         {"fer2013", "alphabetical", "affectnet", "ferplus", "ckplus", "alphabetical8"}),
        ({1, 2, 3, 4, 5, 6, 7}, "rafdb", {"rafdb", "affectnet", "ferplus", "ckplus",
                                          "alphabetical8"}),
        ({0, 7}, "affectnet", {"affectnet", "ferplus", "ckplus", "alphabetical8"}),
    ],
)  # fmt: skip
def test_what_numbers_can_be(numbers: set[int], first: str, all_of_them: set[str]) -> None:
    found = vocabularies.fitting(numbers)
    assert found[0].id == first
    assert {order.id for order in found} == all_of_them


def test_numbers_that_no_dataset_has() -> None:
    assert vocabularies.fitting({8}) == vocabularies.fitting(()) == []


@pytest.mark.parametrize("order", ORDERS.values(), ids=lambda order: order.id)
def test_an_order_names_every_class_once(order: vocabularies.Order) -> None:
    assert set(CLASSES) <= set(order.classes) <= {*CLASSES, CONTEMPT}
    assert len(set(order.classes)) == len(order.classes)
    assert order.class_of(order.start) == order.classes[0]
    assert order.class_of(order.start - 1) is None
    assert order.class_of(order.start + len(order.classes)) is None
    assert order.source
    assert order.title in order.described


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        *(("suprise", "surprise"), ("Surprize", "surprise"), ("nuetral", "neutral")),
        *(("disgut", "disgust"), ("angryy", "angry"), ("senag", "senang")),
        *(("happy", None), ("bored", None), ("sa", None), ("", None)),
    ],
)
def test_a_single_slip(word: str, meant: str | None) -> None:
    assert vocabularies.suggestion(word) == meant
