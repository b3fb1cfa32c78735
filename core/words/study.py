"""Names of a study's variants, and what their effects say."""

from __future__ import annotations

import math

from core.evaluation.study import Effect, Score, Study, effect
from core.text import _, signed


def variant_name(recipe: str) -> str:
    """What a variant adds to the plain recipe; an unknown one unchanged."""
    return {
        "study_plain": _("Plain recipe"),
        "study_augmented": _("Augmentation"),
        "study_class_weights": _("Class weights"),
        "study_smoothed": _("Label smoothing"),
        "study_96": _("Chips enlarged to 96 px"),
        "study_without_norm": _("Without batch normalisation"),
        "study_taught": _("A teacher"),
        "study_corrupted": _("Corruptions"),
    }.get(recipe, recipe)


def effect_text(found: Effect) -> str:
    """An effect in percentage points with its interval: '+2.4 (+1.8 to +3.1)'."""
    value = signed(100 * found.difference, 1)
    if math.isnan(found.low):
        return value
    return _("{value} ({low} to {high})").format(
        value=value, low=signed(100 * found.low, 1), high=signed(100 * found.high, 1)
    )


def verdict(study: Study) -> str:
    """Which single changes clearly help or harm on images as they are, and under change."""
    plain, *others = study.variants
    told: tuple[tuple[Score, int, str], ...] = (
        ("accuracy", 1, _("On images as they are these clearly help: {names}.")),
        ("accuracy", -1, _("On images as they are these clearly harm: {names}.")),
        ("changed", 1, _("Under change these clearly help: {names}.")),
        ("changed", -1, _("Under change these clearly harm: {names}.")),
    )
    sentences = []
    for score, sign, text in told:
        effects = [(variant.id, effect(plain, variant, score)) for variant in others]
        clear = [item for item in effects if item[1].clear and sign * item[1].difference > 0]
        clear.sort(key=lambda item: -sign * item[1].difference)
        if clear:
            names = ", ".join(variant_name(name) for name, _found in clear)
            sentences.append(text.format(names=names))
    return " ".join(sentences) or _("No single change clearly helps or harms.")
