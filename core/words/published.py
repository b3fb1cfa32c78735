"""Sentences about other people's results."""

from __future__ import annotations

from core.evaluation.published import PublishedResult
from core.text import _, percent


def repetition(item: PublishedResult) -> str:
    """Accuracies that others got when they tried a published result again."""
    if item.found_again is None:
        return _("not known")
    lowest, highest = item.found_again
    if lowest == highest:
        return percent(lowest)
    return _("{lowest} to {highest}").format(lowest=percent(lowest), highest=percent(highest))
