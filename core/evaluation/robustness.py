"""`results/<id>/robustness.json`: a network's answers to corrupted images, and their arithmetic.

`robustness.npz` beside it holds the class that was answered to every image, so that
networks are compared in pairs, on the same images under the same draws.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final, Literal, Self

import numpy as np
from pydantic import Field, model_validator
from scipy.special import ndtri

from core import paths
from core.data.corruptions import KINDS, LEVELS
from core.errors import ResultsError
from core.evaluation.calibration import (
    expected_calibration_error,
    negative_log_likelihood,
)
from core.evaluation.conformal import SetRule, check
from core.evaluation.metrics import CONFIDENCE, bootstrap, table_confusion, wilson
from core.evaluation.metrics import accuracy as accuracy_of
from core.evaluation.metrics import macro_f1 as macro_f1_of
from core.files import atomic_write, read_arrays
from core.records import Count, Document, Made, Positive, Record, Sha256, Share
from core.roles import apply_temperature
from core.schema import SCHEMA_VERSION, PredictionTable

FILE: Final = "robustness.json"
ANSWERS: Final = "robustness.npz"
CLEAN: Final = "clean"
REFERENCE: Final = "cnn_48"
"""The network that errors are told in units of, unless another is named."""

Interval = tuple[Share, Share]


class SetScore(Record):
    """Conformal sets of one stated coverage: how many hold the true class, and their mean size."""

    coverage: Share
    coverage_interval: Interval
    size: Positive


class Condition(Record):
    """A network on the images under one kind and strength of corruption.

    Attributes:
        accuracy: with Wilson's interval at 95%.
        macro_f1: mean F1 over the classes, with the bootstrap's interval.
        confidence: mean probability of the answered class, after temperature.
        ece: expected calibration error, after temperature.
        nll: mean negative log-likelihood in nats, after temperature.
        confusion: counts, true classes as rows.
        sets: by stated coverage in percent; calibrated on clean images of PublicTest.
        picture: median over the images of each of `core.data.measures`.
    """

    accuracy: Share
    accuracy_interval: Interval
    macro_f1: Share
    macro_f1_interval: Interval
    confidence: Share
    ece: Share
    nll: Positive
    confusion: list[list[Count]]
    sets: dict[str, SetScore]
    picture: dict[str, Positive]

    @property
    def gap(self) -> float:
        """Mean confidence minus accuracy: how much surer the network is than it is right."""
        return self.confidence - self.accuracy


class KindResult(Record):
    """A network under one kind of corruption, in the benchmark's five strengths."""

    unit: str
    strengths: Annotated[list[float], Field(min_length=len(LEVELS), max_length=len(LEVELS))]
    levels: Annotated[list[Condition], Field(min_length=len(LEVELS), max_length=len(LEVELS))]

    @property
    def accuracy(self) -> float:
        """Mean over the strengths."""
        return float(np.mean([level.accuracy for level in self.levels]))


class Robustness(Document):
    """`results/<id>/robustness.json`.

    Attributes:
        images: how many of the split's images of these classes were asked about.
        of: how many of them there are; more than `images` where only a part was drawn.
        temperature: of the network's card, under which confidences are told.
        mean_accuracy: over all kinds and strengths, with an interval over images.
        kinds: by name in `core.data.corruptions.KINDS`.
        answered_by: what ran the network, where it was not the engine of this program: another
            machine may leave probabilities for the command to take over.
    """

    schema_version: Literal[1] = SCHEMA_VERSION
    model: str
    model_sha256: Sha256
    classes: list[str]
    split: str
    images: Annotated[int, Field(ge=1)]
    of: Annotated[int, Field(ge=1)]
    temperature: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    mean_accuracy: Share
    mean_accuracy_interval: Interval
    clean: Condition
    kinds: Annotated[dict[str, KindResult], Field(min_length=1)]
    answered_by: str = ""
    made: Made

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        size = len(self.classes)
        for name, condition in self.conditions():
            counts = condition.confusion
            if len(counts) != size or any(len(row) != size for row in counts):
                raise ValueError(f"{name}: confusion: expected {size} rows of {size} counts")
            if sum(map(sum, counts)) != self.images:
                raise ValueError(f"{name}: confusion: expected cells that add up to {self.images}")
        if self.images > self.of:
            raise ValueError(f"images: expected at most of = {self.of}")
        return self

    @property
    def whole(self) -> bool:
        """Whether every image of the split was asked about."""
        return self.images == self.of

    @property
    def current(self) -> bool:
        """Whether kinds and strengths are those that the program has now."""
        return list(self.kinds) == list(KINDS) and all(
            tuple(found.strengths) == KINDS[kind].strengths for kind, found in self.kinds.items()
        )

    def conditions(self) -> Iterator[tuple[str, Condition]]:
        """Every condition with its name: `clean`, then kind by kind."""
        yield CLEAN, self.clean
        for kind, found in self.kinds.items():
            for level, condition in zip(LEVELS, found.levels, strict=True):
                yield condition_name(kind, level), condition


def condition_name(kind: str, level: int) -> str:
    """Name of a kind at a strength: `jpeg_3`."""
    return f"{kind}_{level}"


def condition_names() -> list[str]:
    """Names of all conditions in order, `clean` first."""
    return [CLEAN, *(condition_name(kind, level) for kind in KINDS for level in LEVELS)]


def summarise_condition(
    table: PredictionTable,
    temperature: float,
    rules: Sequence[SetRule],
    picture: dict[str, float],
) -> Condition:
    """All scores of a network under one condition.

    Args:
        table: its predictions, without temperature.
        temperature: of the network.
        rules: of its conformal sets.
        picture: medians of `core.data.measures` over the images.
    """
    matrix = table_confusion(table)
    low, high = bootstrap(matrix)
    calibrated = apply_temperature(table.probabilities, temperature)
    sets = {}
    for rule in rules:
        found = check(rule, table)
        sets[f"{100 * rule.level:.0f}"] = SetScore(
            coverage=found.coverage, coverage_interval=found.interval, size=found.mean_size
        )
    return Condition(
        accuracy=float(accuracy_of(matrix)),
        accuracy_interval=wilson(int(np.trace(matrix)), len(table.label)),
        macro_f1=float(macro_f1_of(matrix)),
        macro_f1_interval=(float(low), float(high)),
        confidence=float(calibrated.max(axis=1).mean()),
        ece=expected_calibration_error(calibrated, table.label),
        nll=negative_log_likelihood(table.probabilities, table.label, temperature),
        confusion=matrix.tolist(),
        sets=sets,
        picture=picture,
    )


@dataclass(frozen=True, eq=False)
class Answers:
    """What a network answered to every image under every condition.

    Attributes:
        index: int64 (n,), row of each image in FER-2013's CSV.
        label: uint8 (n,), true class.
        predicted: by condition, uint8 (n,).
    """

    index: np.ndarray
    label: np.ndarray
    predicted: dict[str, np.ndarray]

    @property
    def right(self) -> np.ndarray:
        """float64 (n,), share of the corrupted conditions under which each image was right."""
        corrupted = [said for name, said in self.predicted.items() if name != CLEAN]
        return np.mean([said == self.label for said in corrupted], axis=0)

    def write(self, path: Path) -> None:
        """Write `robustness.npz` atomically."""
        with atomic_write(path) as stream:
            np.savez_compressed(
                stream,
                allow_pickle=False,
                index=self.index.astype(np.int32),
                label=self.label.astype(np.uint8),
                condition=np.array(list(self.predicted)),
                predicted=np.stack(list(self.predicted.values())).astype(np.uint8),
            )


def read_answers(path: Path) -> Answers:
    """Read a `robustness.npz`. Raises `ResultsError` naming the file and what is wrong."""
    arrays = read_arrays(path, ResultsError)
    kinds = {"index": "iu", "label": "iu", "condition": "U", "predicted": "iu"}
    for key, kind in kinds.items():
        if key not in arrays or arrays[key].dtype.kind not in kind or not arrays[key].ndim:
            raise ResultsError(f"{path}: {key} is missing or holds something else.")
    index, label = arrays["index"].astype(np.int64), arrays["label"]
    names, predicted = [str(name) for name in arrays["condition"]], arrays["predicted"]
    expected = (len(names), len(index))
    if predicted.shape != expected or label.shape != index.shape or index.ndim != 1:
        raise ResultsError(
            f"{path}: predicted: expected shape {expected}. Received: {predicted.shape}."
        )
    if len(set(names)) != len(names) or CLEAN not in names or len(names) < 2 or not len(index):
        raise ResultsError(f"{path}: condition: expected different names, 'clean' among them.")
    return Answers(index, label, dict(zip(names, predicted, strict=True)))


@dataclass(frozen=True)
class Benchmark:
    """Every network's answers to corrupted images.

    Attributes:
        networks: by id, those whose `robustness.json` can be read and speaks of it.
        problems: one sentence for every file that is damaged or of another network.
    """

    networks: dict[str, Robustness]
    problems: list[str]


def load_all() -> Benchmark:
    """Read `results/*/robustness.json`; a damaged one takes away itself only."""
    networks, problems = {}, []
    for path in sorted(paths.results().glob(f"*/{FILE}")):
        try:
            found = Robustness.read(path)
            if found.model != path.parent.name:
                raise ResultsError(
                    f"{path}: model: Expected {path.parent.name}. Received: {found.model}."
                )
        except ResultsError as problem:
            problems.append(str(problem))
        else:
            networks[found.model] = found
    return Benchmark(networks, problems)


def mean_interval(values: np.ndarray, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Normal interval of a mean over images.

    An image's answers under different conditions hang together, so images are what is
    counted: the mean of each over its conditions is one value.

    Args:
        values: float64 (n,).
        confidence: level.
    """
    n = len(values)
    spread = float(ndtri(0.5 + confidence / 2) * values.std(ddof=1) / np.sqrt(n)) if n > 1 else 1.0
    return float(values.mean() - spread), float(values.mean() + spread)


def _common(a: Answers, b: Answers) -> tuple[np.ndarray, np.ndarray]:
    shared, at_a, at_b = np.intersect1d(a.index, b.index, assume_unique=True, return_indices=True)
    if not len(shared) or set(a.predicted) != set(b.predicted):
        raise ResultsError(
            "Expected two networks measured on the same images under the same conditions."
        )
    return at_a, at_b


def difference(a: Answers, b: Answers) -> tuple[float, tuple[float, float], int]:
    """Mean accuracy under corruption of one network minus that of another, in pairs.

    Returns:
        Difference in [-1, 1], its 95% interval, and the number of images in common.

    Raises:
        ResultsError: if they share no image, or their conditions differ.
    """
    at_a, at_b = _common(a, b)
    gaps = a.right[at_a] - b.right[at_b]
    return float(gaps.mean()), mean_interval(gaps), len(gaps)


@dataclass(frozen=True)
class CorruptionError:
    """Errors in units of another network's, as percentages; 100 is as robust as that one.

    Attributes:
        mean: mean over kinds of the error summed over strengths, divided by the
            reference's (mCE of Hendrycks and Dietterich 2019, eq. 1).
        relative: likewise of the error beyond that on clean images (relative mCE); NaN
            where the reference loses nothing under some kind.
        kinds: the share of each kind in `mean`.
        images: common to both networks.
    """

    mean: float
    relative: float
    kinds: dict[str, float]
    images: int


def corruption_error(answers: Answers, reference: Answers) -> CorruptionError:
    """Compare a network with a reference over the images that both were asked about.

    Raises:
        ResultsError: if they share no image, or their conditions differ.
    """
    rows = _common(answers, reference)
    own, other = (
        {name: float((said != by.label)[at].mean()) for name, said in by.predicted.items()}
        for by, at in zip((answers, reference), rows, strict=True)
    )
    by_kind, relative = {}, []
    for kind in dict.fromkeys(name.rsplit("_", 1)[0] for name in own if name != CLEAN):
        names = [name for name in own if name.rsplit("_", 1)[0] == kind]
        mine, theirs = sum(own[name] for name in names), sum(other[name] for name in names)
        by_kind[kind] = 100 * mine / theirs if theirs else float("nan")
        lost = theirs - len(names) * other[CLEAN]
        extra = mine - len(names) * own[CLEAN]
        relative.append(100 * extra / lost if lost > 0 else float("nan"))
    return CorruptionError(
        mean=float(np.mean(list(by_kind.values()))),
        relative=float(np.mean(relative)),
        kinds=by_kind,
        images=len(rows[0]),
    )
