"""What a report is about: the readable networks, grouped so that their numbers compare."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from core import paths
from core.data.summary import DatasetSummary
from core.errors import FerLabError, ResultsError
from core.evaluation import significance
from core.evaluation.comparison import Scored, score
from core.evaluation.ensemble_results import EnsembleMetrics, measure
from core.evaluation.measured import Measured, of_network
from core.evaluation.results import NetworkResults, load_all
from core.evaluation.significance import Paired
from core.labels import CLASSES
from core.speed import runs as speed
from core.speed.runs import Speed


@dataclass(frozen=True)
class Row:
    """One network with its scores on the report split."""

    item: NetworkResults
    scored: Scored


@dataclass(frozen=True)
class Group:
    """Networks that tell the same classes apart, measured on the same split.

    Attributes:
        split: name of the split.
        classes: in FER-2013's order.
        rows: at least one, the most accurate first, equal ones by id.
    """

    split: str
    classes: tuple[str, ...]
    rows: tuple[Row, ...]

    def pair(self, a: Row, b: Row) -> Paired | None:
        """McNemar's comparison; None where predictions are missing or of other images."""
        first, second = (row.item.tables.get(self.split) for row in (a, b))
        if first is None or second is None or a.item.classes != b.item.classes:
            return None
        try:
            return significance.compare(first, second)
        except ResultsError:
            return None


@dataclass(frozen=True)
class Gathered:
    """Everything that a report says something about.

    Attributes:
        groups: the seven-class networks first.
        problems: what could not be read, a sentence each.
        dataset: `results/dataset.json`, or None.
        untrained: ids of recipes without results.
        ensemble: all seven-class networks together, and its predictions; None for one network.
        speed: `results/speed.json`, or None.
    """

    groups: tuple[Group, ...]
    problems: tuple[str, ...]
    dataset: DatasetSummary | None
    untrained: tuple[str, ...]
    ensemble: tuple[EnsembleMetrics, Measured] | None
    speed: Speed | None

    @cached_property
    def rows(self) -> list[Row]:
        """All networks, in the groups' order."""
        return [row for group in self.groups for row in group.rows]

    @property
    def newest(self) -> str:
        """When the newest of the networks was measured, ISO 8601."""
        return max(row.item.metrics.made.date for row in self.rows)


def gather() -> Gathered:
    """Read everything in `core.paths.results()`.

    Raises:
        ResultsError: if no network has readable scores.
    """
    found = load_all()
    usable = [item for item in found if item.usable]
    if not usable:
        raise ResultsError(
            f"No network in {paths.results()} has readable scores. "
            "Train one with: python -m core train cnn_48."
        )
    problems = [problem for item in found for problem in item.problems]
    ensemble = None
    try:
        ensemble = measure(usable)
    except ResultsError as reason:
        problems.append(str(reason))
    return Gathered(
        groups=tuple(_groups(usable)),
        problems=tuple(map(_shown, problems)),
        dataset=_dataset(),
        untrained=tuple(sorted(_recipes() - {item.id for item in usable})),
        ensemble=ensemble,
        speed=speed.read(paths.results() / speed.FILE),
    )


def _groups(usable: list[NetworkResults]) -> list[Group]:
    members: dict[tuple[str, frozenset[str]], list[Row]] = {}
    for item in usable:
        split = item.metrics.report.split
        measured = of_network(item, split)
        if measured is not None:
            row = Row(item, score(measured))
            members.setdefault((split, frozenset(item.classes)), []).append(row)
    return [
        Group(
            split=split,
            classes=tuple(sorted(classes, key=_place)),
            rows=tuple(sorted(rows, key=lambda row: (-row.scored.accuracy, row.item.id))),
        )
        for (split, classes), rows in sorted(
            members.items(), key=lambda pair: (-len(pair[0][1]), pair[0][0], sorted(pair[0][1]))
        )
    ]


def _place(name: str) -> tuple[int, str]:
    return (CLASSES.index(name) if name in CLASSES else len(CLASSES), name)


def _dataset() -> DatasetSummary | None:
    try:
        return DatasetSummary.read(paths.results() / "dataset.json")
    except FerLabError:
        return None


def _recipes() -> set[str]:
    return {path.stem for path in paths.recipes().glob("*.toml")}


def _shown(problem: str) -> str:
    """A problem with paths from the project's folder on, as they mean the same everywhere."""
    return problem.replace(f"{paths.ROOT}{Path('/')}", "")
