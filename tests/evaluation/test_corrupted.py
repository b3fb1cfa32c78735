"""The benchmark: the same pictures for every network, killed runs that go on, files that agree."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core import paths
from core.data.corruptions import KINDS, corrupt
from core.errors import ModelError, ResultsError
from core.evaluation import corrupted
from core.evaluation.corrupted import drawn, measure, pictures, take_over
from core.evaluation.robustness import (
    ANSWERS,
    CLEAN,
    FILE,
    Robustness,
    condition_names,
    read_answers,
)
from core.labels import CLASSES
from tests.conftest import Lab
from tests.factories import make_dataset, make_model

FEW = 42


class Network:
    """Says from a face's brightness which expression it is; keeps what it was asked."""

    def __init__(self, stop_after: int | None = None) -> None:
        self.asked: list[np.ndarray] = []
        self.stop_after = stop_after

    def __call__(self, chips: np.ndarray) -> np.ndarray:
        if len(self.asked) == self.stop_after:
            raise KeyboardInterrupt
        self.asked.append(chips)
        gaps = chips.mean(axis=(1, 2))[:, None] - (30 + 25 * np.arange(7))
        weights = np.exp(-np.abs(gaps) / 12)
        return (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture
def lab(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> Lab:
    monkeypatch.setattr(corrupted, "QUICK", FEW)
    return lab


def test_files_tell_what_was_answered(lab: Lab) -> None:
    dataset, network = make_dataset(), Network()
    found = measure("plain_net", dataset, network, quick=True)
    folder = paths.results() / "plain_net"
    assert Robustness.read(folder / FILE) == found
    answers = read_answers(folder / ANSWERS)
    assert list(answers.predicted) == condition_names()
    assert (answers.label == dataset.labels[answers.index]).all()
    for name, condition in found.conditions():
        right = answers.predicted[name] == answers.label
        assert condition.accuracy == pytest.approx(right.mean(), abs=1e-6)
        assert np.trace(condition.confusion) == right.sum()
        assert 0 <= condition.ece <= 1
    assert found.mean_accuracy == pytest.approx(answers.right.mean(), abs=1e-6)
    assert (found.images, found.of, found.whole, found.current) == (FEW, 280, False, True)
    # What sees brightness alone loses it in the dark and keeps it under a turn.
    assert found.clean.accuracy > 0.9
    assert found.kinds["darkness"].levels[4].accuracy < 0.4
    assert found.kinds["rotation"].levels[0].accuracy > 0.9
    noises = [level.picture["brightness"] for level in found.kinds["darkness"].levels]
    assert noises == sorted(noises, reverse=True)


def test_every_network_meets_the_benchmarks_pictures(lab: Lab) -> None:
    dataset, first, second = make_dataset(), Network(), Network()
    measure("plain_net", dataset, first, quick=True)
    measure("gated_net", dataset, second, quick=True)
    assert len(first.asked) == len(condition_names())
    for one, other in zip(first.asked, second.asked, strict=True):
        assert (one == other).all()
    images, _ = drawn(dataset.split("PrivateTest"), list(CLASSES), quick=True)
    place = condition_names().index("jpeg_3")
    assert (first.asked[place] == corrupt(images.faces, "jpeg", 3, images.index)).all()


def test_a_killed_run_goes_on_and_ends_as_if_it_had_not_been_killed(lab: Lab) -> None:
    dataset = make_dataset()
    whole = measure("plain_net", dataset, Network(), quick=True)
    (paths.results() / "plain_net" / FILE).unlink()
    with pytest.raises(KeyboardInterrupt):
        measure("plain_net", dataset, Network(stop_after=30), quick=True)
    assert not (paths.results() / "plain_net" / FILE).exists()
    second = Network()
    again = measure("plain_net", dataset, second, quick=True)
    assert len(second.asked) == len(condition_names()) - 30
    assert again == whole.model_copy(update={"made": again.made})
    assert not list((paths.runs() / "robustness").glob("*"))


def test_what_a_killed_run_left_counts_for_its_network_and_images_only(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset = make_dataset()
    with pytest.raises(KeyboardInterrupt):
        measure("plain_net", dataset, Network(stop_after=5), quick=True)
    damaged = paths.runs() / "robustness" / "plain_net" / f"{CLEAN}.npy"
    damaged.write_bytes(damaged.read_bytes()[:200])
    with pytest.raises(KeyboardInterrupt):
        measure("plain_net", dataset, Network(stop_after=1), quick=True)  # clean again
    monkeypatch.setattr(corrupted, "QUICK", FEW + 1)
    network = Network()
    measure("plain_net", dataset, network, quick=True)
    assert len(network.asked) == len(condition_names())


def test_probabilities_of_another_machine_are_taken_over(lab: Lab, tmp_path: Path) -> None:
    dataset, network = make_dataset(), Network()
    images, _ = drawn(dataset.split("PrivateTest"), list(CLASSES), quick=False)
    whole = measure("plain_net", dataset, network)
    (paths.results() / "plain_net" / FILE).unlink()
    arrays = {name: network(chips) for name, chips in pictures(images)}
    del arrays["jpeg_2"]
    archive = tmp_path / "answers.npz"
    np.savez(archive, allow_pickle=False, index=images.index, hardware=np.array("GPU"), **arrays)
    assert take_over("plain_net", dataset, archive, network) == len(arrays)
    again = Network()
    found = measure("plain_net", dataset, again)
    assert sum(map(len, again.asked)) == len(images.labels)  # of the one condition that lacked
    assert found.answered_by == "GPU"
    assert found == whole.model_copy(update={"made": found.made, "answered_by": "GPU"})
    with pytest.raises(ResultsError, match="are not plain_net's"):
        take_over("plain_net", dataset, archive, lambda chips: network(chips)[:, ::-1])
    np.savez(archive, allow_pickle=False, index=images.index[1:], clean=arrays[CLEAN])
    with pytest.raises(ResultsError, match="expected all images"):
        take_over("plain_net", dataset, archive, network)


def test_measuring_again_changes_no_byte(lab: Lab) -> None:
    path = paths.results() / "plain_net" / FILE
    measure("plain_net", make_dataset(), Network(), quick=True)
    before = path.read_bytes()
    measure("plain_net", make_dataset(), Network(), quick=True)
    assert path.read_bytes() == before


def test_a_quick_run_is_a_part_of_the_whole(lab: Lab) -> None:
    split = make_dataset().split("PrivateTest")
    some, of = drawn(split, ["happy", "sad", "fear"], quick=True)
    all_of, _ = drawn(split, ["happy", "sad", "fear"], quick=False)
    assert len(some.labels) == FEW
    assert of == len(all_of.labels)
    assert set(some.index) < set(all_of.index)
    assert (np.diff(some.index) > 0).all()


def test_what_is_missing_is_named(lab: Lab) -> None:
    dataset = make_dataset()
    make_model(lab.models, "fresh_net")
    with pytest.raises(ResultsError, match=r"fresh_net.*predictions\.npz is missing"):
        measure("fresh_net", dataset, Network())
    (lab.models / "plain_net" / "model.onnx").write_bytes(b"other")
    with pytest.raises(ModelError, match=r"not the file that its card\.json describes"):
        measure("plain_net", dataset, Network())


def test_every_kind_is_asked_about() -> None:
    assert len(condition_names()) == 1 + 5 * len(KINDS)
