"""The files that networks leave behind: what stands in them, how they are read and written.

`models/<id>/card.json`, `results/<id>/metrics.json`, `history.json` and
`predictions.npz` each have one class here. Reading validates everything; an error names
the file and the key. Nothing here needs TensorFlow or Streamlit.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

import numpy as np
from pydantic import BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from core.errors import ModelError, ResultsError
from core.files import atomic_write, read_arrays
from core.records import Classes, Count, Document, Made, Positive, Record, Sha256, Share

SCHEMA_VERSION: Final = 1

MODEL: Final = "model.onnx"
"""In a network's folder: what runs."""

KERAS: Final = "model.keras"
"""In a network's folder: the same for training on, where it is shipped."""

SHOWN: Final = {"title", "family", "summary", "best_use", "keep_keras", "stored"}
"""Keys of a recipe that change nothing about the trained network."""


class Average(Record):
    """Precision, recall and F1 averaged over the classes."""

    precision: Share
    recall: Share
    f1: Share


class ClassMetrics(Record):
    """One class's one-vs-rest scores; `support` is its number of images."""

    name: str
    precision: Share
    recall: Share
    f1: Share
    support: Count


class SplitMetrics(Record):
    """What a prediction table says about one split.

    `confusion` has true classes as rows. `accuracy_interval` is Wilson's at 95%.
    `ece` and `nll` are before, `*_calibrated` after division of the logits by the
    network's temperature.
    """

    split: str
    n: Count
    confusion: list[list[Count]]
    accuracy: Share
    accuracy_interval: tuple[Share, Share]
    macro: Average
    weighted: Average
    per_class: list[ClassMetrics]
    ece: Share
    ece_calibrated: Share
    nll: Positive
    nll_calibrated: Positive

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        size = len(self.per_class)
        if len(self.confusion) != size or any(len(row) != size for row in self.confusion):
            raise ValueError(f"confusion: expected {size} rows of {size} counts")
        if sum(map(sum, self.confusion)) != self.n:
            raise ValueError(f"confusion: expected its cells to add up to n = {self.n}")
        return self


class Agreement(Record):
    """Accuracy on a part of the split or against another labelling of it."""

    n: Count
    accuracy: Share
    accuracy_interval: tuple[Share, Share]


class OwnDivision(Record):
    """How a network does on Training where its recipe divided it.

    `learned` counts the images that it learned from, without made ones; `validation` chose
    its epoch; `test` took no part in anything.
    """

    learned: Count
    validation: Agreement
    test: Agreement


class Metrics(Document):
    """`results/<id>/metrics.json`.

    `report` is the number to quote; `selection` comes from the split that chose epoch
    and temperature and is there to show the difference. A network whose recipe divided
    Training has chosen its epoch there, which `own_division` tells; `selection` then chose
    the temperature only. `training_accuracy` is measured on as many images that were
    learned from as the report split has, without augmentation. `averaged`
    holds the report split's accuracy under test-time averaging (`flip`, `ten_crop`).
    `crowd` is agreement with the FER+ majority; `without_training_copies` leaves out
    report images of which an exact copy stands in Training.
    """

    schema_version: Literal[1] = SCHEMA_VERSION
    model: str
    model_sha256: Sha256
    classes: Classes
    temperature: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    report: SplitMetrics
    selection: SplitMetrics
    training_accuracy: Share | None = None
    averaged: dict[str, Agreement] = Field(default_factory=dict)
    crowd: Agreement | None = None
    without_training_copies: Agreement | None = None
    own_division: OwnDivision | None = None
    made: Made


class Epoch(Record):
    """One epoch. `accuracy` is on augmented images, `val_accuracy` on the selection split.

    `val_corrupted_accuracy` is on the selection split under one fixed draw of the recipe's
    corruptions, where that helps to choose the epoch.
    """

    epoch: Annotated[int, Field(ge=1)]
    stage: str
    loss: Positive
    accuracy: Share
    val_loss: Positive
    val_accuracy: Share
    val_corrupted_accuracy: Share | None = None
    learning_rate: Positive
    seconds: Positive

    def score(self, select_by: Literal["accuracy", "loss", "robust"]) -> float:
        """What a recipe chooses the epoch by; the largest is the best."""
        if select_by == "robust" and self.val_corrupted_accuracy is not None:
            return (self.val_accuracy + self.val_corrupted_accuracy) / 2
        return -self.val_loss if select_by == "loss" else self.val_accuracy


class History(Document):
    """`results/<id>/history.json`: one row an epoch, in order."""

    schema_version: Literal[1] = SCHEMA_VERSION
    model: str
    selection_split: str
    best_epoch: Annotated[int, Field(ge=1)]
    epochs: Annotated[list[Epoch], Field(min_length=1)]

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if [row.epoch for row in self.epochs] != list(range(1, len(self.epochs) + 1)):
            raise ValueError("epochs: expected 1, 2, 3, ... in order")
        if self.best_epoch > len(self.epochs):
            raise ValueError(f"best_epoch: expected at most {len(self.epochs)}")
        return self


# Cards that were written before version 0.2 hold sentences where values stand now. What is no
# sentence of theirs is kept as it is.


def _images(value: object) -> object:
    if not isinstance(value, str):
        return value
    if part := re.fullmatch(r"another (\d+) ?% of (.+)", value):
        return {"split": part[2], "share": int(part[1]) / 100}
    return {"split": value}


def _machine(value: object) -> object:
    if not isinstance(value, str):
        return value
    if cores := re.fullmatch(r"(\d+) CPU cores(?:, (.+))?", value):
        return {"device": cores[2] or "", "cores": int(cores[1])}
    return {"device": value}


def _software(value: object) -> object:
    if not isinstance(value, str):
        return value
    library, _on, backend = value.partition(" on ")
    return {"library": library, "backend": backend}


def _initial_weights(value: object) -> object:
    if not isinstance(value, str):
        return value
    *through, first = value.split(" ← ")
    known = re.fullmatch(r"(random|ImageNet)(?: \((.+)\))?", first)
    return {
        "kind": known[1].lower() if known else "other",
        "source": (known[2] or "") if known else first,
        "through": through,
    }


class SelectionImages(Record):
    """The images that chose the epoch: a split, or a share of one in [0, 1]."""

    split: str
    share: Share | None = None


class Protocol(Record):
    """Which split did what."""

    training: str
    selection: Annotated[SelectionImages, BeforeValidator(_images)]
    report: str
    selected_by: str


class Machine(Record):
    """What trained a network: a processor and its number of cores, or another device."""

    device: str
    cores: Count | None = None


class Software(Record):
    """A library, what it ran on and further versions, as in Keras 3 on tensorflow, Python 3."""

    library: str
    backend: str = ""


class InitialWeights(Record):
    """Weights before training.

    Attributes:
        kind: drawn at random, from ImageNet, or something else.
        source: whose scheme or file.
        through: titles of the networks that were trained in between, the last one first.
    """

    kind: Literal["random", "imagenet", "other"]
    source: str = ""
    through: tuple[str, ...] = ()

    @classmethod
    def of(cls, value: object) -> InitialWeights:
        """Those that a file holds: values, or the sentence that stood there before 0.2."""
        return cls.model_validate(_initial_weights(value))

    @property
    def untrained(self) -> bool:
        """Whether the network itself began from random weights."""
        return self.kind == "random" and not self.through

    def after(self, title: str) -> InitialWeights:
        """The same, when a network called `title` was trained from them."""
        return self.model_copy(update={"through": (title, *self.through)})


class Training(Record):
    """Where and for how long the network was trained.

    `seconds` is the time of the epochs, frozen features that were computed before included.
    """

    hardware: Annotated[Machine, BeforeValidator(_machine)]
    backend: Annotated[Software, BeforeValidator(_software)]
    seconds: Positive
    epochs: Count
    seed: int
    date: str


class SeedRun(Document):
    """`results/<id>/seeds/<name>.json`: a recipe trained once more from another seed.

    Beside it lies `<name>.npz` with the best epoch's prediction tables, as in
    `predictions.npz`; the network itself is not kept. `size` is the side in pixels to
    which this run's network enlarged the chip and `recipe_size` the recipe's own: runs of
    another size compare with each other, never with the network that the recipe gave.
    `recipe` repeats every hyper-parameter of this run.
    """

    schema_version: Literal[1] = SCHEMA_VERSION
    model: str
    seed: Count
    size: Annotated[int, Field(ge=48)]
    recipe_size: Annotated[int, Field(ge=48)]
    title: str
    classes: Classes
    recipe: dict[str, Any]
    history: History
    training: Training
    made: Made

    @property
    def resized(self) -> bool:
        """Whether this run's size is another than the recipe's."""
        return self.size != self.recipe_size


class Card(Document):
    """`models/<id>/card.json`.

    `recipe` repeats every hyper-parameter of the recipe's TOML file. `files` maps each
    file of the folder to its SHA-256. `input_size` is the side in pixels to which the
    network enlarges the 48x48 chip; `input_channels` is 1 (grey) or 3 (grey repeated).
    `has_gates` says whether the ONNX file has a `se_gates` output, and `gate_blocks`
    names its blocks with their number of channels, in order of concatenation.
    """

    schema_version: Literal[1] = SCHEMA_VERSION
    id: str
    title: str
    family: str
    summary: str
    best_use: str = ""
    classes: Classes
    input_size: Annotated[int, Field(ge=48)]
    input_channels: Literal[1, 3]
    gate_blocks: dict[str, int] = Field(default_factory=dict)
    recipe: dict[str, Any]
    parameters: Count
    trainable_parameters: Count
    files: dict[str, Sha256]
    protocol: Protocol
    training: Training
    temperature: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    initial_weights: Annotated[InitialWeights, BeforeValidator(_initial_weights)]
    licence: str
    intended_use: str
    limits: str

    @classmethod
    def of(cls, folder: Path) -> Card:
        """The card of a model folder. Raises `ModelError`."""
        return cls.read(folder / "card.json", ModelError)

    @property
    def model_sha256(self) -> str:
        """Of `model.onnx`; empty where the card does not say."""
        return self.files.get(MODEL, "")

    @property
    def predecessors(self) -> list[str]:
        """Networks that this one took its first weights from or was taught by."""
        start = self.recipe.get("network", {}).get("start")
        teachers = self.recipe.get("data", {}).get("teachers", [])
        return list(dict.fromkeys([*([start] if start else []), *teachers]))


class PredictionTable(Record):
    """One split of `results/<id>/predictions.npz`.

    Attributes:
        split: name of the split.
        index: int64 (n,), row of each image in FER-2013's CSV; negative for other images.
        label: uint8 (n,), true class as position in the network's classes.
        probabilities: float32 (n, C), each row sums to one within 1e-2.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True, extra="forbid", frozen=True)

    split: str
    index: np.ndarray
    label: np.ndarray
    probabilities: np.ndarray

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.index.ndim != 1 or self.label.ndim != 1:
            raise ValueError(f"{self.split}: expected index and label as rows of numbers")
        if self.index.dtype.kind not in "iu" or self.label.dtype.kind not in "iu":
            raise ValueError(f"{self.split}: expected whole numbers as index and label")
        n = len(self.index)
        if n and int(self.label.min()) < 0:
            raise ValueError(f"{self.split}/label: expected no negative class")
        if self.probabilities.ndim != 2 or len(self.probabilities) != n or len(self.label) != n:
            raise ValueError(f"{self.split}: expected index, label and probabilities of one length")
        if self.probabilities.dtype.kind != "f":
            raise ValueError(f"{self.split}/probabilities: expected decimal numbers")
        if not np.isfinite(self.probabilities).all():
            raise ValueError(f"{self.split}/probabilities: expected finite numbers")
        if n and (self.probabilities.min() < 0 or self.probabilities.max() > 1 + 1e-2):
            raise ValueError(f"{self.split}/probabilities: expected numbers from 0 to 1")
        if n and np.abs(self.probabilities.sum(axis=1, dtype=np.float64) - 1).max() > 1e-2:
            raise ValueError(f"{self.split}/probabilities: expected rows that sum to 1")
        if n and int(self.label.max()) >= self.probabilities.shape[1]:
            raise ValueError(f"{self.split}/label: expected classes below C")
        return self


def write_predictions(path: Path, tables: list[PredictionTable]) -> None:
    """Write prediction tables to one `.npz`, atomically.

    Probabilities stay float32: rounding them to float16 would make ties of some
    near-equal ones and so change what the table says was predicted.
    """
    arrays: dict[str, np.ndarray] = {}
    for table in tables:
        arrays[f"{table.split}/index"] = table.index.astype(np.int32)
        arrays[f"{table.split}/label"] = table.label.astype(np.uint8)
        arrays[f"{table.split}/probabilities"] = table.probabilities.astype(np.float32)
    with atomic_write(path) as stream:
        np.savez_compressed(stream, allow_pickle=False, **arrays)


def _whole(array: np.ndarray) -> np.ndarray:
    """Whole numbers as int64; anything else as it is, to be refused."""
    return array.astype(np.int64) if array.dtype.kind in "iu" else array


def _decimal(array: np.ndarray) -> np.ndarray:
    """Numbers as float32; text as it is, to be refused."""
    return array if array.dtype.kind == "U" else array.astype(np.float32)


def read_predictions(path: Path) -> dict[str, PredictionTable]:
    """Read every split of a `predictions.npz`. Raises `ResultsError` naming file and key."""
    arrays = read_arrays(path, ResultsError)
    tables = {}
    for split in dict.fromkeys(key.split("/")[0] for key in arrays):
        try:
            tables[split] = PredictionTable(
                split=split,
                index=_whole(arrays[f"{split}/index"]),
                label=arrays[f"{split}/label"],
                probabilities=_decimal(arrays[f"{split}/probabilities"]),
            )
        except KeyError as reason:
            raise ResultsError(f"{path}: {reason.args[0]} is missing.") from reason
        except ValidationError as reason:
            raise ResultsError(f"{path}: {reason.errors()[0]['msg']}.") from reason
    for split, table in tables.items():
        if len(table.index) and int(table.index.min()) < 0:
            raise ResultsError(f"{path}: {split}/index: expected rows of FER-2013, from 0.")
    if not tables:
        raise ResultsError(f"{path}: expected at least one split. Received: none.")
    return tables


LayerKind = Literal[
    "input", "convolution", "depthwise", "pooling", "gate", "addition", "product", "dense"
]
"""What a layer does; `gate` is a whole squeeze-and-excitation, `addition` ends a shortcut."""


@dataclass(frozen=True)
class Layer:
    """One layer of a network as its model file has it.

    Attributes:
        name: in the model file, without what the exporter put around it.
        kind: what it does.
        channels: of its answer; units of a dense layer.
        side: of its answer in pixels, 1 behind the global pooling.
        kernel: side of the window in pixels, 0 where there is none.
        parameters: stored numbers, those of a folded batch normalisation among them.
        activation: function behind it, "" for none.
        output: the node whose answer this is, as OpenVINO calls it.
        raw: the node before normalisation and activation.
        normalised: the node behind a batch normalisation that stands on its own in the file,
            "" where there is none or it was folded into the weights.
    """

    name: str
    kind: LayerKind
    channels: int
    side: int
    kernel: int = 0
    parameters: int = 0
    activation: str = ""
    output: str = field(default="", repr=False)
    raw: str = field(default="", repr=False)
    normalised: str = field(default="", repr=False)

    @property
    def shape(self) -> str:
        """Of its answer, as channels and pixels: `64 × 48 × 48`."""
        return (
            f"{self.channels} × {self.side} × {self.side}" if self.side > 1 else f"{self.channels}"
        )
