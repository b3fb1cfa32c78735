"""Words for identifiers: what a viewer reads for a class, a split or a hyper-parameter."""

from __future__ import annotations

from core.figures.labels import class_label, class_name
from core.roles import REPORT, SELECTION, TRAINING
from core.text import _

__all__ = ["class_label", "class_name", "split_name", "split_role", "unbroken"]


def split_name(split: str) -> str:
    """A split's name with what it is for; an unknown one unchanged."""
    return {
        TRAINING: _("Training (learning)"),
        SELECTION: _("PublicTest (validation)"),
        REPORT: _("PrivateTest (test)"),
    }.get(split, split)


def split_role(split: str) -> str:
    """What a split is used for, in one sentence; empty for an unknown one."""
    return {
        TRAINING: _("The networks learn from these images."),
        SELECTION: _("Chooses the epoch and the temperature; never quoted as the result."),
        REPORT: _("Measured once at the end; the number to quote."),
    }.get(split, "")


def unbroken(name: str) -> str:
    """`class_label` that stays on one line, for the cells of a table."""
    return class_label(name).replace(" ", "\u00a0")
