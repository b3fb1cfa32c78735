"""Calibration to one's own neutral face.

Faces at rest differ: one looks sad to a network, another angry. What a network says of a
neutral face is measured for some seconds, and from then on its probabilities are divided
by that and multiplied by what it should have said, as Saerens, Latinne and Decaestecker
correct a classifier for other class frequencies (Neural Computation 14, 2002).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

REST = 0.7
"""Probability of `neutral` that the measured face gets; the others share the rest."""

FLOOR = 0.01
"""Least measured probability: a class that never showed must not win by a breath."""

NEUTRAL = "neutral"


def reference(classes: Sequence[str]) -> np.ndarray:
    """float64 (C,), what a network should say of a neutral face.

    Raises:
        ValueError: if it does not know the class.
    """
    if NEUTRAL not in classes:
        raise ValueError(f"Expected a class {NEUTRAL!r}. Received: {', '.join(classes)}.")
    wanted = np.full(len(classes), (1 - REST) / max(1, len(classes) - 1))
    wanted[list(classes).index(NEUTRAL)] = REST
    return wanted


def factors(measured: np.ndarray, classes: Sequence[str]) -> np.ndarray:
    """Factors to multiply probabilities with.

    Args:
        measured: float (n, C), a network's probabilities of a neutral face over time.
        classes: of the network.

    Returns:
        float64 (C,), positive.
    """
    rest = np.exp(np.log(np.maximum(measured.astype(np.float64), 1e-6)).mean(axis=0))
    rest = np.maximum(rest / rest.sum(), FLOOR)
    return np.asarray(reference(classes) / (rest / rest.sum()))


def adjust(probabilities: np.ndarray, by: np.ndarray) -> np.ndarray:
    """float64 (..., C), probabilities times the factors, summing to one again."""
    weighted = np.asarray(probabilities, dtype=np.float64) * by
    return np.asarray(weighted / weighted.sum(axis=-1, keepdims=True))
