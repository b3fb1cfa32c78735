"""How far a network's confidence can be believed, and the temperature that mends it.

The method is temperature scaling; `core.roles.log_probabilities` has its formula.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.roles import log_probabilities

BINS = 15
"""Equal-width confidence bins of the expected calibration error, as in Guo et al. 2017."""

TEMPERATURES = (0.05, 20.0)
"""The range in which a temperature is looked for."""


def negative_log_likelihood(
    probabilities: np.ndarray, label: np.ndarray, temperature: float = 1.0
) -> float:
    """Mean of -log p(true class) in nats, p at least `core.roles.FLOOR`; 0 without images.

    Example:
        >>> rows = np.array([[0.5, 0.5], [0.25, 0.75]])
        >>> round(negative_log_likelihood(rows, np.array([0, 1])), 4)  # (ln 2 + ln 4/3) / 2
        0.4904
    """
    if not len(label):
        return 0.0
    log = log_probabilities(probabilities, temperature)
    return float(np.maximum(-log[np.arange(len(label)), label], 0).mean())


def fit_temperature(probabilities: np.ndarray, label: np.ndarray) -> float:
    """The temperature in `TEMPERATURES` with the smallest negative log-likelihood.

    Fit it on the selection split, never on the split that is reported. The likelihood
    has one minimum in 1/T, which a bounded search over log T finds.

    Example:
        >>> sure = np.array([[0.99, 0.01]] * 10)  # right in 8 of 10: far too sure
        >>> fit_temperature(sure, np.array([0] * 8 + [1] * 2)) > 3
        True
    """
    # Here, since pages read the other functions and scipy.optimize takes 40 MB.
    from scipy.optimize import minimize_scalar

    if not len(label):
        return 1.0
    low, high = np.log(TEMPERATURES)
    found = minimize_scalar(
        lambda log: negative_log_likelihood(probabilities, label, float(np.exp(log))),
        bounds=(low, high),
        method="bounded",
        options={"xatol": 1e-5},
    )
    return float(np.exp(found.x))


@dataclass(frozen=True)
class Reliability:
    """Predictions grouped by confidence, for the reliability diagram.

    Attributes:
        edges: float64 (bins + 1,), 0 to 1.
        count: int64 (bins,), predictions with lower < confidence <= upper.
        confidence: float64 (bins,), mean confidence, NaN where a bin is empty.
        accuracy: float64 (bins,), share of right predictions, NaN where a bin is empty.
    """

    edges: np.ndarray
    count: np.ndarray
    confidence: np.ndarray
    accuracy: np.ndarray

    @property
    def ece(self) -> float:
        """Expected calibration error: mean gap weighted by count (Guo et al. 2017, eq. 3)."""
        if not self.count.sum():
            return 0.0
        gap = np.nan_to_num(np.abs(self.accuracy - self.confidence))
        return float((self.count * gap).sum() / self.count.sum())


def reliability(probabilities: np.ndarray, label: np.ndarray, bins: int = BINS) -> Reliability:
    """Group the predictions of a table by their confidence (largest probability).

    Example:
        >>> found = reliability(np.array([[0.9, 0.1], [0.7, 0.3]]), np.array([0, 1]), bins=2)
        >>> found.count, found.confidence, found.accuracy
        (array([0, 2]), array([nan, 0.8]), array([nan, 0.5]))
    """
    values = np.asarray(probabilities, dtype=np.float64)
    edges = np.linspace(0, 1, bins + 1)
    confidence = np.clip(values.max(axis=1), 0, 1) if len(values) else np.zeros(0)
    right = values.argmax(axis=1) == label if len(values) else np.zeros(0, dtype=bool)
    position = np.clip(np.digitize(confidence, edges, right=True) - 1, 0, bins - 1)
    count = np.bincount(position, minlength=bins)
    with np.errstate(invalid="ignore"):
        mean_confidence = np.bincount(position, weights=confidence, minlength=bins) / count
        accuracy = np.bincount(position, weights=right, minlength=bins) / count
    return Reliability(edges, count, mean_confidence, accuracy)


def expected_calibration_error(
    probabilities: np.ndarray, label: np.ndarray, bins: int = BINS
) -> float:
    """Expected calibration error over `bins` equal-width bins, in [0, 1].

    Example:
        >>> rows = np.array([[0.9, 0.1], [0.7, 0.3]])
        >>> round(expected_calibration_error(rows, np.array([0, 1]), bins=2), 3)
        0.3
    """
    return reliability(probabilities, label, bins).ece


@dataclass(frozen=True)
class Coverage:
    """What 'answer only above this confidence' gives, one entry an image, surest first.

    Attributes:
        threshold: float64 (n,), confidence of the least sure image still answered.
        coverage: float64 (n,), share of images answered, rising to 1.
        accuracy: float64 (n,), share of right answers among the answered.
    """

    threshold: np.ndarray
    coverage: np.ndarray
    accuracy: np.ndarray

    def at(self, threshold: float) -> tuple[float, float]:
        """Coverage and accuracy when only confidences of at least `threshold` are answered.

        Accuracy is NaN where nothing is answered.
        """
        answered = int(np.searchsorted(-self.threshold, -threshold, side="right"))
        if not answered:
            return 0.0, float("nan")
        return float(self.coverage[answered - 1]), float(self.accuracy[answered - 1])


def coverage_accuracy(probabilities: np.ndarray, label: np.ndarray) -> Coverage:
    """The coverage-accuracy curve of a table (selective prediction by confidence).

    Example:
        >>> curve = coverage_accuracy(np.array([[0.9, 0.1], [0.6, 0.4]]), np.array([0, 1]))
        >>> curve.at(0.8), curve.at(0.5)
        ((0.5, 1.0), (1.0, 0.5))
    """
    values = np.asarray(probabilities, dtype=np.float64)
    confidence = values.max(axis=1)
    order = np.argsort(-confidence, kind="stable")
    right = (values.argmax(axis=1) == label)[order]
    answered = np.arange(1, len(label) + 1)
    return Coverage(confidence[order], answered / len(label), np.cumsum(right) / answered)
