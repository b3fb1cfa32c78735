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


def folded(text: str, width: int = 46) -> str:
    """`text` with `<br>` between words, so that its lines stay near `width` characters."""
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + len(word) >= width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return "<br>".join(lines)
