"""Whether two networks measured on the same images really differ.

The images are the same, so the test is paired: McNemar's, which looks only at images that
one network gets right and the other wrong (McNemar 1947, "Note on the sampling error of
the difference between correlated proportions or percentages").
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import bdtr, ndtri

from core.errors import ResultsError
from core.evaluation.metrics import CONFIDENCE, predictions
from core.schema import PredictionTable
from core.text import _, number, percent

LEVEL = 0.05
"""p-values below this count as a difference."""


@dataclass(frozen=True)
class Paired:
    """Two networks on the same images.

    Attributes:
        both: images that both get right.
        only_a: images that only the first gets right.
        only_b: images that only the second gets right.
        neither: images that both get wrong.
    """

    both: int
    only_a: int
    only_b: int
    neither: int

    @property
    def n(self) -> int:
        """Number of images."""
        return self.both + self.only_a + self.only_b + self.neither

    @property
    def difference(self) -> float:
        """Accuracy of the first minus accuracy of the second, in [-1, 1]."""
        return (self.only_a - self.only_b) / self.n if self.n else 0.0

    @property
    def p_value(self) -> float:
        """Two-sided exact p-value: only_a against Binomial(only_a + only_b, 1/2)."""
        fewer = min(self.only_a, self.only_b)
        return float(min(1.0, 2 * bdtr(fewer, self.only_a + self.only_b, 0.5)))

    @property
    def significant(self) -> bool:
        """Whether the p-value is below `LEVEL`."""
        return self.p_value < LEVEL

    def interval(self, confidence: float = CONFIDENCE) -> tuple[float, float]:
        """Interval of `difference`: Wald's with half an image added to each of the four counts.

        Agresti and Min 2005, "Simple improved confidence intervals for comparing matched
        proportions".
        """
        n, a, b = self.n + 2, self.only_a + 0.5, self.only_b + 0.5
        z = float(ndtri(0.5 + confidence / 2))
        centre = (a - b) / n
        spread = z * np.sqrt(max(a + b - (a - b) ** 2 / n, 0.0)) / n
        low, high = max(centre - spread, -1.0), min(centre + spread, 1.0)
        return float(min(low, self.difference)), float(max(high, self.difference))


def common_rows(a: PredictionTable, b: PredictionTable) -> tuple[np.ndarray, np.ndarray]:
    """Positions in two tables of the images that stand in both, int64 (m,) each.

    Raises:
        ResultsError: if the tables share no image, or call one image by different labels.

    Example:
        >>> def table(*index: int) -> PredictionTable:
        ...     rows = np.eye(2)[[0] * len(index)]
        ...     label = np.zeros(len(index), dtype=int)
        ...     return PredictionTable(
        ...         split="PrivateTest", index=np.array(index), label=label, probabilities=rows
        ...     )
        >>> common_rows(table(3, 5, 9), table(5, 9, 11))
        (array([1, 2]), array([0, 1]))
    """
    shared, at_a, at_b = np.intersect1d(a.index, b.index, assume_unique=True, return_indices=True)
    if not len(shared):
        raise ResultsError(_("The two networks share no image of {split}.").format(split=a.split))
    if not np.array_equal(a.label[at_a], b.label[at_b]):
        raise ResultsError(
            _("The two networks have different labels for the same images of {split}.").format(
                split=a.split
            )
        )
    return at_a, at_b


def compare(a: PredictionTable, b: PredictionTable) -> Paired:
    """Pair two tables over the images that stand in both.

    Restrict tables of networks with different classes first (`core.evaluation.metrics.restrict`).

    Raises:
        ResultsError: as `common_rows`.

    Example:
        >>> def table(*right: int) -> PredictionTable:
        ...     label = np.zeros(len(right), dtype=int)
        ...     return PredictionTable(
        ...         split="PrivateTest",
        ...         index=np.arange(len(right)),
        ...         label=label,
        ...         probabilities=np.eye(2)[[1 - hit for hit in right]],
        ...     )
        >>> compare(table(1, 1, 0, 0), table(1, 0, 0, 0))
        Paired(both=1, only_a=1, only_b=0, neither=2)
    """
    at_a, at_b = common_rows(a, b)
    right_a = (predictions(a) == a.label)[at_a]
    right_b = (predictions(b) == b.label)[at_b]
    counts = np.bincount(2 * right_a + right_b, minlength=4)
    return Paired(
        both=int(counts[3]), only_a=int(counts[2]), only_b=int(counts[1]), neither=int(counts[0])
    )


def p_text(p_value: float) -> str:
    """A p-value as it is printed: 'p < 0.001' or 'p = 0.032'.

    Example:
        >>> p_text(0.0317)
        'p = 0.032'
        >>> p_text(1e-9)
        'p < 0.001'
    """
    if p_value < 0.001:
        return f"p < {number(0.001, 3)}"
    return f"p = {number(p_value, 3)}"


def sentence(pair: Paired, a: str, b: str) -> str:
    """What the comparison means, in words.

    Args:
        pair: the comparison.
        a: title of the first network.
        b: title of the second.

    Example:
        >>> sentence(Paired(both=90, only_a=5, only_b=5, neither=0), "A", "B")
        'A and B are right equally often, though not on the same images.'
    """
    better, worse = (a, b) if pair.difference >= 0 else (b, a)
    sign = 1 if pair.difference >= 0 else -1
    low, high = sorted(100 * sign * end for end in pair.interval())
    points = number(100 * abs(pair.difference), 1)
    if not pair.only_a + pair.only_b:
        return _("{a} and {b} are right on exactly the same images.").format(a=a, b=b)
    if not pair.difference:
        return _("{a} and {b} are right equally often, though not on the same images.").format(
            a=a, b=b
        )
    if pair.significant:
        return _(
            "{better} beats {worse} by {points} percentage points (95% interval {low} to "
            "{high}); chance alone seldom gives such a lead ({p})."
        ).format(
            better=better,
            worse=worse,
            points=points,
            low=number(low, 1),
            high=number(high, 1),
            p=p_text(pair.p_value),
        )
    return _(
        "{better} leads {worse} by {points} percentage points, but only one is right on "
        "{discordant} of the images and chance alone often gives such a lead ({p}): no "
        "significant difference."
    ).format(
        better=better,
        worse=worse,
        points=points,
        discordant=percent((pair.only_a + pair.only_b) / pair.n),
        p=p_text(pair.p_value),
    )
