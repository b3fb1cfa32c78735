"""What a viewer reads for a class."""

from __future__ import annotations

import pytest

from core import text
from core.figures.labels import class_color, class_label, class_labels, class_name, folded
from core.labels import CLASSES, EXPRESSIONS


@pytest.mark.parametrize(
    ("code", "label"), [("en", "😄 Happy"), ("id", "😄 Senang"), ("xx", "😄 Happy")]
)
def test_label_follows_the_language(monkeypatch: pytest.MonkeyPatch, code: str, label: str) -> None:
    monkeypatch.setattr(text, "_source", lambda: code)
    assert class_label("happy") == label


@pytest.mark.parametrize("code", ["en", "id"])
def test_every_class_has_a_name_of_its_own(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    monkeypatch.setattr(text, "_source", lambda: code)
    assert len({class_name(name) for name in CLASSES}) == len(CLASSES)
    assert not {class_name(name) for name in CLASSES} & set(CLASSES)


def test_other_words_stay_as_they_are() -> None:
    assert class_labels(["the rest"]) == ["the rest"]
    assert class_color("the rest", "#123456") == "#123456"
    assert class_color("sad") == EXPRESSIONS[4].color


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        ("short", ["short"]),
        ("", [""]),
        ("one two three four", ["one two", "three four"]),
        ("averyveryverylongword and more", ["averyveryverylongword", "and more"]),
    ],
)
def test_folding_breaks_between_words(words: str, lines: list[str]) -> None:
    assert folded(words, 11).split("<br>") == lines
