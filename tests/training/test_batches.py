"""Batches: reproducible, balanced as asked, targets that are distributions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("keras", reason="TensorFlow is not installed")

from core.data.augment import Augmentation
from core.data.store import Split
from core.errors import DataError
from core.labels import CLASSES
from core.training.batches import Batches
from core.training.recipe import DataSection
from core.training.targets import class_weights, targets


def make_split(count=40, votes=None):
    rng = np.random.default_rng(3)
    faces = rng.integers(0, 256, (count, 48, 48), dtype=np.uint8)
    labels = (np.arange(count) % 7).astype(np.uint8)
    return Split(np.arange(count), faces, labels, votes)


def collect(data, seed=1, first_epoch=0):
    batches = Batches(make_split().faces, make_split(), data, 16, seed, first_epoch)
    return [batches[position] for position in range(len(batches))]


def test_same_seed_and_epoch_give_the_same_batches():
    data = DataSection(mixup=0.2, augmentation=Augmentation(flip=0.5, rotation=10, erasing=0.5))
    first, again, later = collect(data), collect(data), collect(data, first_epoch=1)
    assert [len(batch[0]) for batch in first] == [16, 16, 8]
    for one, two in zip(first, again, strict=True):
        for left, right in zip(one, two, strict=True):
            assert np.array_equal(left, right)
    assert not np.array_equal(first[0][0], later[0][0])


def test_a_resumed_run_sees_what_an_unbroken_one_sees():
    batches = Batches(make_split().faces, make_split(), DataSection(), 16, 1, 0)
    batches.on_epoch_end()
    assert np.array_equal(batches[0][0], collect(DataSection(), first_epoch=1)[0][0])


@given(
    st.lists(st.integers(0, 6), min_size=1, max_size=200),
    st.floats(0, 1),
)
def test_class_weights_mean_is_one(labels, power):
    labels = np.array(labels, np.uint8)
    weights = class_weights(labels, 7, power)
    assert weights[labels].mean() == pytest.approx(1, rel=1e-4)


def test_full_class_weights_give_each_class_the_same_total():
    labels = np.array([0] * 90 + [1] * 10, np.uint8)
    weights = class_weights(labels, 2, 1)
    assert 90 * weights[0] == pytest.approx(10 * weights[1])


def test_targets_are_distributions_with_their_peak_on_the_label():
    split = make_split()
    wanted = targets(split, DataSection(label_smoothing=0.1))
    assert wanted.sum(axis=1) == pytest.approx(np.ones(40), abs=1e-6)
    assert np.array_equal(wanted.argmax(axis=1), split.labels)
    assert wanted.max() == pytest.approx(0.9 + 0.1 / 7)


def test_crowd_targets_follow_the_votes_and_fall_back_to_the_label():
    votes = np.zeros((40, 10), np.uint8)
    votes[0, 0], votes[0, 1] = 7, 3  # 7 taggers say neutral, 3 happy; all others: nobody
    split = make_split(votes=votes)
    wanted = targets(split, DataSection(targets="crowd"))
    assert wanted[0, CLASSES.index("neutral")] == pytest.approx(0.7)
    assert wanted[0, CLASSES.index("happy")] == pytest.approx(0.3)
    assert np.array_equal(wanted[1:].argmax(axis=1), split.labels[1:])


def test_crowd_targets_without_votes_say_how_to_get_them():
    with pytest.raises(DataError, match="--votes"):
        targets(make_split(), DataSection(targets="crowd"))


@given(st.floats(0.01, 1), st.floats(0, 0.5))
def test_teachers_have_their_share_of_a_target(teaching, smoothing):
    taught = np.random.default_rng(4).dirichlet(np.ones(7), 40).astype(np.float32)
    data = DataSection(label_smoothing=smoothing, teachers=("one",), teaching=teaching)
    split = make_split()
    batches = Batches(split.faces, split, data, 40, 1, 0, lambda faces: taught)
    _, found, _ = batches[0]
    order = np.random.default_rng([1, 0]).permutation(40)
    expected = (1 - teaching) * targets(split, data)[order] + teaching * taught
    assert np.abs(found.sum(axis=1) - 1).max() < 1e-5
    assert np.abs(found - expected).max() < 1e-5


def test_teachers_see_the_image_of_the_pupil_but_for_its_corruption():
    asked = []

    def teach(faces):
        asked.append(faces)
        return np.full((len(faces), 7), 1 / 7, np.float32)

    split = make_split()
    kinds = {"gaussian_noise": {"probability": 1.0, "strength": [20, 20]}}
    changes = {"augmentation": {"flip": 0.5, "rotation": 20}, "mixup": 0.4}
    plain, damaged = (
        DataSection.model_validate({"teachers": ["one"], "teaching": 0.5, **changes, **more})
        for more in ({}, {"corruptions": {"kinds": kinds}})
    )
    (clean, _, _), (noisy, _, _) = (
        Batches(split.faces, split, data, 40, 1, 0, teach)[0] for data in (plain, damaged)
    )
    assert np.array_equal(asked[0], clean)
    assert np.array_equal(asked[1], clean)
    assert (noisy.astype(float) - clean).std() == pytest.approx(20, rel=0.2)
