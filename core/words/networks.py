"""Names of networks, what each is for, and the order in which they are offered.

The texts stand in a network's recipe and card; their Indonesian is in the catalogue.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import IntEnum
from typing import Protocol, TypeVar

from core.labels import CLASSES
from core.roles import HEADLINE, TEACHERS
from core.schema import Card
from core.text import _


class Network(Protocol):
    """A network as `Card` and `NetworkResults` describe one."""

    @property
    def id(self) -> str:
        """Name of its folders."""

    @property
    def classes(self) -> Sequence[str]:
        """The expressions that it tells apart."""


N = TypeVar("N", bound=Network)


class Group(IntEnum):
    """Kinds of networks, in the order in which they are offered."""

    THESIS = 0
    SEVEN = 1
    FEWER = 2
    TEACHERS = 3

    @property
    def title(self) -> str:
        """The kind's heading."""
        return {
            Group.THESIS: _("The thesis's two networks"),
            Group.SEVEN: _("Other networks for all seven expressions"),
            Group.FEWER: _("Networks for fewer expressions"),
            Group.TEACHERS: _("Teachers of other networks"),
        }[self]


def title(card: Card) -> str:
    """A network's name in the language of the moment."""
    return _(card.title)


def about(card: Card) -> str:
    """One sentence about what a network is, in the language of the moment."""
    return _(card.summary)


def best_use(card: Card) -> str:
    """One sentence about what a network is best for; empty where its card has none."""
    return _("Best for {use}.").format(use=_(card.best_use)) if card.best_use else ""


def group_of(network: Network) -> Group:
    """The kind that a network belongs to."""
    if network.id in HEADLINE:
        return Group.THESIS
    if network.id in TEACHERS:
        return Group.TEACHERS
    return Group.SEVEN if set(network.classes) >= set(CLASSES) else Group.FEWER


def in_order(networks: Iterable[N], accuracy: Mapping[str, float]) -> list[N]:
    """Networks by kind and within each by accuracy, the best first.

    Args:
        networks: in any order.
        accuracy: by id, on the report split; those without one stand at the end of their kind.
    """
    return sorted(
        networks, key=lambda item: (group_of(item), -accuracy.get(item.id, -1.0), item.id)
    )


def guide(cards: Iterable[Card]) -> str:
    """Every network with its sentences under its kind's heading, as Markdown.

    Args:
        cards: in the order of `in_order`.
    """
    lines: list[str] = []
    before = None
    for card in cards:
        kind = group_of(card)
        if kind != before:
            lines.append(f"\n**{kind.title}**\n")
            before = kind
        lines.append(f"- *{title(card)}*: {about(card)} {best_use(card)}".rstrip())
    return "\n".join(lines).strip()
