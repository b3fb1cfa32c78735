"""Training on the device: what it shares with the loop, and what happens after a kill.

Keras has one backend a process, so what needs it on JAX runs in one of its own.
"""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

pytest.importorskip("jax", reason="JAX is not installed")

from core import paths
from core.data import store
from core.training.device import schedule
from core.training.recipe import Stage
from tests.training.tiny import TINY

SCRIPT = """
import json, os, sys
os.environ["KERAS_BACKEND"] = "jax"
import numpy as np
from core.data import store
from core.training import recipe as recipes
from core.training.device.trainer import train
from core.training.runs import run_of

class Watcher:
    def __init__(self, kill_after=None):
        self.kill_after = kill_after
    def step(self, epoch, step, steps):
        pass
    def epoch(self, row, best):
        if row.epoch == self.kill_after:
            raise KeyboardInterrupt

values = json.loads(sys.argv[1])
dataset = store.load()

def trained(name, kill_after=None, **options):
    recipe = recipes.Recipe.model_validate(values | {"id": name})
    try:
        train(recipe, dataset, Watcher(kill_after), **options)
    except KeyboardInterrupt:
        pass
    return recipe, run_of(recipe)

def weights(recipe, path):
    from core.training.building import build
    network = build(recipe)
    network.model.load_weights(path)
    return [np.asarray(value) for value in network.model.get_weights()]
"""

ALL = {
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
}


@pytest.fixture
def on_device(workshop, dataset, monkeypatch):
    monkeypatch.setenv("FER_DATA", str(workshop))
    store.save(dataset, workshop / "fer2013.npz")

    def run(script, **changes):
        command = [sys.executable, "-c", SCRIPT + script, json.dumps(TINY | ALL | changes)]
        done = subprocess.run(
            command, cwd=paths.ROOT, env=os.environ, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads(done.stdout.splitlines()[-1])

    return run


def test_a_killed_run_goes_on_and_ends_where_an_unbroken_one_ends(on_device):
    found = on_device(
        """
recipe, whole = trained("whole")
trained("broken", kill_after=2)
_, broken = trained("broken")
pairs = zip(weights(recipe, whole.best_weights), weights(recipe, broken.best_weights))
rows = [[{**row, "seconds": 0} for row in run.state()["epochs"]] for run in (whole, broken)]
print(json.dumps([rows, max(float(np.abs(a - b).max()) for a, b in pairs)]))
"""
    )
    (whole, broken), apart = found
    assert [row["stage"] for row in whole] == ["head", "all", "all", "all"]
    assert whole == broken
    assert apart == 0
    scores = [(row["val_accuracy"] + row["val_corrupted_accuracy"]) / 2 for row in whole]
    assert max(scores) > 0


def test_frozen_layers_stay_and_the_kept_weights_are_the_validated_ones(on_device):
    found = on_device(
        """
from core.training.building import build
recipe, run = trained("one")
fresh = {layer.name: layer.get_weights() for layer in build(recipe).model.layers}
network = build(recipe)
network.model.load_weights(run.last_weights)
same = {
    layer.name: all(np.array_equal(a, b) for a, b in zip(fresh[layer.name], layer.get_weights()))
    for layer in network.model.layers if layer.weights
}
network.model.load_weights(run.best_weights)
split = dataset.split("PublicTest")
answers = network.model.predict(split.faces, verbose=0).argmax(axis=1)
state = run.state()
rows, best = state["epochs"], state["best_epoch"]
print(json.dumps([same, float((answers == split.labels).mean()), rows, best]))
""",
        stages=[{"name": "head", "epochs": 2, "trainable": "head", "learning_rate": 0.05}],
        select_by="accuracy",
    )
    same, accuracy, rows, best = found
    assert same["block1_conv1"]
    assert same["block2_conv1_norm"]
    assert not same["logits"]
    assert accuracy == pytest.approx(rows[best - 1]["val_accuracy"])


def test_a_deadline_ends_a_run_whole(on_device):
    found = on_device(
        """
import time
recipe, run = trained("one", deadline=time.time() + 5)
state = run.state()
print(json.dumps([state["finished_stages"], len(state["epochs"]), run.best_weights.is_file()]))
""",
        stages=[{"name": "all", "epochs": 5000, "learning_rate": 0.01}],
    )
    assert found == [1, 0, False] or (found[0] == 1 and found[1] < 5000 and found[2])


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_an_optimizer_steps_as_that_of_keras(on_device, optimizer):
    apart = on_device(
        f"""
import keras
from core.training.device.epoch import optimizer_of
from core.training.recipe import Stage
stage = Stage(name="x", epochs=1, learning_rate=0.01, weight_decay=0.05, clip=0.7,
              optimizer="{optimizer}")
rng = np.random.default_rng(0)
variables = [keras.Variable(rng.normal(size=size), name=name)
             for name, size in (("kernel", (4, 3)), ("bias", (3,)), ("gamma", (3,)))]
values = [variable.value for variable in variables]
options = dict(learning_rate=0.01, weight_decay=0.05, global_clipnorm=0.7)
theirs = (keras.optimizers.Adam(**options) if stage.optimizer == "adam"
          else keras.optimizers.SGD(momentum=0.9, nesterov=True, **options))
theirs.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
ours = optimizer_of(stage, variables)
slots = ours.init(values)
for _ in range(4):
    slopes = [np.float32(rng.normal(size=value.shape)) for value in values]
    ways, slots = ours.update(slopes, slots, values)
    values = [value - 0.01 * way for value, way in zip(values, ways)]
    theirs.apply(slopes, variables)
print(json.dumps(max(float(np.abs(np.asarray(variable.value) - value).max())
                     for variable, value in zip(variables, values))))
"""
    )
    assert apart < 2e-5


def test_depthwise_products_are_the_convolution(on_device):
    apart, count = on_device(
        """
import keras
from core.training.device.depthwise import unfold
faces = keras.Input((12, 11, 5))
x = keras.layers.DepthwiseConv2D(3, padding="same", use_bias=False, name="a")(faces)
x = keras.layers.DepthwiseConv2D(3, strides=2, padding="same", name="b")(x)
x = keras.layers.DepthwiseConv2D(3, strides=2, padding="valid", use_bias=False, name="c")(x)
model = keras.Model(faces, x)
inputs = np.random.default_rng(0).normal(size=(3, 12, 11, 5)).astype(np.float32)
before = np.asarray(model(inputs))
count = len(unfold(model))
print(json.dumps([float(np.abs(np.asarray(model(inputs)) - before).max()), count]))
"""
    )
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
