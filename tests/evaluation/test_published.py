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


def test_results_are_sorted_by_what_others_found() -> None:
    ordered = published().by_repetition
    found = [entry.found_again for entry in ordered]
    known = [pair for pair in found if pair is not None]
    assert found == [*known, *[None] * (len(found) - len(known))]
    assert [pair[1] for pair in known] == sorted((pair[1] for pair in known), reverse=True)
    claims = [entry.accuracy for entry in ordered if entry.found_again is None]
    assert claims == sorted(claims, reverse=True)
    assert sorted(entry.name for entry in ordered) == sorted(
        entry.name for entry in published().result
    )


@pytest.mark.parametrize(
    ("name", "claim", "again"),
    [
        ("ResMaskNet", 0.7414, (0.656, 0.736)),
        ("EmoNeXt 2025", 0.7612, (0.714, 0.716)),
        ("ResEmoteNet 2024", 0.7979, (0.58, 0.716)),
        ("fer 25.10, mini-Xception", 0.659, (0.659, 0.659)),
        ("LHC-Net 2021", 0.7442, None),
    ],
)
def test_claim_and_repetition(name: str, claim: float, again: tuple | None) -> None:
    entry = next(entry for entry in published().result if entry.name == name)
    assert (entry.accuracy, entry.found_again) == (claim, again)


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
        (PATH.read_text("utf-8").replace("[0.58, 0.716]", "[0.716, 0.58]"), "lower share first"),
    ],
)
def test_damage_is_named(content: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "published.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ResultsError, match=message):
        published(path)
