"""How far the seed moves a network, and whether a lead outlasts other seeds.

McNemar's test asks what other test images could give; it says nothing of another training
run. Here the runs of one recipe from several seeds are spread out, and two recipes are
compared run by run over the seeds that both were trained from.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Any

import numpy as np
from scipy.special import stdtr, stdtrit

from core.errors import ResultsError
from core.evaluation.metrics import CONFIDENCE, accuracy, macro_f1, table_confusion
from core.evaluation.results import NetworkResults
from core.evaluation.significance import LEVEL, Paired, compare, p_text
from core.roles import SQUEEZE
from core.schema import SHOWN, PredictionTable
from core.text import _, number

"""The proposed network and the same without squeeze-and-excitation."""

CLIP = 1.0
"""Largest norm of the gradient where a stage names none, as in recipes that could not."""

NOT_COMPARED = SHOWN | {"id", "seed"}
"""Keys of a recipe in which runs of several seeds may differ."""

ALIKE = ("size", "own_size", "classes", "split")
"""What two spreads share if their runs are paired."""


@dataclass(frozen=True)
class Run:
    """One training run on one split; `seed` is what it was trained from."""

    seed: int
    table: PredictionTable

    @cached_property
    def accuracy(self) -> float:
        """Share of images that it gets right."""
        return float(accuracy(table_confusion(self.table)))

    @cached_property
    def macro_f1(self) -> float:
        """Mean F1 over the classes."""
        return float(macro_f1(table_confusion(self.table)))


@dataclass(frozen=True)
class Spread:
    """Runs that differ in nothing but the seed.

    Attributes:
        id: of the recipe.
        title: what to call it.
        size: side in pixels to which the networks enlarge the chip.
        own_size: whether that is the recipe's own size; else these runs compare with each
            other only, not with the network that the recipe gave.
        split: name of the split.
        classes: in output order.
        runs: at least two, by seed.
    """

    id: str
    title: str
    size: int
    own_size: bool
    split: str
    classes: tuple[str, ...]
    runs: tuple[Run, ...]

    @property
    def label(self) -> str:
        """Title and size."""
        return _("{network}, {size} px").format(network=self.title, size=self.size)

    @property
    def accuracies(self) -> np.ndarray:
        """float64 (runs,)."""
        return np.array([run.accuracy for run in self.runs])

    @property
    def mean(self) -> float:
        """Mean accuracy of the runs."""
        return float(self.accuracies.mean())

    @property
    def deviation(self) -> float:
        """Standard deviation of accuracy over the runs, with n - 1."""
        return float(self.accuracies.std(ddof=1))

    @property
    def macro_f1(self) -> float:
        """Mean of the runs' macro F1."""
        return float(np.mean([run.macro_f1 for run in self.runs]))


@dataclass(frozen=True)
class Contest:
    """Two recipes over the seeds that both were trained from.

    Attributes:
        a, b: the recipes' runs.
        seeds: at least two.
        pairs: for each seed, the first's run against the second's on the same images.
    """

    a: Spread
    b: Spread
    seeds: tuple[int, ...]
    pairs: tuple[Paired, ...]

    @property
    def differences(self) -> np.ndarray:
        """Accuracy of the first minus the second's, seed by seed: float64 (seeds,)."""
        return np.array([pair.difference for pair in self.pairs])

    @property
    def mean(self) -> float:
        """Mean of the differences."""
        return float(self.differences.mean())

    @property
    def error(self) -> float:
        """Standard error of the mean difference."""
        return float(self.differences.std(ddof=1) / np.sqrt(len(self.pairs)))

    def interval(self, confidence: float = CONFIDENCE) -> tuple[float, float]:
        """Student's t interval of the mean difference over seeds, not clipped to [-1, 1]."""
        reach = self.error * float(stdtrit(len(self.pairs) - 1, 0.5 + confidence / 2))
        return self.mean - reach, self.mean + reach

    @property
    def p_value(self) -> float | None:
        """Two-sided p-value of the paired t test over seeds.

        None where every seed gives the same difference: two runs of equal lead are no sign
        of certainty, and the test needs some variation to measure the lead by.
        """
        if not self.error:
            return None
        return float(2 * stdtr(len(self.pairs) - 1, -abs(self.mean) / self.error))


def spreads(found: Sequence[NetworkResults], split: str) -> list[Spread]:
    """The runs of every recipe that was trained from two seeds or more, by size.

    The network itself counts as a run where its card's recipe is that of the others but
    for the seed; runs with other settings stand in a spread of their own.

    Args:
        found: networks with their further runs.
        split: where the runs are compared.
    """
    groups: dict[tuple[str, int, str], Spread] = {}
    for item in found:
        for spread, settings in _runs(item, split):
            key = (item.id, spread.size, settings)
            before = groups[key].runs if key in groups else ()
            runs = {run.seed: run for run in (*spread.runs, *before)}
            groups[key] = Spread(
                spread.id,
                spread.title,
                spread.size,
                spread.own_size,
                split,
                spread.classes,
                tuple(runs[seed] for seed in sorted(runs)),
            )
    return [spread for spread in groups.values() if len(spread.runs) > 1]


def contest(a: Spread, b: Spread) -> Contest | None:
    """The runs of two recipes paired by seed.

    None where they are of another size or other classes, share fewer than two seeds, or
    were measured on other images; and where only one is of its recipe's own size.
    """
    if any(getattr(a, key) != getattr(b, key) for key in ALIKE):
        return None
    first, second = ({run.seed: run.table for run in spread.runs} for spread in (a, b))
    seeds = tuple(sorted(first.keys() & second.keys()))
    if len(seeds) < 2:
        return None
    try:
        pairs = tuple(compare(first[seed], second[seed]) for seed in seeds)
    except ResultsError:
        return None
    return Contest(a, b, seeds, pairs)


def contests(found: Sequence[Spread]) -> list[Contest]:
    """Every two spreads that can be paired; the question of squeeze-and-excitation first.

    The first of a pair is the one that is proposed, else the more accurate one.
    """
    paired = []
    for a, b in combinations(found, 2):
        swap = (b.id, a.id) == SQUEEZE or ((a.id, b.id) != SQUEEZE and b.mean > a.mean)
        made = contest(b, a) if swap else contest(a, b)
        if made is not None:
            paired.append(made)
    return sorted(paired, key=lambda item: (item.a.id, item.b.id) != SQUEEZE)


def sentence(found: Contest) -> str:
    """What a contest means, in words."""
    ahead, behind = (found.a, found.b) if found.mean >= 0 else (found.b, found.a)
    sign = 1 if found.mean >= 0 else -1
    low, high = sorted(100 * sign * end for end in found.interval())
    if found.p_value is None:
        text = _(
            "Over {count} seeds {ahead} and {behind} differ by {points} percentage points every "
            "time: without any variation there is nothing to test the lead against."
        )
    elif found.p_value < LEVEL:
        text = _(
            "Over {count} seeds {ahead} leads {behind} by {points} percentage points on average, "
            "more than the choice of seeds would bring about (95% interval {low} to {high}, {p})."
        )
    elif not round(100 * found.mean, 1):
        text = _(
            "Over {count} seeds {ahead} and {behind} come out equal on average, to a tenth of a "
            "percentage point (95% interval of the difference {low} to {high}, {p}): these runs "
            "show no difference, and one beyond that interval is unlikely."
        )
    else:
        text = _(
            "Over {count} seeds {ahead} leads {behind} by {points} percentage points on average, "
            "which the choice of seeds alone may bring about (95% interval {low} to {high}, {p}): "
            "these runs show no difference, and so few rule out none."
        )
    return text.format(
        count=len(found.seeds),
        ahead=ahead.label,
        behind=behind.label,
        points=number(100 * abs(found.mean), 1),
        low=number(low, 1),
        high=number(high, 1),
        p="" if found.p_value is None else p_text(found.p_value),
    )


def _runs(item: NetworkResults, split: str) -> Iterator[tuple[Spread, str]]:
    """Spreads of one run each, with what tells their settings apart."""
    for seed in item.seeds:
        run = seed.run
        if split in seed.tables:
            only = (Run(run.seed, seed.tables[split]),)
            classes = tuple(run.classes)
            spread = Spread(item.id, item.title, run.size, not run.resized, split, classes, only)
            yield spread, settings_text(run.recipe)
    card, table = item.card, item.tables.get(split)
    if card is not None and table is not None:
        only = (Run(card.training.seed, table),)
        size, classes = card.input_size, tuple(card.classes)
        spread = Spread(item.id, item.title, size, True, split, classes, only)
        yield spread, settings_text(card.recipe)


def settings_text(recipe: Mapping[str, Any]) -> str:
    """A recipe as a text that two runs share if they differ in their seed only."""
    compared = {key: value for key, value in recipe.items() if key not in NOT_COMPARED}
    compared["data"] = _as_before(compared.get("data"))
    compared["stages"] = [
        {key: value for key, value in stage.items() if (key, value) != ("clip", CLIP)}
        for stage in compared.get("stages") or ()
    ]
    # A network's settings stand as the recipe gives them: there a zero is no default.
    network = dict(compared.pop("network", None) or {})
    settings = network.pop("settings", None)
    return json.dumps([_told(compared), _told(network), settings], sort_keys=True)


def _as_before(data: Any) -> dict[str, Any]:
    """A data section without corruptions of no kind, which older recipes do not name."""
    section = dict(data or {})
    if not (section.get("corruptions") or {}).get("kinds"):
        section.pop("corruptions", None)
    return section


def _told(value: Any) -> Any:
    """Without zeros and empty values: an older recipe does not name what it does not use."""
    if isinstance(value, Mapping):
        told = {key: _told(part) for key, part in value.items()}
        return {key: part for key, part in told.items() if part}
    if isinstance(value, list | tuple):
        return [_told(part) for part in value]
    return value
