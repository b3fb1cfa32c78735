"""Which networks the models folder holds, by their cards alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core import paths
from core.errors import ModelError
from core.labels import CLASSES
from core.roles import QUICK, TEACHERS
from core.schema import MODEL, Card


@dataclass(frozen=True)
class Catalogue:
    """What the models folder holds.

    Attributes:
        cards: of the networks that can be run, in the order of their ids.
        problems: one sentence for every folder with a card that cannot.
    """

    cards: list[Card]
    problems: list[str]


def catalogue() -> Catalogue:
    """Read every `models/*/card.json`; the networks themselves are not loaded."""
    cards: list[Card] = []
    problems: list[str] = []
    for path in sorted(paths.models().glob("*/card.json")):
        try:
            card = Card.of(path.parent)
            if card.id != path.parent.name:
                raise ModelError(f"{path}: id: Expected {path.parent.name}. Received: {card.id}.")
            if not (path.parent / MODEL).is_file():
                raise ModelError(f"{path.parent / MODEL} is missing.")
        except ModelError as problem:
            problems.append(str(problem))
        else:
            cards.append(card)
    return Catalogue(cards, problems)


def available_models() -> list[Card]:
    """Cards of the networks that can be run; broken folders are left out."""
    return catalogue().cards


def default_network(cards: Sequence[Card]) -> Card:
    """The network that answers where nobody chose one.

    Without the one meant for it, the smallest that tells all seven expressions apart, or else
    the smallest.
    """
    return min(
        cards,
        key=lambda card: (
            card.id != QUICK,
            card.id in TEACHERS,
            set(card.classes) != set(CLASSES),
            card.parameters,
        ),
    )
