"""Networks that travel between machines."""

import json

import numpy as np
import pytest

pytest.importorskip("keras", reason="TensorFlow is not installed")

from core.errors import ModelError
from core.training import building, predecessors, runs, transfer
from core.training.recipe import Recipe
from tests.training.tiny import TINY, make

ROW = {
    **{"epoch": 1, "loss": 1.5, "accuracy": 0.4, "val_loss": 1.4, "val_accuracy": 0.5},
    **{"learning_rate": 0.1, "seconds": 2.0},
}
RECORD = {"epochs": [ROW, ROW | {"epoch": 2, "val_accuracy": 0.4}], "best_epoch": 1}
RECORD |= {"device": "A card"}


def sent(folder, recipe, eight_bits=False):
    """A run that was packed on another machine: weights, record, and what the weights were."""
    network = building.build(recipe)
    wide = network.model.get_layer("logits")
    run = runs.run_of(recipe)
    run.folder.mkdir(parents=True)
    network.model.save_weights(run.best_weights)
    transfer.pack(recipe, run, folder / "w.npz", eight_bits)
    (folder / "r.json").write_text(json.dumps(RECORD))
    return folder / "w.npz", folder / "r.json", wide.get_weights()


@pytest.mark.parametrize(("eight_bits", "apart"), [(False, 1e-3), (True, 5e-3)])
def test_what_was_packed_is_adopted(workshop, monkeypatch, eight_bits, apart):
    monkeypatch.setattr(transfer, "LARGE", 20)
    recipe = make()
    weights, record, expected = sent(workshop, recipe, eight_bits)
    run = transfer.adopt(recipe, weights, record)
    network = building.build(recipe)
    network.model.load_weights(run.best_weights)
    for one, other in zip(network.model.get_layer("logits").get_weights(), expected, strict=True):
        assert np.abs(one - other).max() < apart
    history = runs.history_of(recipe)
    assert (history.best_epoch, len(history.epochs)) == (1, 2)
    assert history.epochs[0].stage == recipe.stages[0].name
    assert runs.trained_on(recipe)[0] == "A card"
    runs.check_same_recipe(recipe, run)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda weights, record: weights.write_bytes(b"x"), "w.npz is not readable"),
        (lambda weights, record: record.write_text("{"), "r.json is no record of a run"),
        (lambda weights, record: record.write_text("{}"), "r.json is no record of a run"),
        (
            lambda weights, record: record.write_text(json.dumps(RECORD | {"best_epoch": 9})),
            "best_epoch: expected 1 to 2",
        ),
    ],
)
def test_damaged_files_are_named_and_nothing_is_written(workshop, damage, message):
    weights, record, _ = sent(workshop, make())
    damage(weights, record)
    with pytest.raises(ModelError, match=message):
        transfer.adopt(make(id="other"), weights, record)
    assert not (workshop / "runs" / "other").exists()


def test_weights_of_another_network_are_refused(workshop):
    weights, record, _ = sent(workshop, make())
    settings = TINY["network"]["settings"] | {"filters": [4, 6]}
    other = make(id="other", network={"builder": "cnn", "settings": settings})
    with pytest.raises(ModelError, match="block2_conv1/0: expected shape"):
        transfer.adopt(other, weights, record)


@pytest.mark.parametrize(
    ("network", "origin"),
    [
        ({"builder": "vgg16"}, "imagenet torchvision"),
        ({"builder": "vgg16", "settings": {"imagenet": False}}, "random He"),
        ({"builder": "resnet50", "settings": {"imagenet": False}}, "random keras"),
        ({"builder": "mobilenet_v2"}, "imagenet keras"),
    ],
)
def test_first_weights_are_told_without_having_them(network, origin):
    recipe = Recipe.model_validate(TINY | {"network": network})
    found = predecessors.first_weights(recipe)
    assert f"{found.kind} {found.source}".startswith(origin)
