"""What a viewer reads for a class of expressions."""

from __future__ import annotations

from collections.abc import Sequence

from core.labels import BY_NAME
from core.text import _


def class_name(name: str) -> str:
    """A class's name in the language of the moment; an unknown one unchanged."""
    return {
        "angry": _("Angry"),
        "disgust": _("Disgust"),
        "fear": _("Fear"),
        "happy": _("Happy"),
        "sad": _("Sad"),
        "surprise": _("Surprise"),
        "neutral": _("Neutral"),
    }.get(name, name)


def class_label(name: str) -> str:
    """A class's emoji and name: '😄 Happy'. An unknown class has no emoji."""
    known = BY_NAME.get(name)
    return f"{known.emoji} {class_name(name)}" if known else class_name(name)


def class_labels(names: Sequence[str]) -> list[str]:
    """`class_label` of each name."""
    return [class_label(name) for name in names]


def class_color(name: str, fallback: str = "#999999") -> str:
    """A class's colour as hex; `fallback` for an unknown one."""
    known = BY_NAME.get(name)
    return known.color if known else fallback
