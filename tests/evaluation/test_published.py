"""The table of other people's numbers: complete, sourced, in every language."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.errors import ResultsError
from core.evaluation.published import PATH, PublishedResult, chance, majority, published
from core.labels import CLASSES
from core.text import LANGUAGES


def entries() -> list[PublishedResult]:
    found = published()
    return [*found.result, found.human, found.crowd]


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry.name)
def test_every_note_speaks_every_language(entry: PublishedResult) -> None:
    assert set(entry.note) == set(LANGUAGES)
    assert all(note.endswith(".") for note in entry.note.values())
    assert entry.note["en"] != entry.note["id"]
    assert entry.text == entry.note["en"]


def test_numbers_measured_on_the_split_that_chose_them_are_marked() -> None:
    by_name = {entry.name: entry for entry in published().result}
    famous = by_name["Khaireddin & Chen 2021, VGG"]
    assert (famous.accuracy, famous.split, famous.protocol) == (0.7328, "PublicTest", "selected")
    assert all(entry.protocol in ("clean", "unknown") for entry in by_name.values() if entry.line)


def test_yardsticks() -> None:
    assert chance() == pytest.approx(1 / 7)
    assert majority("PrivateTest") == ("happy", pytest.approx(879 / 3589))
    assert majority("PrivateTest", ("angry", "sad", "surprise")) == (
        "sad",
        pytest.approx(594 / (491 + 594 + 416)),
    )
    assert np.isclose(chance(CLASSES[:2]), 0.5)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("not toml", "not readable"),
        ("result = []", "human: Field required"),
        (PATH.read_text("utf-8").replace("0.7116", "71.16"), "result.0.accuracy"),
        (PATH.read_text("utf-8").replace('"clean"', '"tidy"', 1), "result.0.protocol"),
    ],
)
def test_damage_is_named(content: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "published.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ResultsError, match=message):
        published(path)
