"""Where a network comes from, in the reader's language: first weights, machine, images."""

from __future__ import annotations

from core.schema import Card
from core.text import _, percent


def initial_weights(card: Card) -> str:
    """The weights that the network started from, those of earlier networks before them."""
    weights = card.initial_weights
    kind = {"random": _("random"), "imagenet": "ImageNet", "other": ""}[weights.kind]
    source = f"({weights.source})" if kind and weights.source else weights.source
    return " ← ".join([*map(_, weights.through), f"{kind} {source}".strip()])


def hardware(card: Card) -> str:
    """The machine that trained it."""
    machine = card.training.hardware
    cores = _("{count} CPU cores").format(count=machine.cores) if machine.cores else ""
    return ", ".join(filter(None, (cores, machine.device)))


def software(card: Card) -> str:
    """The software that trained it."""
    found = card.training.backend
    if not found.backend:
        return found.library
    return _("{library} on {backend}").format(library=found.library, backend=found.backend)


def selection(card: Card) -> str:
    """The images that chose the epoch."""
    images = card.protocol.selection
    if images.share is None:
        return images.split
    return _("another {share} of {split}").format(
        share=percent(images.share, 0), split=images.split
    )
