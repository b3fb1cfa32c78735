"""Numbers as a report writes them."""

from __future__ import annotations

from core.text import number

NONE = "–"
"""In the place of what is not known."""


def points(share: float, decimals: int = 1) -> str:
    """A share as percentage points with a true minus sign."""
    return number(100 * share, decimals).replace("-", "\u2212")
