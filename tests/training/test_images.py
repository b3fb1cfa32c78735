"""What a run learns from and what chooses its epoch."""

import numpy as np
import pytest

pytest.importorskip("keras", reason="TensorFlow is not installed")

from core.data.division import divide
from core.data.store import Split
from core.errors import RecipeError
from core.training.images import images_of, oversample, selection_split
from core.training.recipe import Recipe
from tests.factories import make_dataset

RECIPE = {
    "id": "tiny",
    "title": "Tiny",
    "family": "CNN",
    "summary": "For a test.",
    "network": {"builder": "cnn"},
    "stages": [{"name": "all", "epochs": 1, "learning_rate": 0.1}],
}
SPLIT = {"validation": 0.1, "test": 0.1, "seed": 5}
DATASET = make_dataset()


def recipe_of(**data):
    return Recipe.model_validate(RECIPE | {"data": data})


def test_public_test_selects_unless_the_recipe_divides_training():
    images = images_of(recipe_of(), DATASET)
    assert np.array_equal(images.training.index, DATASET.split("Training").index)
    assert np.array_equal(images.selection.index, DATASET.split("PublicTest").index)
    assert selection_split(recipe_of()) == "PublicTest"


def test_a_divided_training_selects_within_itself():
    recipe = recipe_of(split=SPLIT)
    images = images_of(recipe, DATASET)
    parts = divide(DATASET.split("Training"), recipe.data.split)
    assert np.array_equal(images.training.index, parts.training.index)
    assert np.array_equal(images.selection.index, parts.validation.index)
    assert selection_split(recipe) == "TrainingValidation"


def test_a_part_does_not_depend_on_the_classes():
    some = images_of(recipe_of(split=SPLIT, classes=("sad", "angry")), DATASET)
    every = images_of(recipe_of(split=SPLIT), DATASET)
    assert set(some.selection.index) < set(every.selection.index)


def unequal(counts):
    rng = np.random.default_rng(1)
    labels = np.repeat(np.arange(len(counts), dtype=np.uint8), counts)
    faces = (rng.integers(0, 20, (len(labels), 48, 48)) + 30 * labels[:, None, None]).astype("u1")
    return Split(np.arange(len(labels)), faces, labels, None)


def test_smote_fills_classes_with_images_between_neighbours():
    whole = unequal([30, 6, 12])
    filled = oversample(whole, neighbours=4, seed=1)
    assert np.bincount(filled.labels).tolist() == [30, 30, 30]
    assert np.array_equal(filled.faces[:48], whole.faces)
    assert np.array_equal(filled.index[:48], whole.index)
    assert (filled.index[48:] == -1).all()
    for label in (1, 2):
        old = whole.faces[whole.labels == label]
        made = filled.faces[48:][filled.labels[48:] == label]
        assert (made >= old.min(axis=0)).all()
        assert (made <= old.max(axis=0)).all()
        assert len(np.unique(made, axis=0)) > 1
    assert np.array_equal(oversample(whole, 4, 1).faces, filled.faces)
    assert not np.array_equal(oversample(whole, 4, 2).faces, filled.faces)


def test_only_what_is_learned_from_is_oversampled():
    dataset = make_dataset()
    dataset.labels[:80] = 3  # happy leads in Training
    images = images_of(recipe_of(split=SPLIT, smote=3), dataset)
    counts = np.bincount(images.training.labels)
    assert (counts == counts.max()).all()
    assert (images.selection.index >= 0).all()
    learned = images.training.index[images.training.index >= 0]
    assert not set(learned) & set(images.selection.index)
    plain = images_of(recipe_of(split=SPLIT), dataset)
    assert np.array_equal(plain.selection.faces, images.selection.faces)


def test_more_neighbours_than_images_are_refused():
    with pytest.raises(RecipeError, match=r"data\.smote: expected fewer .* the 6 images"):
        oversample(unequal([30, 6]), neighbours=6, seed=1)
