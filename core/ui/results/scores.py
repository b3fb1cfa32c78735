"""A network's scores on one split as labelled numbers, for tables side by side."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.evaluation.results import NetworkResults
from core.schema import Agreement, SplitMetrics
from core.text import _, number, percent
from core.ui import resources, words

UNKNOWN = "–"


@dataclass(frozen=True)
class Spread:
    """A mean over training runs with the least and the largest of them."""

    accuracy: float
    accuracy_interval: tuple[float, float]


Score = float | Agreement | SplitMetrics | Spread | None
"""A share, a share with its interval or range, or nothing where it was not measured."""


def rows(item: NetworkResults, split: str) -> dict[str, Score]:
    """Every score of a network on a split: label to score, the ones to quote first.

    What only the report split has (test-time averaging, the crowd, images without a copy
    in Training) is left out for another split, and so is what a network that divided
    Training scores on the part that it kept back.
    """
    scores = item.split(split)
    found: dict[str, Score] = {_("Accuracy"): scores}
    if split == item.metrics.report.split:
        averaged = item.metrics.averaged
        found[_("… mean of both mirrors")] = averaged.get("flip")
        found[_("… mean of ten crops")] = averaged.get("ten_crop")
        found[_("… without copies of training images")] = item.metrics.without_training_copies
        own = item.metrics.own_division
        found[_("… on images of Training that it kept back")] = own.test if own else None
        found[_("Agreement with the FER+ crowd")] = item.metrics.crowd
        if folds := resources.folds(item.id):
            name = _("… mean of {count} folds of what it learns from")
            found[name.format(count=number(len(folds.folds)))] = Spread(folds.mean, folds.range)
    found[_("Macro F1")] = scores and scores.macro.f1
    found[_("Macro recall (balanced accuracy)")] = scores and scores.macro.recall
    found[_("Macro precision")] = scores and scores.macro.precision
    found[_("Weighted F1")] = scores and scores.weighted.f1
    found[_("Calibration error (ECE)")] = scores and scores.ece
    found[_("… after temperature scaling")] = scores and scores.ece_calibrated
    return found


def value(score: Score) -> float | None:
    """The share itself."""
    return score.accuracy if isinstance(score, Agreement | SplitMetrics | Spread) else score


def text(score: Score) -> str:
    """The share in words, with its 95% interval where it has one."""
    if score is None:
        return UNKNOWN
    if isinstance(score, float):
        return percent(score)
    low, high = score.accuracy_interval
    # Word joiners keep the interval on one line.
    return f"{percent(score.accuracy)} ({number(100 * low, 1)}\u2060–\u2060{number(100 * high, 1)})"


def table(chosen: list[NetworkResults], split: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Scores as texts (rows scores, columns networks), and as plain numbers for a download."""
    columns = {item.title: rows(item, split) for item in chosen}
    labels = list(dict.fromkeys(label for scores in columns.values() for label in scores))
    measured = [label for label in labels if any(s.get(label) for s in columns.values())]
    texts = pd.DataFrame(
        {title: [text(s.get(label)) for label in measured] for title, s in columns.items()},
        index=measured,
    )
    plain = pd.DataFrame(
        [
            {
                "network": item.id,
                "split": split,
                "score": label,
                "value": value(score),
                "low": getattr(score, "accuracy_interval", (None, None))[0],
                "high": getattr(score, "accuracy_interval", (None, None))[1],
            }
            for item in chosen
            for label, score in rows(item, split).items()
            if score is not None
        ]
    )
    return texts, plain


def per_class(
    chosen: list[NetworkResults], split: str, score: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One score of every class (rows classes, columns networks), and all scores as numbers.

    Args:
        chosen: the networks.
        split: name of the split.
        score: `recall`, `precision` or `f1`.
    """
    measured = {item.title: found for item in chosen if (found := item.split(split))}
    names = list(dict.fromkeys(row.name for found in measured.values() for row in found.per_class))
    supports = {row.name: row.support for found in measured.values() for row in found.per_class}
    texts = pd.DataFrame({_("Images"): [number(supports[name]) for name in names]})
    for title, found in measured.items():
        by_name = {row.name: getattr(row, score) for row in found.per_class}
        texts[title] = [percent(by_name[n]) if n in by_name else UNKNOWN for n in names]
    texts.index = pd.Index([words.unbroken(name) for name in names])
    if len(measured) > 1:
        _mark_best(texts, measured, names, score)
    plain = pd.DataFrame(
        [
            {"network": item.id, "split": split, **row.model_dump()}
            for item in chosen
            if (found := item.split(split))
            for row in found.per_class
        ]
    )
    return texts, plain


def _mark_best(
    texts: pd.DataFrame, measured: dict[str, SplitMetrics], names: list[str], score: str
) -> None:
    for place, name in enumerate(names):
        values = {
            title: next((getattr(r, score) for r in found.per_class if r.name == name), np.nan)
            for title, found in measured.items()
        }
        best = np.nanmax(list(values.values()))
        for title, value in values.items():
            if value == best:
                column = texts.columns.get_loc(title)
                texts.iloc[place, column] = f"**{texts.iloc[place, column]}**"
