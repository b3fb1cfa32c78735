"""Names, groups and order of networks."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from core import paths
from core.labels import CLASSES
from core.schema import Card
from core.text import in_language
from core.words import networks
from core.words.networks import Group


@dataclass
class Named:
    id: str
    classes: tuple[str, ...] = CLASSES


def shipped() -> list[Card]:
    return [Card.of(path.parent) for path in sorted(paths.ROOT.glob("models/*/card.json"))]


def test_groups_stand_together_and_the_best_comes_first_in_each() -> None:
    given = [
        Named("three", CLASSES[:3]),
        Named("unmeasured"),
        Named("good"),
        Named("vgg16_frozen"),
        Named("se_vgg16"),
        Named("better"),
    ]
    accuracy = {"three": 0.99, "good": 0.6, "better": 0.7, "vgg16_frozen": 0.4, "se_vgg16": 0.5}
    found = [item.id for item in networks.in_order(given, accuracy)]
    assert found == ["se_vgg16", "vgg16_frozen", "better", "good", "unmeasured", "three"]


@pytest.mark.parametrize("card", shipped(), ids=lambda card: card.id)
def test_every_shipped_network_explains_itself_in_both_languages(card: Card) -> None:
    english = [networks.title(card), networks.about(card), networks.best_use(card)]
    assert all(english)
    assert english[1].endswith(".")
    assert english[2].startswith("Best for ")
    with in_language("id"):
        indonesian = [networks.title(card), networks.about(card), networks.best_use(card)]
    assert all(a != b for a, b in zip(english[1:], indonesian[1:], strict=True))


def test_the_guide_names_every_network_under_the_heading_of_its_group() -> None:
    cards = networks.in_order(shipped(), {})
    lines = networks.guide(cards).splitlines()
    headings = [line.strip("*") for line in lines if line.startswith("**")]
    present = {networks.group_of(card) for card in cards}
    assert headings == [group.title for group in Group if group in present]
    assert [line for card in cards for line in lines if f"*{networks.title(card)}*:" in line] == [
        line for line in lines if line.startswith("- ")
    ]


def test_titles_of_shipped_networks_differ() -> None:
    titles = [networks.title(card) for card in shipped()]
    assert len(set(titles)) == len(titles)
