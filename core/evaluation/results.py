"""Everything that stands in `results/`, checked, with what is wrong put into sentences.

A broken file takes away what stood in it and nothing else: the other files of that
network and all other networks stay usable.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from core import paths
from core.data.supports import recognise
from core.errors import FerLabError, ResultsError
from core.evaluation.cells import Cells, read_cells
from core.evaluation.metrics import accuracy, table_confusion
from core.schema import (
    Card,
    History,
    Metrics,
    PredictionTable,
    SeedRun,
    SplitMetrics,
    read_predictions,
)
from core.text import _

FILES = ("metrics.json", "history.json", "predictions.npz", "cells.npz")
"""The files of a network's results. A folder with none of them is no network's."""

SEEDS = "seeds"
"""Folder of a network's results with its recipe's further runs from other seeds."""


@dataclass(frozen=True)
class SplitBadge:
    """What the row sums of a matrix say about where it was measured.

    Attributes:
        named: the split that the file names.
        recognised: the split of FER-2013 that has these row sums, or None.
    """

    named: str
    recognised: str | None

    @property
    def verified(self) -> bool:
        """Whether the row sums are those of the named split."""
        return self.named == self.recognised

    @property
    def text(self) -> str:
        """The badge in words."""
        if self.verified:
            return _("{split}, verified by its row sums").format(split=self.named)
        if self.recognised:
            return _("called {named}, but its row sums are those of {recognised}").format(
                named=self.named, recognised=self.recognised
            )
        return _("called {named}, but its row sums match no split of FER-2013").format(
            named=self.named
        )


def split_badge(
    split: str, confusion: np.ndarray | list[list[int]], classes: list[str]
) -> SplitBadge:
    """Check the row sums of a confusion matrix against the known supports.

    Args:
        split: what the matrix says it was measured on.
        confusion: counts (C, C), rows true.
        classes: names of the rows.
    """
    return SplitBadge(split, recognise(np.asarray(confusion).sum(axis=1), classes))


@dataclass(frozen=True)
class SeedResults:
    """What a further run of a recipe left: its curves, and its tables by split."""

    run: SeedRun
    tables: dict[str, PredictionTable]


@dataclass
class NetworkResults:
    """The results of one network.

    Attributes:
        id: the network, also the name of its folder.
        folder: where its results lie.
        card: of its model, or None where there is no readable one.
        history: learning curves, or None.
        tables: prediction tables by split; without those that are missing or wrong.
        cells: mean faces and maps by split; empty where the file is missing or wrong.
        seeds: further runs of the recipe from other seeds, some perhaps at another size.
        problems: what is wrong, each a sentence that names the file. Empty when all is well.
    """

    id: str
    folder: Path
    card: Card | None = None
    history: History | None = None
    tables: dict[str, PredictionTable] = field(default_factory=dict)
    cells: dict[str, Cells] = field(default_factory=dict)
    seeds: list[SeedResults] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    _metrics: Metrics | None = None

    @property
    def usable(self) -> bool:
        """Whether `metrics` can be read."""
        return self._metrics is not None

    @property
    def metrics(self) -> Metrics:
        """The network's scores. Raises `ResultsError` where not `usable`."""
        if self._metrics is None:
            raise ResultsError(" ".join(self.problems) or f"{self.id}: no metrics.")
        return self._metrics

    @property
    def title(self) -> str:
        """Name of the network in the language of the moment: the card's title, else its id."""
        return _(self.card.title) if self.card else self.id

    @property
    def classes(self) -> list[str]:
        """Class names in the order of the network's outputs."""
        return self.metrics.classes

    def split(self, name: str) -> SplitMetrics | None:
        """The scores of a split, or None for one that was not measured."""
        found = (self.metrics.report, self.metrics.selection)
        return next((scores for scores in found if scores.split == name), None)

    def badge(self, name: str) -> SplitBadge | None:
        """The badge of a split, or None for one that was not measured."""
        scores = self.split(name)
        return split_badge(name, scores.confusion, self.classes) if scores else None


def load_all(folder: Path | None = None, models: Path | None = None) -> list[NetworkResults]:
    """Read the results of every network, in order of their ids. Never raises for a bad file.

    Args:
        folder: the results folder (default: `core.paths.results()`).
        models: the models folder (default: `core.paths.models()`).
    """
    folder = folder or paths.results()
    if not folder.is_dir():
        return []
    found = (path for path in sorted(folder.iterdir()) if path.is_dir())
    return [
        load(path.name, folder, models)
        for path in found
        if any((path / name).exists() for name in FILES)
    ]


def load(model_id: str, folder: Path | None = None, models: Path | None = None) -> NetworkResults:
    """Read the results of one network; what is wrong stands in `problems`.

    Args:
        model_id: the network.
        folder: the results folder (default: `core.paths.results()`).
        models: the models folder (default: `core.paths.models()`).
    """
    target = (folder or paths.results()) / model_id
    results = NetworkResults(model_id, target)
    _read_card(results, (models or paths.models()) / model_id)
    _read_metrics(results)
    _read_history(results)
    _read_tables(results)
    _read_cells(results)
    _read_seeds(results)
    return results


def _read_seeds(results: NetworkResults) -> None:
    results.seeds, problems = read_seeds(results.folder)
    results.problems += problems


def read_seeds(folder: Path) -> tuple[list[SeedResults], list[str]]:
    """The further runs in a network's folder by size and seed, and what could not be read."""
    found, problems = [], []
    for path in sorted((folder / SEEDS).glob("*.json")):
        try:
            run = SeedRun.read(path)
            tables = read_predictions(path.with_suffix(".npz"))
            sizes = {table.probabilities.shape[1] for table in tables.values()}
            if sizes != {len(run.classes)}:
                raise ResultsError(
                    _("{path}: {key}: Expected {expected}. Received: {received}.").format(
                        path=path.with_suffix(".npz"),
                        key="probabilities",
                        expected=len(run.classes),
                        received=", ".join(map(str, sorted(sizes))),
                    )
                )
            found.append(SeedResults(run, tables))
        except ResultsError as reason:
            problems.append(str(reason))
    return sorted(found, key=lambda item: (item.run.size, item.run.seed)), problems


def _read_card(results: NetworkResults, folder: Path) -> None:
    if not (folder / "card.json").exists():
        return
    try:
        results.card = Card.of(folder)
    except FerLabError as reason:
        results.problems.append(str(reason))


def _read_metrics(results: NetworkResults) -> None:
    path = results.folder / "metrics.json"
    try:
        metrics = Metrics.read(path)
        _check_metrics(metrics, results.id, path)
    except ResultsError as reason:
        results.problems.append(str(reason))
        return
    results._metrics = metrics
    card = results.card
    if card and card.model_sha256 not in ("", metrics.model_sha256):
        results.problems.append(
            _(
                "{path} was measured on another model file than the one in models/{id}. Measure it "
                "again with: python -m core evaluate {id}."
            ).format(path=path, id=results.id)
        )


def _check_metrics(metrics: Metrics, model_id: str, path: Path) -> None:
    if metrics.model != model_id:
        raise ResultsError(
            _("{path}: {key}: Expected {expected}. Received: {received}.").format(
                path=path, key="model", expected=model_id, received=metrics.model
            )
        )
    for name, scores in (("report", metrics.report), ("selection", metrics.selection)):
        rows = [row.name for row in scores.per_class]
        if rows != metrics.classes:
            raise ResultsError(
                _("{path}: {key}: Expected {expected}. Received: {received}.").format(
                    path=path,
                    key=f"{name}.per_class",
                    expected=", ".join(metrics.classes),
                    received=", ".join(rows),
                )
            )
        if abs(float(accuracy(np.array(scores.confusion))) - scores.accuracy) > 1e-4:
            raise ResultsError(
                _("{path}: {key}: Expected {expected}. Received: {received}.").format(
                    path=path,
                    key=f"{name}.accuracy",
                    expected=f"{float(accuracy(np.array(scores.confusion))):.4f}",
                    received=f"{scores.accuracy:.4f}",
                )
            )


def _read_history(results: NetworkResults) -> None:
    try:
        results.history = History.read(results.folder / "history.json")
    except ResultsError as reason:
        results.problems.append(str(reason))


def _read_tables(results: NetworkResults) -> None:
    path = results.folder / "predictions.npz"
    try:
        tables = read_predictions(path)
    except ResultsError as reason:
        results.problems.append(str(reason))
        return
    for table in tables.values():
        problem = _table_problem(results, table)
        if problem:
            results.problems.append(f"{path}: {table.split}: {problem}")
        else:
            results.tables[table.split] = table


def _table_problem(results: NetworkResults, table: PredictionTable) -> str | None:
    if len(np.unique(table.index)) != len(table.index):
        return _("an image stands in it twice.")
    if not results.usable:
        return None
    size = table.probabilities.shape[1]
    if size != len(results.classes):
        return _("Expected {expected} classes. Received: {received}.").format(
            expected=len(results.classes), received=size
        )
    scores = results.split(table.split)
    if scores and not np.array_equal(table_confusion(table), scores.confusion):
        return _("its predictions do not give the confusion matrix of metrics.json.")
    return None


def _read_cells(results: NetworkResults) -> None:
    try:
        results.cells = read_cells(results.folder / "cells.npz")
    except ResultsError as reason:
        results.problems.append(str(reason))
