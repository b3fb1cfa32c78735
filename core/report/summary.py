"""`results/summary.json`: every network's numbers in one small file."""

from __future__ import annotations

from itertools import combinations
from typing import Annotated, Any, Literal

from pydantic import Field

from core.evaluation.evaluate import rounded
from core.evaluation.seeds import Contest, Spread, contests
from core.records import Count, Document, Record, Share
from core.report import seeds
from core.report.gather import Gathered, Group, Row
from core.schema import SCHEMA_VERSION

Interval = tuple[Share, Share]
Change = Annotated[float, Field(ge=-1, le=1, allow_inf_nan=False)]


class NetworkSummary(Record):
    """One network on the report split.

    `selection_accuracy` is on the split that chose the temperature, and the epoch too unless
    the network divided Training; `flip`, `ten_crop`, `crowd`
    and `without_training_copies` are accuracies, None where they were not measured.
    """

    id: str
    title: str
    classes: list[str]
    split: str
    n: Count
    accuracy: Share
    accuracy_interval: Interval
    macro_f1: Share
    macro_f1_interval: Interval
    balanced_accuracy: Share
    recall: dict[str, Share]
    ece: Share
    ece_calibrated: Share
    selection_accuracy: Share
    training_accuracy: Share | None
    flip: Share | None
    ten_crop: Share | None
    crowd: Share | None
    without_training_copies: Share | None
    parameters: Count | None
    model_sha256: str


class PairSummary(Record):
    """McNemar's comparison of two networks on the same images; `difference` is a minus b."""

    a: str
    b: str
    both: Count
    only_a: Count
    only_b: Count
    neither: Count
    difference: Change
    difference_interval: tuple[Change, Change]
    p_value: Share


class SpreadSummary(Record):
    """Runs of one recipe that differ in their seed only, on the report split.

    `accuracies` are in the order of `seeds`; `deviation` is their standard deviation with
    n - 1. `size` is the side in pixels to which the networks enlarge the chip.
    """

    id: str
    size: Count
    seeds: list[Count]
    accuracies: list[Share]
    mean: Share
    deviation: Share
    macro_f1: Share


class ContestSummary(Record):
    """Two recipes over the seeds that both were trained from; `differences` are a minus b.

    `p_values` are McNemar's, one a seed; `interval` and `p_value` are Student's t for the
    mean difference over seeds.
    """

    a: str
    b: str
    size: Count
    seeds: list[Count]
    differences: list[Change]
    p_values: list[Share]
    mean: Change
    interval: tuple[float, float]
    p_value: Share


class Summary(Document):
    """The whole file; networks and pairs in the order of the report."""

    schema_version: Literal[1] = SCHEMA_VERSION
    networks: list[NetworkSummary]
    pairs: list[PairSummary]
    spreads: list[SpreadSummary] = Field(default_factory=list)
    contests: list[ContestSummary] = Field(default_factory=list)


def summarise(found: Gathered) -> Summary:
    """The numbers of everything gathered, rounded."""
    spread = [seeds.of_group(group) for group in found.groups]
    content = {
        "networks": [_network(row) for row in found.rows],
        "pairs": [
            pair
            for group in found.groups
            for a, b in combinations(group.rows, 2)
            if (pair := _pair(group, a, b)) is not None
        ],
        "spreads": [_spread(item) for part in spread for item in part],
        "contests": [_contest(item) for part in spread for item in contests(part)],
    }
    return Summary.model_validate(rounded(content))


def _network(row: Row) -> dict[str, Any]:
    metrics, scored = row.item.metrics, row.scored
    report, averaged = metrics.report, metrics.averaged
    return {
        "id": row.item.id,
        "title": row.item.title,
        "classes": metrics.classes,
        "split": report.split,
        "n": report.n,
        "accuracy": scored.accuracy,
        "accuracy_interval": scored.accuracy_interval,
        "macro_f1": scored.macro_f1,
        "macro_f1_interval": scored.macro_f1_interval,
        "balanced_accuracy": report.macro.recall,
        "recall": {item.name: item.recall for item in report.per_class},
        "ece": report.ece,
        "ece_calibrated": report.ece_calibrated,
        "selection_accuracy": metrics.selection.accuracy,
        "training_accuracy": metrics.training_accuracy,
        "flip": averaged["flip"].accuracy if "flip" in averaged else None,
        "ten_crop": averaged["ten_crop"].accuracy if "ten_crop" in averaged else None,
        "crowd": metrics.crowd and metrics.crowd.accuracy,
        "without_training_copies": metrics.without_training_copies
        and metrics.without_training_copies.accuracy,
        "parameters": row.item.card and row.item.card.parameters,
        "model_sha256": metrics.model_sha256,
    }


def _pair(group: Group, a: Row, b: Row) -> dict[str, Any] | None:
    found = group.pair(a, b)
    if found is None:
        return None
    return {
        "a": a.item.id,
        "b": b.item.id,
        "both": found.both,
        "only_a": found.only_a,
        "only_b": found.only_b,
        "neither": found.neither,
        "difference": found.difference,
        "difference_interval": found.interval(),
        "p_value": found.p_value,
    }


def _spread(found: Spread) -> dict[str, Any]:
    return {
        "id": found.id,
        "size": found.size,
        "seeds": [run.seed for run in found.runs],
        "accuracies": found.accuracies.tolist(),
        "mean": found.mean,
        "deviation": found.deviation,
        "macro_f1": found.macro_f1,
    }


def _contest(found: Contest) -> dict[str, Any]:
    return {
        "a": found.a.id,
        "b": found.b.id,
        "size": found.a.size,
        "seeds": list(found.seeds),
        "differences": found.differences.tolist(),
        "p_values": [pair.p_value for pair in found.pairs],
        "mean": found.mean,
        "interval": found.interval(),
        "p_value": found.p_value,
    }
