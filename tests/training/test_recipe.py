"""Recipes: all of ours are valid; a wrong one is refused with its key, before anything runs."""

import pytest

from core import paths
from core.errors import RecipeError
from core.training import recipe

MINIMAL = """
id = "tiny"
title = "Tiny"
family = "CNN"
summary = "For a test."
{extra}
[network]
builder = "cnn"
[[stages]]
name = "all"
epochs = 2
learning_rate = 0.01
{stage}
"""


@pytest.mark.parametrize("path", sorted(paths.recipes().glob("*.toml")), ids=lambda path: path.stem)
def test_ours_are_valid_and_named_like_their_file(path):
    assert recipe.read(path.stem).id == path.stem
    assert recipe.read(path) == recipe.read(path.stem)


@pytest.mark.parametrize(
    ("extra", "stage", "message"),
    [
        ("batch_size = 3", "", "batch_size: Extra inputs"),
        ("batch = 1", "", "batch: Input should be greater"),
        ("[data]\nclasses = ['angry', 'bored']", "", "expected two or more"),
        ("[data]\nmixup = -1", "", "data.mixup"),
        ("[data.augmentation]\nflip = 2", "", "data.augmentation.flip"),
        ("[data]\nteachers = ['one']", "", "teaching: expected a share above 0 with teachers"),
        ("[data]\nteaching = 0.5", "", "teaching: expected a share above 0 with teachers"),
        ("[data]\nteachers = ['one']\nteaching = 2", "", "data.teaching"),
        ("[data]\nsmote = -1", "", "data.smote: Input should be greater"),
        ("[data]\nsmote = 2.5", "", "data.smote: Input should be a valid integer"),
        ("[data]\nsmote = 5\nclass_weights = 1", "", "smote: expected targets = 'labels'"),
        ("[data]\nsmote = 5\ntargets = 'crowd'", "", "smote: expected targets = 'labels'"),
        ("[data.split]\nvalidation = 0.1\nseed = 1", "", "data.split.test: Field required"),
        ("[data.split]\nvalidation = 0.1\ntest = 0\nseed = 1", "", "data.split.test"),
        ("[data.split]\nvalidation = 0.3\ntest = 0.3\nseed = 1", "", "at most half of Training"),
        ("[data.split]\nvalidate = 0.1", "", "data.split"),
        ("", "patience = -1", "stages.0.patience"),
        ("", "optimizer = 'lion'", "stages.0.optimizer"),
        ("", "cache_features = true", "cache_features: expected trainable = 'head'"),
        ("not toml", "", "not readable TOML"),
    ],
)
def test_wrong_recipe_names_file_and_key(tmp_path, extra, stage, message):
    path = tmp_path / "tiny.toml"
    path.write_text(MINIMAL.format(extra=extra, stage=stage))
    with pytest.raises(RecipeError) as caught:
        recipe.read(path)
    assert message in str(caught.value)
    assert str(path) in str(caught.value)


def test_unknown_recipe_lists_the_known():
    with pytest.raises(RecipeError, match="cnn_48"):
        recipe.read("nothing_here")
