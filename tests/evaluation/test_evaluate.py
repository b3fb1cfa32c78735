"""Measuring a network: the files agree with each other and do not change without reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from core.data.division import Division, divide
from core.errors import ModelError, ResultsError
from core.evaluation.calibration import fit_temperature
from core.evaluation.cells import read_cells
from core.evaluation.evaluate import evaluate
from core.evaluation.results import load
from core.labels import CLASSES
from core.roles import Averaging
from core.schema import Card, Metrics, read_predictions
from tests.conftest import Lab
from tests.factories import N, make_dataset, make_model


@dataclass(frozen=True)
class Output:
    probabilities: np.ndarray
    activation_maps: np.ndarray | None


class Network:
    """Says from a face's brightness which of its classes it is, with some mistakes."""

    def __init__(self, classes: Sequence[str] = CLASSES) -> None:
        self.centres = np.array([30 + 25 * CLASSES.index(name) for name in classes])
        self.calls: list[tuple[int, Averaging]] = []

    def __call__(self, chips: np.ndarray, averaging: Averaging) -> Output:
        assert chips.dtype == np.uint8
        self.calls.append((len(chips), averaging))
        noise = chips[:, 0, 0].astype(float) - chips[:, 0, 1]
        brightness = chips.mean(axis=(1, 2)) + 0.4 * noise + (averaging == "flip")
        logits = -np.abs(brightness[:, None] - self.centres) / 6
        weights = np.exp(logits)
        probabilities = (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)
        return Output(probabilities, probabilities[:, :, None, None] * np.ones((3, 3)))


def test_files_agree_with_each_other_and_with_the_data(lab: Lab) -> None:
    dataset, network = make_dataset(), Network()
    metrics = evaluate("plain_net", dataset, network)
    found = load("plain_net")
    assert found.problems == []
    assert found.metrics == metrics
    table = found.tables["PrivateTest"]
    np.testing.assert_array_equal(table.label, dataset.labels[table.index])
    expected = network(dataset.faces[table.index], "none").probabilities
    np.testing.assert_array_equal(table.probabilities, expected)
    assert 0.4 < metrics.report.accuracy < 0.95
    assert metrics.report.split == "PrivateTest"
    assert metrics.selection.split == "PublicTest"
    for split, cells in found.cells.items():
        scores = found.split(split)
        assert scores is not None
        assert cells.count.tolist() == scores.confusion


def test_temperature_comes_from_the_selection_split_and_reaches_the_card(lab: Lab) -> None:
    metrics = evaluate("plain_net", make_dataset(), Network())
    table = read_predictions(lab.results / "plain_net" / "predictions.npz")["PublicTest"]
    expected = fit_temperature(table.probabilities, table.label)
    assert metrics.temperature == pytest.approx(expected, abs=1e-4)
    assert Card.of(lab.models / "plain_net").temperature == metrics.temperature
    assert metrics.selection.nll_calibrated <= metrics.selection.nll


def divide_training(lab: Lab, **changes: object) -> Division:
    wanted = Division(validation=0.2, test=0.1, seed=4)
    card = Card.of(lab.models / "plain_net")
    recipe = card.recipe | {"data": {"split": wanted.model_dump() | changes}}
    card.model_copy(update={"recipe": recipe}).write(lab.models / "plain_net" / "card.json")
    return wanted


def test_a_divided_training_is_measured_on_its_own_parts_too(lab: Lab) -> None:
    dataset, network = make_dataset(), Network()
    plain = evaluate("plain_net", dataset, network)
    parts = divide(dataset.split("Training"), divide_training(lab))
    metrics = evaluate("plain_net", dataset, network)

    own = metrics.own_division
    assert own is not None
    assert (own.learned, own.validation.n, own.test.n) == tuple(
        len(part.labels) for part in (parts.training, parts.validation, parts.test)
    )
    for part, found in ((parts.validation, own.validation), (parts.test, own.test)):
        said = network(part.faces, "none").probabilities.argmax(axis=1)
        assert found.accuracy == pytest.approx((said == part.labels).mean(), abs=1e-6)
    said = network(parts.training.faces, "none").probabilities.argmax(axis=1)
    assert metrics.training_accuracy == pytest.approx(
        (said == parts.training.labels).mean(), abs=1e-6
    )
    assert (metrics.report, metrics.selection) == (plain.report, plain.selection)
    table = load("plain_net").tables["TrainingTest"]
    np.testing.assert_array_equal(table.index, parts.test.index)
    assert load("plain_net").problems == []
    assert plain.own_division is None


def test_an_impossible_division_in_a_card_is_named(lab: Lab) -> None:
    divide_training(lab, test=2.0)
    with pytest.raises(ModelError, match=r"card\.json: recipe\.data\.split\.test"):
        evaluate("plain_net", make_dataset(), Network())


def test_second_opinions_are_counted_on_the_report_split(lab: Lab) -> None:
    dataset = make_dataset()
    start = 2 * N
    dataset.faces[start : start + 3] = dataset.faces[:3]
    dataset.votes[start : start + 10] = 0  # type: ignore[index]
    metrics = evaluate("plain_net", dataset, Network())
    assert metrics.without_training_copies is not None
    assert metrics.without_training_copies.n == N - 3
    assert metrics.crowd is not None
    assert metrics.crowd.n == N - 10
    assert set(metrics.averaged) == {"flip", "ten_crop"}
    assert metrics.averaged["ten_crop"].accuracy == pytest.approx(metrics.report.accuracy, abs=1e-6)
    assert metrics.training_accuracy is not None


def test_ten_crops_can_be_left_out(lab: Lab) -> None:
    metrics = evaluate("plain_net", make_dataset(), Network(), averagings=("flip",))
    assert set(metrics.averaged) == {"flip"}
    assert metrics.made.command == "python -m core evaluate plain_net --no-ten-crop"


def test_without_votes_there_is_no_crowd(lab: Lab) -> None:
    dataset = make_dataset()
    silent = type(dataset)(dataset.faces, dataset.labels, dataset.splits)
    assert evaluate("plain_net", silent, Network()).crowd is None


def test_network_of_three_classes_sees_only_their_images(lab: Lab) -> None:
    classes = ("surprise", "angry", "sad")
    make_model(lab.models, "three", classes=classes)
    dataset = make_dataset()
    metrics = evaluate("three", dataset, Network(classes))
    table = read_predictions(lab.results / "three" / "predictions.npz")["PrivateTest"]
    names = np.array(classes)[table.label]
    assert names.tolist() == [CLASSES[label] for label in dataset.labels[table.index]]
    assert metrics.report.n == sum(
        int(np.sum(dataset.labels[2 * N :] == CLASSES.index(name))) for name in classes
    )
    assert metrics.report.accuracy > 0.6


def test_measuring_again_changes_no_file(lab: Lab) -> None:
    def contents() -> dict[Path, bytes]:
        folders = (lab.results / "plain_net", lab.models / "plain_net")
        return {path: path.read_bytes() for folder in folders for path in folder.iterdir()}

    evaluate("plain_net", make_dataset(), Network())
    first = contents()
    evaluate("plain_net", make_dataset(), Network())
    assert contents() == first


def test_a_changed_number_gets_a_new_date(lab: Lab) -> None:
    path = lab.results / "plain_net" / "metrics.json"
    first = evaluate("plain_net", make_dataset(), Network())
    old = first.made.model_copy(update={"date": "2000-01-01T00:00:00+00:00"})
    first.model_copy(update={"made": old, "temperature": 9.0}).write(path)
    assert evaluate("plain_net", make_dataset(), Network()).made.date > "2000-01-02"
    first.model_copy(update={"made": old}).write(path)
    assert evaluate("plain_net", make_dataset(), Network()).made.date == old.date


def test_broken_old_metrics_are_replaced(lab: Lab) -> None:
    path = lab.results / "plain_net" / "metrics.json"
    path.write_text("{")
    metrics = evaluate("plain_net", make_dataset(), Network())
    assert Metrics.read(path) == metrics


def test_progress_ends_where_it_should(lab: Lab) -> None:
    seen: dict[str, tuple[int, int]] = {}
    evaluate(
        "plain_net",
        make_dataset(),
        Network(),
        lambda step, done, total: seen.__setitem__(step, (done, total)),
    )
    assert set(seen) == {
        "PublicTest",
        "PrivateTest",
        "Training",
        "PrivateTest, flip",
        "PrivateTest, ten_crop",
    }
    assert all(done == total == N for done, total in seen.values())


def test_cells_show_the_faces_of_their_images(lab: Lab) -> None:
    dataset = make_dataset()
    evaluate("plain_net", dataset, Network())
    table = read_predictions(lab.results / "plain_net" / "predictions.npz")["PrivateTest"]
    cells = read_cells(lab.results / "plain_net" / "cells.npz")["PrivateTest"]
    predicted = table.probabilities.argmax(axis=1)
    rows = table.index[(table.label == 3) & (predicted == 3)]
    np.testing.assert_array_equal(
        cells.face[3, 3], np.rint(dataset.faces[rows].mean(axis=0)).astype(np.uint8)
    )


def exchanged_model(folder: Path) -> None:
    (folder / "model.onnx").write_bytes(b"another")


def missing_model(folder: Path) -> None:
    (folder / "model.onnx").unlink()


def missing_card(folder: Path) -> None:
    (folder / "card.json").unlink()


def unknown_class(folder: Path) -> None:
    Card.of(folder).model_copy(update={"classes": ["angry", "bored"]}).write(folder / "card.json")


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (exchanged_model, "not the file that its card.json describes"),
        (missing_model, "model.onnx is missing"),
        (missing_card, "card.json is missing"),
        (unknown_class, "Received: bored"),
    ],
)
def test_a_bad_model_folder_is_refused_before_anything_runs(
    lab: Lab, spoil: Callable[[Path], None], message: str
) -> None:
    spoil(lab.models / "plain_net")
    network = Network()
    with pytest.raises(ModelError, match=message):
        evaluate("plain_net", make_dataset(), network)
    assert network.calls == []


def test_a_network_without_maps_is_refused(lab: Lab) -> None:
    network = Network()

    def blind(chips: np.ndarray, averaging: Averaging) -> Output:
        return Output(network(chips, averaging).probabilities, None)

    with pytest.raises(ModelError, match="Expected activation maps"):
        evaluate("plain_net", make_dataset(), blind)


def test_a_dataset_without_the_classes_is_refused(lab: Lab) -> None:
    make_model(lab.models, "three", classes=("angry", "sad", "surprise"))
    dataset = make_dataset()
    happy = type(dataset)(dataset.faces, np.full_like(dataset.labels, 3), dataset.splits)
    with pytest.raises(ResultsError, match="Expected images of angry, sad, surprise"):
        evaluate("three", happy, Network(("angry", "sad", "surprise")))
