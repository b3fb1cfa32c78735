"""Measure a network on FER-2013 and write its results.

PublicTest has chosen the epoch; here it also gives the temperature. PrivateTest is
reported. A network whose recipe divided Training has chosen its epoch there and is
measured on its own parts too; for all others to compare with, the temperature still comes
from PublicTest and the report from PrivateTest.

The network comes in as a function, so that nothing here knows how it runs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np
from pydantic import ValidationError

from core import paths
from core.data import division
from core.data.audit import copies_of_training
from core.data.division import Division, Parts, divide
from core.data.store import Dataset, Split
from core.data.votes import majority
from core.errors import ModelError, ResultsError
from core.evaluation.calibration import fit_temperature
from core.evaluation.cells import Cells, CellSums, write_cells
from core.evaluation.crowd import crowd_agreement
from core.evaluation.metrics import agreement, predictions, summarise
from core.files import sha256
from core.labels import CLASSES
from core.records import Made, first_problem
from core.roles import AVERAGINGS, REPORT, SELECTION, TRAINING, Averaging
from core.schema import (
    MODEL,
    Agreement,
    Card,
    Metrics,
    OwnDivision,
    PredictionTable,
    write_predictions,
)

MEASURED: tuple[Averaging, ...] = AVERAGINGS[1:]
"""Kinds of averaging whose accuracy is reported beside the plain one."""

TRAINING_IMAGES = 3589
"""Training images that tell the accuracy on what was learnt: as many as a test split has,
drawn once, since all of them would take four times as long as the rest."""

BATCH = 256
"""Images handed to the network at once."""

DIGITS = 6
"""Decimals in `metrics.json`; further ones differ from machine to machine."""


class Output(Protocol):
    """What the network says about a batch of n chips."""

    @property
    def probabilities(self) -> np.ndarray:
        """float32 (n, C), rows sum to one."""

    @property
    def activation_maps(self) -> np.ndarray | None:
        """float32 (n, C, h, w); needed without averaging only."""


Predict = Callable[[np.ndarray, Averaging], Output]
"""(chips uint8 (n, 48, 48), test-time averaging) -> output."""

Progress = Callable[[str, int, int], None]
"""(what is being measured, images done, images in all)."""


def _silent(step: str, done: int, total: int) -> None:
    pass


def evaluate(
    model_id: str,
    dataset: Dataset,
    predict: Predict,
    progress: Progress = _silent,
    averagings: Sequence[Averaging] = MEASURED,
) -> Metrics:
    """Write `metrics.json`, `predictions.npz` and `cells.npz` of a network.

    A network of fewer than seven classes is measured on the images of its classes. The
    temperature found is written to the network's card too. Measuring again changes
    nothing, the date included, unless a number changed. The part of Training that a recipe
    kept for a number of its own has its table among the predictions too.

    Args:
        model_id: a folder of `core.paths.models()` with `card.json` and `model.onnx`.
        dataset: FER-2013.
        predict: runs the network, with float32 arithmetic.
        progress: told after every batch.
        averagings: kinds of test-time averaging to report beside the plain accuracy.

    Returns:
        The metrics as written.

    Raises:
        ModelError: if the model folder is incomplete or the file is not the card's.
        ResultsError: if the dataset has no image of the network's classes.
    """
    card = _card(model_id)
    run = _Run(card.classes, predict, progress)
    selection, selection_cells = run.measure(SELECTION, dataset.split(SELECTION))
    report, report_cells = run.measure(REPORT, dataset.split(REPORT))
    parts = _parts(card, dataset)
    learned = parts.training if parts else dataset.split(TRAINING)
    own, own_tables = run.own(parts) if parts else (None, [])
    temperature = round(fit_temperature(selection.probabilities, selection.label), 4)
    crowd = None
    if dataset.votes is not None:
        crowd = crowd_agreement(report, majority(dataset.votes), card.classes)
    metrics = Metrics(
        model=model_id,
        model_sha256=card.model_sha256,
        classes=card.classes,
        temperature=temperature,
        report=summarise(report, temperature, card.classes),
        selection=summarise(selection, temperature, card.classes),
        training_accuracy=run.accuracy(TRAINING, learned, most=TRAINING_IMAGES).accuracy,
        averaged={kind: run.accuracy(REPORT, dataset.split(REPORT), kind) for kind in averagings},
        crowd=crowd,
        without_training_copies=_without_copies(report, dataset),
        own_division=own,
        made=_made(model_id, averagings),
    )
    folder = paths.results() / model_id
    write_predictions(folder / "predictions.npz", [selection, report, *own_tables])
    write_cells(folder / "cells.npz", [selection_cells, report_cells])
    if card.temperature != temperature:
        card.model_copy(update={"temperature": temperature}).write(
            paths.models() / model_id / "card.json"
        )
    return _write(metrics)


def _card(model_id: str) -> Card:
    folder = paths.models() / model_id
    card = Card.of(folder)
    unknown = [name for name in card.classes if name not in CLASSES]
    if unknown:
        raise ModelError(
            f"{folder / 'card.json'}: classes: Expected names among {', '.join(CLASSES)}. "
            f"Received: {', '.join(unknown)}."
        )
    model = folder / MODEL
    if not model.is_file():
        raise ModelError(f"{model} is missing.")
    if card.model_sha256 != sha256(model):
        raise ModelError(f"{model} is not the file that its card.json describes: export it again.")
    return card


def _parts(card: Card, dataset: Dataset) -> Parts | None:
    """The parts of Training where the network's recipe divided it."""
    data = card.recipe.get("data")
    settings = data.get("split") if isinstance(data, dict) else None
    if settings is None:
        return None
    try:
        wanted = Division.model_validate(settings)
    except ValidationError as reason:
        path = paths.models() / card.id / "card.json"
        problem = first_problem(reason, "recipe", "data", "split")
        raise ModelError(f"{path}: {problem}") from reason
    return divide(dataset.split(TRAINING), wanted)


class _Run:
    """One network on parts of a dataset, batch by batch."""

    def __init__(self, classes: Sequence[str], predict: Predict, progress: Progress) -> None:
        self._classes = list(classes)
        self._predict, self._progress = predict, progress

    def _images(self, name: str, part: Split) -> Split:
        """A part's images of the network's classes."""
        found = part.only(self._classes)
        if not len(found.labels):
            raise ResultsError(
                f"{name} of the dataset: Expected images of {', '.join(self._classes)}. "
                "Received: none."
            )
        return found

    def measure(self, split: str, images: Split) -> tuple[PredictionTable, Cells]:
        """Prediction table and cells of a part called `split`, without averaging."""
        images = self._images(split, images)
        faces, label = images.faces, images.labels
        sums = CellSums(split, len(self._classes))
        rows = []
        for start in range(0, len(faces), BATCH):
            part = slice(start, start + BATCH)
            output = self._predict(faces[part], "none")
            if output.activation_maps is None:
                raise ModelError("Expected activation maps from the network. Received: none.")
            predicted = output.probabilities.argmax(axis=1)
            sums.add(label[part], predicted, faces[part], output.activation_maps)
            rows.append(np.asarray(output.probabilities, dtype=np.float32))
            self._progress(split, min(start + BATCH, len(faces)), len(faces))
        table = PredictionTable(
            split=split,
            index=images.index,
            label=label,
            probabilities=np.concatenate(rows),
        )
        return table, sums.means()

    def accuracy(
        self, split: str, images: Split, averaging: Averaging = "none", most: int | None = None
    ) -> Agreement:
        """Accuracy on a part, or on `most` images of it drawn once, under averaging."""
        images = self._images(split, images)
        if most is not None and most < len(images.labels):
            drawn = np.random.default_rng(0).choice(len(images.labels), most, replace=False)
            images = images.take(np.sort(drawn))
        faces, label = images.faces, images.labels
        step = split if averaging == "none" else f"{split}, {averaging}"
        right = np.zeros(len(faces), dtype=bool)
        for start in range(0, len(faces), BATCH):
            part = slice(start, start + BATCH)
            output = self._predict(faces[part], averaging)
            right[part] = output.probabilities.argmax(axis=1) == label[part]
            self._progress(step, min(start + BATCH, len(faces)), len(faces))
        return agreement(right)

    def own(self, parts: Parts) -> tuple[OwnDivision, list[PredictionTable]]:
        """Accuracy on the parts of a divided Training, and the table of what was kept back."""
        table, _cells = self.measure(division.TEST, parts.test)
        found = OwnDivision(
            learned=len(self._images(TRAINING, parts.training).labels),
            validation=self.accuracy(division.VALIDATION, parts.validation),
            test=agreement(predictions(table) == table.label),
        )
        return found, [table]


def _without_copies(table: PredictionTable, dataset: Dataset) -> Agreement:
    copied = np.zeros(len(dataset.labels), dtype=bool)
    copied[dataset.split(table.split).index] = copies_of_training(dataset, table.split)
    return agreement((predictions(table) == table.label)[~copied[table.index]])


def _made(model_id: str, averagings: Sequence[Averaging]) -> Made:
    flag = "" if "ten_crop" in averagings else " --no-ten-crop"
    return Made.now(f"python -m core evaluate {model_id}{flag}", "numpy", "scipy", "openvino")


def rounded(value: Any) -> Any:
    """What a JSON file of results holds, its numbers to `DIGITS` decimals."""
    if isinstance(value, float):
        return round(value, DIGITS)
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(item) for item in value]
    return value


def _write(metrics: Metrics) -> Metrics:
    path = paths.results() / metrics.model / "metrics.json"
    new = Metrics.model_validate(rounded(metrics.model_dump(mode="json")))
    try:
        old = Metrics.read(path)
    except ResultsError:
        old = None
    if old and old == new.model_copy(
        update={"made": new.made.model_copy(update={"date": old.made.date})}
    ):
        return old
    new.write(path)
    return new
