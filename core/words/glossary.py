"""Meaning of each number: a formula, a plain sentence, and the number worked out.

The worked line uses the confusion matrix and the predictions of one network and, where a
score belongs to one class, the class in focus.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from core.evaluation import metrics
from core.evaluation.calibration import coverage_accuracy
from core.evaluation.confidence import gap
from core.evaluation.curves import precision_recall, roc
from core.evaluation.significance import Paired, p_text
from core.schema import PredictionTable, SplitMetrics
from core.text import _, number, percent

THRESHOLD = 0.8
"""Confidence at which coverage is worked out."""


@dataclass(frozen=True)
class Entry:
    """One term.

    Attributes:
        key: short name, one of `KEYS`.
        term: what it is called, translated.
        formula: LaTeX.
        meaning: what it says, in a sentence or two.
        worked: the network's own number, or None where what it needs is not there.
    """

    key: str
    term: str
    formula: str
    meaning: str
    worked: str | None


@dataclass(frozen=True)
class Example:
    """The numbers that the worked lines use.

    Attributes:
        scores: of the network on one split.
        focus: the class for scores of one class.
        wording: the shown name of a class.
        table: its predictions, or None.
        temperature: the network's.
        pair: the network against another, or None.
        rival: title of that other network.
    """

    scores: SplitMetrics
    focus: str
    wording: Callable[[str], str] = str
    table: PredictionTable | None = None
    temperature: float = 1.0
    pair: Paired | None = None
    rival: str = ""

    @cached_property
    def matrix(self) -> np.ndarray:
        """Counts (C, C), rows true."""
        return np.asarray(self.scores.confusion, dtype=np.int64)

    @property
    def place(self) -> int:
        """Position of the class in focus; the first where there is none of that name."""
        names = [row.name for row in self.scores.per_class]
        return names.index(self.focus) if self.focus in names else 0

    @property
    def name(self) -> str:
        """Shown name of the class in focus."""
        return self.wording(self.scores.per_class[self.place].name)

    @cached_property
    def cells(self) -> tuple[int, int, int, int]:
        """True positives, misses, false alarms, true negatives of the class in focus."""
        (hit, missed), (false, rest) = metrics.one_vs_rest(self.matrix, self.place).tolist()
        return hit, missed, false, rest


def entry(key: str, example: Example) -> Entry:
    """One term, worked out. Raises `KeyError` for a key that is none of `KEYS`."""
    return _BUILDERS[key](example)


def entries(example: Example) -> list[Entry]:
    """Every term, in the order in which they build on each other."""
    return [entry(key, example) for key in KEYS]


def _fraction(top: int, bottom: int) -> str:
    share = percent(top / bottom) if bottom else "–"
    return f"{number(top)} / {number(bottom)} = {share}"


def _accuracy(e: Example) -> Entry:
    right, n = int(np.trace(e.matrix)), e.scores.n
    return Entry(
        "accuracy",
        _("Accuracy"),
        r"\frac{\text{" + _("right") + r"}}{n} = \frac{\sum_i M_{ii}}{\sum_{ij} M_{ij}}",
        _("The share of all images that are named right: the diagonal of the matrix."),
        _fraction(right, n),
    )


def _support(e: Example) -> Entry:
    hit, missed, _false, _rest = e.cells
    return Entry(
        "support",
        _("Support"),
        r"n_i = \sum_j M_{ij}",
        _("How many images a class has: the sum of its row."),
        f"{e.name}: {number(hit)} + {number(missed)} = {number(hit + missed)}",
    )


def _recall(e: Example) -> Entry:
    hit, missed, _false, _rest = e.cells
    return Entry(
        "recall",
        _("Recall"),
        r"R_i = \frac{M_{ii}}{\sum_j M_{ij}} = \frac{TP}{TP + FN}",
        _("Of the images of a class, the share that the network finds. Read along a row."),
        f"{e.name}: {_fraction(hit, hit + missed)}",
    )


def _precision(e: Example) -> Entry:
    hit, _missed, false, _rest = e.cells
    return Entry(
        "precision",
        _("Precision"),
        r"P_i = \frac{M_{ii}}{\sum_j M_{ji}} = \frac{TP}{TP + FP}",
        _("Of the images that the network calls so, the share that are. Read down a column."),
        f"{e.name}: {_fraction(hit, hit + false)}",
    )


def _f1(e: Example) -> Entry:
    hit, missed, false, _rest = e.cells
    total = 2 * hit + missed + false
    value = percent(2 * hit / total) if total else "–"
    return Entry(
        "f1",
        "F1",
        r"F_i = \frac{2 P_i R_i}{P_i + R_i} = \frac{2\,TP}{2\,TP + FN + FP}",
        _(
            "Harmonic mean of precision and recall: it is high only when both are, and near the "
            "lower one otherwise."
        ),
        f"{e.name}: 2 × {number(hit)} / ({2} × {number(hit)} + {number(missed)} + "
        f"{number(false)}) = {value}",
    )


def _macro(e: Example) -> Entry:
    values = [row.f1 for row in e.scores.per_class]
    parts = " + ".join(number(100 * value, 1) for value in values)
    return Entry(
        "macro",
        _("Macro F1"),
        r"\frac{1}{C} \sum_i F_i",
        _(
            "The mean F1 of the classes. Every class weighs the same, so a network that neglects a "
            "rare one loses as much as if it neglected a frequent one."
        ),
        f"({parts}) / {len(values)} = {percent(e.scores.macro.f1)}",
    )


def _weighted(e: Example) -> Entry:
    return Entry(
        "weighted",
        _("Weighted F1"),
        r"\sum_i \frac{n_i}{n} F_i",
        _("The mean F1 in which a class weighs as much as it has images."),
        percent(e.scores.weighted.f1),
    )


def _balanced(e: Example) -> Entry:
    return Entry(
        "balanced",
        _("Balanced accuracy (macro recall)"),
        r"\frac{1}{C} \sum_i R_i",
        _("The accuracy there would be if every class had equally many images."),
        _("{balanced}, while accuracy is {accuracy}").format(
            balanced=percent(e.scores.macro.recall), accuracy=percent(e.scores.accuracy)
        ),
    )


def _false_alarms(e: Example) -> Entry:
    _hit, _missed, false, rest = e.cells
    return Entry(
        "false_positive_rate",
        _("False positive rate"),
        r"\frac{FP}{FP + TN}",
        _("Of the images of all other classes, the share that is called so by mistake."),
        f"{e.name}: {_fraction(false, false + rest)}",
    )


def _auc(e: Example) -> Entry:
    worked = None
    if e.table is not None:
        area = roc(e.table.probabilities[:, e.place], e.table.label == e.place).area
        worked = f"{e.name}: {number(area, 3)}" if np.isfinite(area) else None
    return Entry(
        "auc",
        _("Area under the ROC curve (AUC)"),
        r"\text{AUC} = \Pr\left(p_i(x^+) > p_i(x^-)\right)",
        _(
            "How often an image of the class gets a higher probability for it than an image of "
            "another class: 0.5 is guessing, 1 is a perfect order. It needs no threshold."
        ),
        worked,
    )


def _average_precision(e: Example) -> Entry:
    worked = None
    if e.table is not None:
        area = precision_recall(e.table.probabilities[:, e.place], e.table.label == e.place).area
        worked = f"{e.name}: {number(area, 3)}" if np.isfinite(area) else None
    return Entry(
        "average_precision",
        _("Average precision"),
        r"\text{AP} = \sum_k (R_k - R_{k-1})\,P_k",
        _(
            "Precision averaged over recall as the threshold falls. For a rare class it tells more "
            "than the ROC curve; guessing gives the class's share of the images."
        ),
        worked,
    )


def _confidence(e: Example) -> Entry:
    worked = None
    if e.table is not None:
        found = gap(e.table.probabilities, e.table.label)
        worked = _("on average {all}; {right} where it is right, {wrong} where it is wrong").format(
            all=percent(found.overall), right=percent(found.right), wrong=percent(found.wrong)
        )
    return Entry(
        "confidence",
        _("Confidence"),
        r"\max_i p_i(x)",
        _("The largest of an image's probabilities: how sure the network says it is."),
        worked,
    )


def _ece(e: Example) -> Entry:
    return Entry(
        "ece",
        _("Expected calibration error (ECE)"),
        r"\sum_b \frac{n_b}{n} \left| \text{acc}_b - \text{conf}_b \right|",
        _(
            "The predictions are sorted into 15 groups by confidence; in each, the share that is "
            "right is set against the mean confidence. ECE is the mean distance."
        ),
        _("{before}; after temperature scaling {after}").format(
            before=percent(e.scores.ece), after=percent(e.scores.ece_calibrated)
        ),
    )


def _nll(e: Example) -> Entry:
    return Entry(
        "nll",
        _("Negative log-likelihood (NLL)"),
        r"-\frac{1}{n} \sum_x \ln p_{y}(x)",
        _(
            "Small when the true class gets much probability; one sure mistake costs a lot. "
            "Training minimises it, temperature scaling too."
        ),
        _("{before} nats; after temperature scaling {after}").format(
            before=number(e.scores.nll, 3), after=number(e.scores.nll_calibrated, 3)
        ),
    )


def _temperature(e: Example) -> Entry:
    return Entry(
        "temperature",
        _("Temperature"),
        r"p_i = \frac{e^{z_i / T}}{\sum_j e^{z_j / T}}",
        _(
            "One number by which the logits are divided before the softmax. Above 1 it makes the "
            "network less sure, below 1 surer; which class comes first stays the same. It is "
            "fitted on PublicTest."
        ),
        f"T = {number(e.temperature, 2)}",
    )


def _coverage(e: Example) -> Entry:
    worked = None
    if e.table is not None and len(e.table.label):
        answered, right = coverage_accuracy(e.table.probabilities, e.table.label).at(THRESHOLD)
        worked = _(
            "answering only when at least {threshold} sure: {answered} answered, {right} of them "
            "right"
        ).format(
            threshold=percent(THRESHOLD, 0),
            answered=percent(answered),
            right=percent(right) if answered else "–",
        )
    return Entry(
        "coverage",
        _("Coverage"),
        r"\frac{\left|\{x : \max_i p_i(x) \ge t\}\right|}{n}",
        _("The share of images that get an answer when the network may stay silent below t."),
        worked,
    )


def _wilson(e: Example) -> Entry:
    low, high = e.scores.accuracy_interval
    return Entry(
        "wilson",
        _("95% interval (Wilson)"),
        r"\frac{\hat p + \frac{z^2}{2n} \pm z \sqrt{\frac{\hat p (1 - \hat p)}{n} + "
        r"\frac{z^2}{4n^2}}}{1 + \frac{z^2}{n}}",
        _(
            "What the accuracy could be on other images of the same kind. Of such intervals, 95 "
            "in 100 contain the true value. z = 1.96."
        ),
        _("{accuracy} of {n} images: {low} to {high}").format(
            accuracy=percent(e.scores.accuracy),
            n=number(e.scores.n),
            low=percent(low),
            high=percent(high),
        ),
    )


def _mcnemar(e: Example) -> Entry:
    worked = None
    if e.pair is not None:
        worked = _("against {rival}: b = {only_a}, c = {only_b}, {p}").format(
            rival=e.rival,
            only_a=number(e.pair.only_a),
            only_b=number(e.pair.only_b),
            p=p_text(e.pair.p_value),
        )
    return Entry(
        "mcnemar",
        _("McNemar's test"),
        r"\begin{gathered} p = 2 \Pr\left(X \le \min(b, c)\right) \\ "
        r"X \sim \text{Bin}(b + c, \tfrac12) \end{gathered}",
        _(
            "Two networks on the same images: b is what only the first gets right, c what only the "
            "second does. Were they equally good, b and c would be like tosses of a coin."
        ),
        worked,
    )


_BUILDERS: dict[str, Callable[[Example], Entry]] = {
    "accuracy": _accuracy,
    "wilson": _wilson,
    "support": _support,
    "recall": _recall,
    "precision": _precision,
    "f1": _f1,
    "macro": _macro,
    "weighted": _weighted,
    "balanced": _balanced,
    "false_positive_rate": _false_alarms,
    "auc": _auc,
    "average_precision": _average_precision,
    "confidence": _confidence,
    "ece": _ece,
    "nll": _nll,
    "temperature": _temperature,
    "coverage": _coverage,
    "mcnemar": _mcnemar,
}

KEYS: tuple[str, ...] = tuple(_BUILDERS)
