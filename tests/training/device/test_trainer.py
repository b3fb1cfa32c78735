"""Training on the device: what it shares with the loop, and what happens after a kill.

Keras has one backend a process, so what needs it on JAX runs in one of its own.
"""

import json
import os
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

pytest.importorskip("jax", reason="JAX is not installed")

from core import paths
from core.data import store
from core.training.device import schedule
from core.training.recipe import Stage
from tests.training.conftest import make_dataset
from tests.training.tiny import TINY

SCRIPT = """
import json, os, sys, time
os.environ["KERAS_BACKEND"] = "jax"
import keras
import numpy as np
from core.data import store
from core.training import recipe as recipes
from core.training.building import build
from core.training.device.depthwise import unfold
from core.training.device.epoch import optimizer_of
from core.training.device.trainer import train
from core.training.recipe import Stage
from core.training.runs import run_of

class Watcher:
    def __init__(self, kill_after):
        self.kill_after = kill_after
    def step(self, epoch, step, steps):
        pass
    def epoch(self, row, best):
        if row.epoch == self.kill_after:
            raise KeyboardInterrupt

dataset = store.load()

def trained(name, kill_after=None, **options):
    values = json.loads(sys.argv[1])[name.split("_")[0]]
    recipe = recipes.Recipe.model_validate(values | {"id": name})
    try:
        train(recipe, dataset, Watcher(kill_after), **options)
    except KeyboardInterrupt:
        pass
    return recipe, run_of(recipe)

def layers(recipe, path=None):
    model = build(recipe).model
    if path:
        model.load_weights(path)
    return {layer.name: layer.get_weights() for layer in model.layers if layer.weights}, model

def apart(one, two):
    return max(float(np.abs(a - b).max()) for name in one for a, b in zip(one[name], two[name]))

found = {}

recipe, whole = trained("all_whole")
trained("all_broken", kill_after=2)
_, broken = trained("all_broken")
found["resumed"] = {
    "rows": [[{**row, "seconds": 0} for row in run.state()["epochs"]] for run in (whole, broken)],
    "apart": apart(layers(recipe, whole.best_weights)[0], layers(recipe, broken.best_weights)[0]),
}

recipe, run = trained("head")
fresh, last = layers(recipe)[0], layers(recipe, run.last_weights)[0]
_, model = layers(recipe, run.best_weights)
split = dataset.split("PublicTest")
answers = model.predict(split.faces, verbose=0).argmax(axis=1)
found["head"] = {
    "same": {name: all(map(np.array_equal, fresh[name], last[name])) for name in fresh},
    "accuracy": float((answers == split.labels).mean()),
    "state": run.state(),
}

_, run = trained("long", deadline=time.time() + 20)
found["long"] = [run.state()["finished_stages"], len(run.state()["epochs"]),
                 run.state()["recipe"]["stages"][0]["epochs"], run.best_weights.is_file()]

for name in ("adam", "sgd"):
    stage = Stage(
        name="x", epochs=1, learning_rate=0.01, weight_decay=0.05, clip=0.7, optimizer=name
    )
    rng = np.random.default_rng(0)
    variables = [keras.Variable(rng.normal(size=size), name=called)
                 for called, size in (("kernel", (4, 3)), ("bias", (3,)), ("gamma", (3,)))]
    values = [variable.value for variable in variables]
    options = dict(learning_rate=0.01, weight_decay=0.05, global_clipnorm=0.7)
    theirs = (keras.optimizers.Adam(**options) if name == "adam"
              else keras.optimizers.SGD(momentum=0.9, nesterov=True, **options))
    theirs.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    ours = optimizer_of(stage, variables)
    slots = ours.init(values)
    for _ in range(4):
        slopes = [np.float32(rng.normal(size=value.shape)) for value in values]
        ways, slots = ours.update(slopes, slots, values)
        values = [value - 0.01 * way for value, way in zip(values, ways)]
        theirs.apply(slopes, variables)
    found[name] = max(float(np.abs(np.asarray(variable.value) - value).max())
                      for variable, value in zip(variables, values))

faces = keras.Input((12, 11, 5))
x = keras.layers.DepthwiseConv2D(3, padding="same", use_bias=False, name="a")(faces)
x = keras.layers.DepthwiseConv2D(3, strides=2, padding="same", name="b")(x)
x = keras.layers.DepthwiseConv2D(3, strides=2, padding="valid", use_bias=False, name="c")(x)
model = keras.Model(faces, x)
inputs = np.random.default_rng(0).normal(size=(3, 12, 11, 5)).astype(np.float32)
before = np.asarray(model(inputs))
count = len(unfold(model))
found["depthwise"] = [count, float(np.abs(np.asarray(model(inputs)) - before).max())]
print(json.dumps(found))
"""

RECIPES: dict[str, dict[str, Any]] = {
    "all": {
        "data": {
            "augmentation": {"flip": 0.5, "rotation": 10, "erasing": 0.5},
            "mixup": 0.2,
            "corruptions": {"kinds": {"jpeg": {"probability": 0.5, "strength": [10, 60]}}},
        },
        "select_by": "robust",
        "stages": [
            {"name": "head", "epochs": 1, "trainable": "head", "learning_rate": 0.01},
            {"name": "all", "epochs": 3, "learning_rate": 0.01, "optimizer": "adam", "ema": 0.9},
        ],
    },
    "head": {
        "stages": [{"name": "head", "epochs": 2, "trainable": "head", "learning_rate": 0.05}],
    },
    "long": {"stages": [{"name": "all", "epochs": 99_999, "learning_rate": 0.01}]},
}


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """What a process with Keras on JAX tells: one for all tests, since each compiles anew."""
    folder = tmp_path_factory.mktemp("device")
    names = {f"FER_{kind}": str(folder / kind.lower()) for kind in ("RUNS", "MODELS", "RESULTS")}
    store.save(make_dataset(), folder / "fer2013.npz")
    recipes = json.dumps({name: TINY | values for name, values in RECIPES.items()})
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, recipes],
        cwd=paths.ROOT,
        env=os.environ | names | {"FER_DATA": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_a_killed_run_goes_on_and_ends_where_an_unbroken_one_ends(found):
    whole, broken = found["resumed"]["rows"]
    assert [row["stage"] for row in whole] == ["head", "all", "all", "all"]
    assert whole == broken
    assert found["resumed"]["apart"] == 0
    assert all(0 <= row["val_corrupted_accuracy"] <= 1 for row in whole)


def test_frozen_layers_stay(found):
    same = found["head"]["same"]
    assert same["block1_conv1"]
    assert same["block2_conv1_norm"]
    assert not same["logits"]


def test_the_kept_weights_are_those_that_were_validated(found):
    state = found["head"]["state"]
    best = state["epochs"][state["best_epoch"] - 1]
    assert best["val_accuracy"] == pytest.approx(found["head"]["accuracy"])
    assert best["val_accuracy"] == max(row["val_accuracy"] for row in state["epochs"])


def test_a_deadline_ends_a_run_whole(found):
    finished, epochs, noted, kept = found["long"]
    assert finished == 1
    assert epochs < 99_999
    assert kept == (epochs > 0)
    assert noted == max(epochs, 1)


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_an_optimizer_steps_as_that_of_keras(found, optimizer):
    assert found[optimizer] < 2e-5


def test_depthwise_products_are_the_convolution(found):
    count, apart = found["depthwise"]
    assert count == 3
    assert apart < 1e-5


def make_stage(**values):
    return Stage.model_validate({"name": "x", "epochs": 4, "learning_rate": 0.1} | values)


def test_a_cosine_rises_and_falls_to_its_end():
    stage = make_stage(warmup=1.0)
    rates = np.concatenate([schedule.rates(stage, 50, 4, done) for done in range(4)])
    assert rates[0] == 0
    assert rates[:50].max() < 0.1
    assert rates.max() == pytest.approx(0.1)
    assert (np.diff(rates[50:]) < 0).all()
    assert rates[-1] < 2e-4


def test_constant_and_plateau():
    assert set(schedule.rates(make_stage(schedule="constant"), 3, 4, 1)) == {np.float32(0.1)}
    losses = [1.0, 0.9, 0.95, 0.95, 0.95, 0.89, 0.9, 0.9, 0.9]
    assert [schedule.halvings(losses[:count]) for count in (0, 2, 4, 5, 6, 8, 9)] == [
        *(0, 0, 0, 1, 1, 1, 2)
    ]
    halved = schedule.rates(make_stage(schedule="plateau"), 3, 4, 1, halved=2)
    assert halved == pytest.approx(0.025)


def test_so_many_epochs_as_fit():
    now = [0.0]
    budget = schedule.Budget(100.0, reserve=10.0, clock=lambda: now[0])
    assert budget.epochs(50, 0) == 50
    for seconds in (30.0, 5.0, 5.0):
        now[0] += seconds
        budget.took(seconds)
    assert budget.epochs(50, 3) == 3 + 10
    assert budget.epochs(8, 3) == 8
    now[0] = 95.0
    assert budget.epochs(50, 20) == 20
    assert schedule.Budget(None).epochs(50, 3) == 50
