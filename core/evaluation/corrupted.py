"""Ask a network about PrivateTest under every corruption and write its robustness files.

Probabilities of each condition are kept in the runs' folder as soon as they are there, so
that a killed run goes on; the results are arithmetic on all of them, written at the end.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import numpy as np

from core import paths
from core.data.corruptions import KINDS, LEVELS, corrupt
from core.data.measures import MEASURES
from core.data.store import Dataset, Split
from core.errors import ModelError, ResultsError
from core.evaluation import conformal
from core.evaluation.conformal import SetRule
from core.evaluation.evaluate import rounded
from core.evaluation.robustness import (
    ANSWERS,
    CLEAN,
    FILE,
    Answers,
    Condition,
    KindResult,
    Robustness,
    condition_name,
    condition_names,
    mean_interval,
    summarise_condition,
)
from core.files import UNREADABLE, atomic_write, json_bytes, read_arrays, sha256, write_json
from core.records import Made
from core.roles import REPORT, SELECTION
from core.schema import MODEL, Card, PredictionTable, read_predictions

SAME_ANSWER: Final = 0.005
"""Most that probabilities may differ on average between machines for one network; those of two
networks differ by some 0.03."""

QUICK: Final = 600
"""Images of a quick run."""

STAMP: Final = "stamp.json"
ANSWERED_BY: Final = "answered_by"
BATCH: Final = 256

VERSIONS: Final = ("numpy", "opencv-python-headless", "openvino")
"""Packages whose version decides about a draw, a picture or an answer."""

Classify = Callable[[np.ndarray], np.ndarray]
"""uint8 (n, 48, 48) -> float32 (n, C), probabilities without temperature."""

Progress = Callable[[str, int, int], None]
"""(condition, images asked about so far, images in all)."""


def drawn(split: Split, classes: list[str], quick: bool) -> tuple[Split, int]:
    """The images that a network of these classes is asked about, and how many there are.

    A quick run takes the first of one order that is drawn for the whole split, so that
    networks of the same classes meet the same images.
    """
    own = split.only(classes)
    if not quick or len(own.labels) <= QUICK:
        return own, len(own.labels)
    turn = np.random.default_rng(0).permutation(len(split.labels))
    first = np.argsort(turn[np.searchsorted(split.index, own.index)])[:QUICK]
    return own.take(np.sort(first)), len(own.labels)


def pictures(images: Split) -> Iterator[tuple[str, np.ndarray]]:
    """Name and chips of every condition, `clean` first."""
    yield CLEAN, images.faces
    for kind in KINDS:
        for level in LEVELS:
            yield condition_name(kind, level), corrupt(images.faces, kind, level, images.index)


def measure(
    model_id: str,
    dataset: Dataset,
    classify: Classify,
    quick: bool = False,
    progress: Progress = lambda condition, done, total: None,
) -> Robustness:
    """Write `robustness.json` and `robustness.npz` of a network.

    Args:
        model_id: a folder of `core.paths.models()` with its card and ONNX file.
        dataset: FER-2013.
        classify: the network.
        quick: ask about `QUICK` images only.
        progress: told after every batch.

    Returns:
        The document as written.

    Raises:
        ModelError: if the model folder is incomplete or the file is not the card's.
        ResultsError: if the dataset has no image of the network's classes, or the network
            has no predictions on the selection split to calibrate its sets on.
    """
    folder = paths.models() / model_id
    card = Card.of(folder)
    if sha256(folder / MODEL) != card.model_sha256:
        raise ModelError(f"{folder / MODEL} is not the file that its card.json describes.")
    images, of = drawn(dataset.split(REPORT), card.classes, quick)
    if not of:
        raise ResultsError(f"{REPORT}: expected images of {', '.join(card.classes)}. Received: 0.")
    rules = _rules(model_id)
    kept = _Kept(model_id, card.model_sha256, images)
    total = len(images.labels) * len(condition_names())
    conditions: dict[str, Condition] = {}
    predicted: dict[str, np.ndarray] = {}
    for number, (name, chips) in enumerate(pictures(images)):
        start = number * len(chips)
        probabilities = kept.read(name, len(card.classes))
        if probabilities is None:
            rows = []
            for first in range(0, len(chips), BATCH):
                rows.append(classify(chips[first : first + BATCH]))
                progress(name, start + min(first + BATCH, len(chips)), total)
            probabilities = np.concatenate(rows).astype(np.float32)
            kept.write(name, probabilities)
        progress(name, start + len(chips), total)
        table = PredictionTable(
            split=REPORT, index=images.index, label=images.labels, probabilities=probabilities
        )
        picture = {
            measure: float(np.median([function(chip) for chip in chips]))
            for measure, function in MEASURES.items()
        }
        conditions[name] = summarise_condition(table, card.temperature, rules, picture)
        predicted[name] = probabilities.argmax(axis=1).astype(np.uint8)
    answers = Answers(images.index, images.labels, predicted)
    low, high = mean_interval(answers.right)
    document = Robustness(
        model=model_id,
        model_sha256=card.model_sha256,
        classes=card.classes,
        split=REPORT,
        images=len(images.labels),
        of=of,
        temperature=card.temperature,
        mean_accuracy=float(answers.right.mean()),
        mean_accuracy_interval=(max(low, 0.0), min(high, 1.0)),
        clean=conditions[CLEAN],
        kinds={
            kind: KindResult(
                unit=entry.unit,
                strengths=list(entry.strengths),
                levels=[conditions[condition_name(kind, level)] for level in LEVELS],
            )
            for kind, entry in KINDS.items()
        },
        answered_by=kept.answered_by(),
        made=Made.now(
            f"python -m core evaluate {model_id} --corrupted{' --quick' * quick}", *VERSIONS
        ),
    )
    return _finish(document, answers, kept)


def take_over(model_id: str, dataset: Dataset, archive: Path, classify: Classify) -> int:
    """Take probabilities of all images that another machine made, for `measure` to go on from.

    Args:
        model_id: the network.
        dataset: FER-2013.
        archive: `.npz` with `index` (n,), `hardware`, and one float32 (n, C) a condition.
        classify: the network here, which must agree about the clean images.

    Returns:
        How many conditions were taken.

    Raises:
        ResultsError: if the archive is damaged, is about other images, or answers clean images
            otherwise than the network does here.
    """
    card = Card.of(paths.models() / model_id)
    images, _of = drawn(dataset.split(REPORT), card.classes, quick=False)
    arrays = read_arrays(archive, ResultsError)
    index, stated = arrays.get("index"), arrays.get(CLEAN)
    if index is None or not np.array_equal(index, images.index) or stated is None:
        raise ResultsError(f"{archive}: expected all images of {REPORT}, clean ones among them.")
    batches = range(0, len(images.labels), BATCH)
    clean = np.concatenate([classify(images.faces[first : first + BATCH]) for first in batches])
    if stated.shape != clean.shape or np.abs(stated - clean).mean() > SAME_ANSWER:
        raise ResultsError(f"{archive}: its answers to clean images are not {model_id}'s.")
    kept = _Kept(model_id, card.model_sha256, images)
    taken = [name for name in condition_names() if name in arrays]
    for name in taken:
        kept.write(name, arrays[name].astype(np.float32))
    kept.note(str(arrays.get("hardware", "")))
    return len(taken)


def _rules(model_id: str) -> list[SetRule]:
    path = paths.results() / model_id / "predictions.npz"
    selection = read_predictions(path).get(SELECTION)
    if selection is None:
        raise ResultsError(f"{path}: expected {SELECTION}. Evaluate the network first.")
    return [conformal.calibrate(selection, level) for level in conformal.LEVELS]


def _finish(document: Robustness, answers: Answers, kept: _Kept) -> Robustness:
    """Write both files unless the same numbers stand there already."""
    folder = paths.results() / document.model
    new = Robustness.model_validate(rounded(document.model_dump(mode="json")))
    try:
        old = Robustness.read(folder / FILE)
    except ResultsError:
        old = None
    if old and old == new.model_copy(update={"made": old.made}):
        new = old
    answers.write(folder / ANSWERS)
    new.write(folder / FILE)
    kept.remove()
    return new


class _Kept:
    """Probabilities of the conditions that are done, in the runs' folder.

    They count only for the same network, the same images and the same corruptions. Another
    machine may fill the folder (`core.evaluation.corrupted.take_over`); the file `answered_by`
    then says what ran the network there.
    """

    def __init__(self, model_id: str, model_sha256: str, images: Split) -> None:
        self._folder = paths.runs() / "robustness" / model_id
        stamp = {
            "model": model_sha256,
            "index": images.index.tolist(),
            "strengths": {kind: list(entry.strengths) for kind, entry in KINDS.items()},
        }
        try:
            same = json.loads((self._folder / STAMP).read_bytes()) == json.loads(json_bytes(stamp))
        except (OSError, ValueError):
            same = False
        if not same:
            self.remove()
            write_json(self._folder / STAMP, stamp)
        self._images = len(images.labels)

    def _path(self, condition: str) -> Path:
        return self._folder / f"{condition}.npy"

    def read(self, condition: str, classes: int) -> np.ndarray | None:
        """Probabilities (n, C) of a condition that is done."""
        try:
            found = np.load(self._path(condition))
        except UNREADABLE:
            return None
        return found if found.shape == (self._images, classes) else None

    def write(self, condition: str, probabilities: np.ndarray) -> None:
        """Keep a condition."""
        with atomic_write(self._path(condition)) as stream:
            np.save(stream, probabilities, allow_pickle=False)

    def answered_by(self) -> str:
        """What ran the network, where another machine did."""
        try:
            return (self._folder / ANSWERED_BY).read_text(encoding="utf-8").strip()
        except OSError:
            return ""

    def note(self, answered_by: str) -> None:
        """Say what ran the network."""
        with atomic_write(self._folder / ANSWERED_BY) as stream:
            stream.write(answered_by.encode())

    def remove(self) -> None:
        """Let everything go."""
        shutil.rmtree(self._folder, ignore_errors=True)
