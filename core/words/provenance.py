"""Where a network's numbers come from, in the reader's language: first weights, machine, images."""

from __future__ import annotations

import re

from core.schema import Card
from core.text import _, percent

_PART = re.compile(r"another (\d+)% of (.+)")


def initial_weights(card: Card) -> str:
    """What the network started from, the card's one English word for it translated."""
    return card.initial_weights.replace("random", _("random"))


def hardware(card: Card) -> str:
    """The machine that trained it, the card's one English word for it translated."""
    return card.training.hardware.replace("CPU cores", _("CPU cores"))


def software(card: Card) -> str:
    """What it was trained with, the card's one English word for it translated."""
    library, on, backend = card.training.backend.partition(" on ")
    return _("{library} on {backend}").format(library=library, backend=backend) if on else library


def selection(card: Card) -> str:
    """The images that chose the epoch; a part of another split is named in the reader's words."""
    found = _PART.fullmatch(card.protocol.selection)
    if not found:
        return card.protocol.selection
    return _("another {share} of {split}").format(
        share=percent(int(found[1]) / 100, 0), split=found[2]
    )
