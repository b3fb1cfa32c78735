"""A network's strengths and weaknesses as sentences, each resting on a number it names.

The thresholds below say when a number is worth a sentence. They are conventions of this
project, chosen so that a lecturer would nod, not results.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from core.evaluation.calibration import coverage_accuracy
from core.evaluation.confidence import SURE, bands, gap
from core.evaluation.results import NetworkResults
from core.schema import ClassMetrics, PredictionTable, SplitMetrics
from core.text import _, ngettext, number, percent

BELIEVABLE = 0.05
"""Up to this calibration error a confidence counts as believable."""

SURE_GAIN = 0.1
"""Gain in accuracy on the surer half of the images that is worth telling."""

SURE_ERRORS = 0.1
"""Share of errors made with `SURE` confidence that is worth telling."""

RARE_LOSS = 0.05
"""Distance of macro F1 below accuracy from which rare classes count as neglected."""

TOO_READILY = 1.25
"""A class said this many times as often as it occurs is said too readily."""

KNOWN_GAP, MEMORISED_GAP = 0.05, 0.15
"""Training minus test accuracy: below the first hardly any, above the second a lot."""

Wording = Callable[[str], str]


@dataclass(frozen=True)
class Profile:
    """Strengths and weaknesses, most telling first."""

    strengths: list[str]
    weaknesses: list[str]


def profile(
    item: NetworkResults,
    split: str,
    others: Sequence[NetworkResults] = (),
    wording: Wording = str,
) -> Profile:
    """Describe a network by its numbers on one split.

    Args:
        item: a network with scores on `split`.
        split: name of the split.
        others: networks to set it against; those with other classes do not count.
        wording: the shown name of a class.

    Returns:
        Sentences in the language of the moment; both lists are empty where the network was
        not measured on the split.
    """
    scores = item.split(split)
    if scores is None or not scores.n:
        return Profile([], [])
    rivals = [
        found
        for other in others
        if other.usable and other.id != item.id and set(other.classes) == set(item.classes)
        if (found := other.split(split)) is not None
    ]
    table = item.tables.get(split)
    trained = item.metrics.training_accuracy
    praise = [*_rank(scores, rivals, best=True), *_found(scores, rivals, wording)]
    praise += [*_precise(scores, wording), *_believable(scores), *_sure_half(scores, table)]
    praise += _generalises(scores, trained)
    warnings = [*_rank(scores, rivals, best=False), *_missed(scores, wording)]
    warnings += [*_frequent(scores, wording), *_miscalibrated(scores, table)]
    warnings += [*_sure_errors(table), *_rare(scores), *_too_readily(scores, wording)]
    warnings += _memorised(scores, trained)
    return Profile(praise, warnings)


def _rank(scores: SplitMetrics, rivals: list[SplitMetrics], *, best: bool) -> list[str]:
    values = [rival.accuracy for rival in rivals]
    text = _("Highest accuracy of the {count} networks with these expressions: {accuracy}.")
    if not best:
        text = _("Lowest accuracy of the {count} networks with these expressions: {accuracy}.")
    first = bool(values) and (
        scores.accuracy > max(values) if best else scores.accuracy < min(values)
    )
    if not first:
        return []
    return [text.format(count=len(values) + 1, accuracy=percent(scores.accuracy))]


def _present(scores: SplitMetrics) -> list[ClassMetrics]:
    return [row for row in scores.per_class if row.support]


def _found(scores: SplitMetrics, rivals: list[SplitMetrics], wording: Wording) -> list[str]:
    top = max(_present(scores), key=lambda row: row.recall)
    sentences = [
        _("Best recall: {name}, {recall} of {count} images.").format(
            name=wording(top.name), recall=percent(top.recall), count=number(top.support)
        )
    ]
    leads = [
        wording(row.name)
        for row in _present(scores)
        if rivals and row.recall > max(_recall(rival, row.name) for rival in rivals)
    ]
    if leads and len(leads) < len(_present(scores)):
        sentences.append(
            _("Highest recall of all networks for: {names}.").format(names=", ".join(leads))
        )
    return sentences


def _recall(scores: SplitMetrics, name: str) -> float:
    return next((row.recall for row in scores.per_class if row.name == name), 0.0)


def _precise(scores: SplitMetrics, wording: Wording) -> list[str]:
    top = max(scores.per_class, key=lambda row: row.precision)
    return [
        _("Best precision: {name}, right in {precision} of its answers.").format(
            name=wording(top.name), precision=percent(top.precision)
        )
    ]


def _believable(scores: SplitMetrics) -> list[str]:
    if scores.ece > BELIEVABLE:
        return []
    return [
        _(
            "Well calibrated: its confidence differs from its accuracy by {points} "
            "percentage points on average."
        ).format(points=number(100 * scores.ece, 1))
    ]


def _sure_half(scores: SplitMetrics, table: PredictionTable | None) -> list[str]:
    if table is None:
        return []
    curve = coverage_accuracy(table.probabilities, table.label)
    half = float(curve.accuracy[(scores.n - 1) // 2])
    if half - scores.accuracy < SURE_GAIN:
        return []
    return [
        _(
            "Confidence is informative: accuracy is {half} on the half of the images it is"
            " most confident about, {all} on all of them."
        ).format(half=percent(half), all=percent(scores.accuracy))
    ]


def _generalises(scores: SplitMetrics, trained: float | None) -> list[str]:
    if trained is None or trained - scores.accuracy > KNOWN_GAP:
        return []
    return [
        _("Generalises well: {test} on new images, {train} on its training images.").format(
            test=percent(scores.accuracy), train=percent(trained)
        )
    ]


def _missed(scores: SplitMetrics, wording: Wording) -> list[str]:
    worst = min(_present(scores), key=lambda row: row.recall)
    matrix = np.asarray(scores.confusion)
    row = [item.name for item in scores.per_class].index(worst.name)
    away = matrix[row].copy()
    away[row] = 0
    if not away.any():
        return []
    other = int(away.argmax())
    return [
        _(
            "Lowest recall: {name}. It finds {recall} of {count} images and takes {share} "
            "of them for {other}."
        ).format(
            name=wording(worst.name),
            recall=percent(worst.recall),
            count=number(worst.support),
            share=percent(away[other] / worst.support),
            other=wording(scores.per_class[other].name),
        )
    ]


def _frequent(scores: SplitMetrics, wording: Wording) -> list[str]:
    matrix = np.asarray(scores.confusion).copy()
    errors = matrix.sum() - np.trace(matrix)
    np.fill_diagonal(matrix, 0)
    if not errors:
        return []
    row, column = divmod(int(matrix.argmax()), len(matrix))
    return [
        ngettext(
            "Its most frequent mistake: {count} image of {true} called {predicted}, {share} of all "
            "its errors.",
            "Its most frequent mistake: {count} images of {true} called {predicted}, {share} of "
            "all its errors.",
            int(matrix[row, column]),
        ).format(
            count=number(int(matrix[row, column])),
            true=wording(scores.per_class[row].name),
            predicted=wording(scores.per_class[column].name),
            share=percent(matrix[row, column] / errors),
        )
    ]


def _miscalibrated(scores: SplitMetrics, table: PredictionTable | None) -> list[str]:
    if scores.ece <= BELIEVABLE or table is None:
        return []
    found = gap(table.probabilities, table.label)
    text = _(
        "Overconfident: mean confidence {stated}, accuracy {accuracy}. Temperature scaling"
        " lowers its calibration error from {before} to {after}."
    )
    if found.overconfidence < 0:
        text = _(
            "Underconfident: mean confidence {stated}, accuracy {accuracy}. Temperature "
            "scaling changes its calibration error from {before} to {after}."
        )
    return [
        text.format(
            stated=percent(found.overall),
            accuracy=percent(found.accuracy),
            before=percent(scores.ece),
            after=percent(scores.ece_calibrated),
        )
    ]


def _sure_errors(table: PredictionTable | None) -> list[str]:
    if table is None:
        return []
    top = bands(table.probabilities, table.label, (SURE,))[-1]
    if top.of_errors < SURE_ERRORS:
        return []
    return [
        _("{share} of its errors ({count} images) have a confidence of {sure} or more.").format(
            share=percent(top.of_errors), count=number(top.errors), sure=percent(SURE, 0)
        )
    ]


def _rare(scores: SplitMetrics) -> list[str]:
    if scores.accuracy - scores.macro.f1 < RARE_LOSS:
        return []
    return [
        _(
            "Weak on rare expressions: macro F1, which weighs every expression the same, "
            "is {macro}; accuracy is {accuracy}."
        ).format(macro=percent(scores.macro.f1), accuracy=percent(scores.accuracy))
    ]


def _too_readily(scores: SplitMetrics, wording: Wording) -> list[str]:
    matrix = np.asarray(scores.confusion)
    said, there = matrix.sum(axis=0), matrix.sum(axis=1)
    ratio = np.divide(said, there, out=np.zeros(len(said)), where=there > 0)
    most = int(ratio.argmax())
    if ratio[most] < TOO_READILY:
        return []
    return [
        _("Predicts {name} too often: {said} times, for {there} images with that label.").format(
            name=wording(scores.per_class[most].name),
            said=number(int(said[most])),
            there=number(int(there[most])),
        )
    ]


def _memorised(scores: SplitMetrics, trained: float | None) -> list[str]:
    if trained is None or trained - scores.accuracy <= MEMORISED_GAP:
        return []
    return [
        _("Overfits: {train} on its training images, {test} on new ones.").format(
            train=percent(trained), test=percent(scores.accuracy)
        )
    ]
