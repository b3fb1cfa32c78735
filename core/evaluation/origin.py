"""Where a network's numbers come from, in the reader's language: first weights and machine."""

from __future__ import annotations

from core.schema import Card
from core.text import _


def initial_weights(card: Card) -> str:
    """What the network started from, the card's one English word for it translated."""
    return card.initial_weights.replace("random", _("random"))


def hardware(card: Card) -> str:
    """The machine that trained it, the card's one English word for it translated."""
    return card.training.hardware.replace("CPU cores", _("CPU cores"))
