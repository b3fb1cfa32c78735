"""Sentences on networks under corrupted images."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.evaluation.robustness import Condition, CorruptionError, Robustness
from core.evaluation.trust import Expectation
from core.text import _, number, percent
from core.words.corruptions import strength_text

LARGE_GAP = 0.15
"""Confidence minus accuracy from which a network counts as deceived."""


def summary(found: Robustness, title: str) -> str:
    """Average loss of a network."""
    low, high = found.mean_accuracy_interval
    return _(
        "{network} is right on {clean} of the images as they are and on {changed} of them when "
        "they are changed (95%: {low} to {high}), the mean of {kinds} kinds of change in five "
        "strengths each."
    ).format(
        network=title,
        clean=percent(found.clean.accuracy),
        changed=percent(found.mean_accuracy),
        low=percent(low),
        high=percent(high),
        kinds=number(len(found.kinds)),
    )


def deceived(found: Robustness, title: str) -> str:
    """Where a network is far surer than it is right; empty where nowhere."""
    worst = max(
        (
            (condition, kind, strength)
            for kind, result in found.kinds.items()
            for condition, strength in zip(result.levels, result.strengths, strict=True)
        ),
        key=lambda entry: entry[0].gap,
    )
    condition, kind, strength = worst
    if condition.gap < LARGE_GAP:
        return ""
    return _(
        "Its confidence does not tell: with {change}, {network} is {confidence} sure on average "
        "and right on {accuracy} of the images."
    ).format(
        change=strength_text(kind, strength),
        network=title,
        confidence=percent(condition.confidence, 0),
        accuracy=percent(condition.accuracy, 0),
    )


def weakest(found: Robustness) -> tuple[str, float]:
    """The kind under which a network is least right on average, and its accuracy."""
    kind = min(found.kinds, key=lambda name: found.kinds[name].accuracy)
    return kind, found.kinds[kind].accuracy


def refuge(condition: Condition, clean: Condition) -> tuple[int, float, float]:
    """The class that answers flee to: its place, its share of answers, and that when clean.

    It is the class whose share of all answers has grown most.
    """
    now, before = (
        np.asarray(of.confusion).sum(axis=0) / np.asarray(of.confusion).sum()
        for of in (condition, clean)
    )
    place = int((now - before).argmax())
    return place, float(now[place]), float(before[place])


def drawn_from(found: Sequence[Robustness]) -> str:
    """Which images the numbers come from, and how sure a small number of them leaves one."""
    parts = [item for item in found if not item.whole]
    if not parts:
        return _("All images of {split}; whiskers are 95% intervals.").format(split=found[0].split)
    fewest = min(item.images for item in parts)
    return _(
        "{split}; some networks were asked about {images} of its images only (drawn once, the same "
        "for all), so that their intervals are wider. Whiskers are 95% intervals."
    ).format(split=found[0].split, images=number(fewest))


def cost(expected: Expectation, title: str) -> str:
    """Cost of a picture like this for a network; empty where little is lost."""
    if not expected.telling:
        return ""
    sentence = {
        "gaussian_noise": _(
            "Noise like this costs {network} {points} points: expect {accuracy} right."
        ),
        "gaussian_blur": _(
            "Blur like this costs {network} {points} points: expect {accuracy} right."
        ),
        "darkness": _("Light this dim costs {network} {points} points: expect {accuracy} right."),
        "brightness": _(
            "Light this harsh costs {network} {points} points: expect {accuracy} right."
        ),
        "low_resolution": _(
            "A face this small costs {network} {points} points: expect {accuracy} right."
        ),
    }[expected.kind]
    return sentence.format(
        network=title,
        points=number(100 * expected.loss),
        accuracy=percent(expected.accuracy, 0),
    )


def against(error: CorruptionError, title: str, reference: str) -> str:
    """Mean corruption error in a sentence."""
    return _(
        "Mean corruption error {value}: under change {network} makes {value} errors for every 100 "
        "of {reference}."
    ).format(value=number(error.mean, 1), network=title, reference=reference)
