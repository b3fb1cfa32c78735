"""Certain and uncertain answers: one threshold for Predict, Batch and Live."""

from __future__ import annotations

from core.figures.labels import class_name
from core.roles import CERTAIN_FROM
from core.text import _
from core.ui import state


def choose_threshold() -> float:
    """Let the viewer choose the probability, in [0, 1], from which an answer is certain."""
    return (
        state.slider(
            "threshold",
            0,
            99,
            round(100 * CERTAIN_FROM),
            _("Uncertain below"),
            format="%d%%",
            help=_("An answer whose probability is lower is called uncertain."),
        )
        / 100
    )


def word(label: str, probability: float, threshold: float) -> str:
    """An answer in a word: the expression, or with its best guess that it is uncertain."""
    if probability >= threshold:
        return class_name(label)
    return _("Uncertain ({expression}?)").format(expression=class_name(label))


def chosen_threshold() -> float:
    """The probability, in [0, 1], from which an answer is certain, by what was chosen elsewhere."""
    return state.peek("threshold", range(100), round(100 * CERTAIN_FROM)) / 100
