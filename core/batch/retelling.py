"""Sentences of a table, which are English, in the viewer's language."""

from __future__ import annotations

import re

from core.text import _

TEMPLATES = (
    "The file is too large. At most {limit} MB are read.",
    "The picture is too large. At most {limit} megapixels are read.",
    "The file cannot be read: {reason}.",
    "The video file is cut off. It could be read up to second {seconds}.",
)
"""Those with something in them; all others are looked up as they are."""


def retold(sentence: str) -> str:
    """The translation of a sentence; the sentence itself where there is none."""
    for template in TEMPLATES:
        pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+)", re.escape(template))
        if found := re.fullmatch(pattern, sentence):
            return _(template).format(**found.groupdict())
    return _(sentence)
