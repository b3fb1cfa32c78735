"""The training loop: stages, selection of the best epoch, and resumption after a kill."""

from __future__ import annotations

import os
import time

# Keras reads the backend at import; users and CI have TensorFlow.
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np

from core.data.store import Dataset
from core.files import write_json
from core.networks.registry import Network
from core.training.batches import Batches
from core.training.building import build, set_trainable
from core.training.callbacks import Keeper, Plateau
from core.training.convolutions import hasten
from core.training.images import Images, corrupted_selection, images_of
from core.training.normalisation import settle
from core.training.recipe import Recipe, Stage
from core.training.runs import Report, Run, check_same_recipe, run_of
from core.training.teachers import Teachers


def train(recipe: Recipe, dataset: Dataset, report: Report, smoke: bool = False) -> Run:
    """Train a recipe to its end, or go on where a killed run stopped.

    Args:
        recipe: what to train.
        dataset: `Training` trains, `PublicTest` selects (or a part of Training where the
            recipe divides it); `PrivateTest` is not touched.
        report: told after every step and every epoch.
        smoke: a few steps on a few images, to see that the recipe runs.

    Returns:
        The run, with the best epoch's weights and the history so far.

    Raises:
        RecipeError: if the recipe cannot be trained, or the run was begun by another one.
    """
    run = run_of(recipe)
    check_same_recipe(recipe, run)
    network = build(recipe)
    hasten(network.model)
    for stage in recipe.stages:
        set_trainable(network, stage.trainable)
    run.folder.mkdir(parents=True, exist_ok=True)
    images = images_of(recipe, dataset)
    if smoke:
        images = Images(
            images.training.take(slice(4 * recipe.batch)), images.selection.take(slice(16))
        )
    state = run.state()
    if not run.state_file.is_file():
        begun = {
            "recipe": recipe.model_dump(mode="json"),
            "initial_weights": network.initial_weights.model_dump(mode="json"),
        }
        write_json(run.state_file, state | begun)
        state = run.state()
    if run.last_weights.is_file():
        network.model.load_weights(run.last_weights)
    else:
        settle(network, recipe, images.training.faces)
    before = 0
    for number, stage in enumerate(recipe.stages):
        epochs = 1 if smoke else stage.epochs
        if number >= state["finished_stages"]:
            done = len(state["epochs"]) - before
            _train_stage(run, recipe, stage, network, images, epochs, done, report, smoke)
            state = run.state()
            state["finished_stages"] = number + 1
            write_json(run.state_file, state)
            run.optimizer_state.unlink(missing_ok=True)
        names = {earlier.name for earlier in recipe.stages[: number + 1]}
        before = sum(row["stage"] in names for row in state["epochs"])
    return run


def _train_stage(
    run: Run,
    recipe: Recipe,
    stage: Stage,
    network: Network,
    images: Images,
    epochs: int,
    done: int,
    report: Report,
    smoke: bool,
) -> None:
    started = time.perf_counter()
    total_before = len(run.state()["epochs"])
    set_trainable(network, stage.trainable)
    training, selection = images.training, images.selection
    model, inputs, checks = network.model, training.faces, selection.faces
    if stage.cache_features:
        features = model.get_layer(network.head).input
        below = keras.Model(model.input, features)
        model = keras.Model(features, model.output)
        inputs = below.predict(inputs, batch_size=128, verbose=0)
        checks = below.predict(checks, batch_size=128, verbose=0)
    data = recipe.data
    teachers = Teachers(data.teachers, data.classes) if data.teachers else None
    batches = Batches(inputs, training, data, recipe.batch, recipe.seed, total_before, teachers)
    steps = len(batches)
    model.compile(
        optimizer=_optimizer(stage, steps, epochs),
        loss=keras.losses.CategoricalCrossentropy(from_logits=True),
        metrics=[keras.metrics.CategoricalAccuracy(name="accuracy")],
        weighted_metrics=[],
        run_eagerly=smoke,  # tracing a deep network's graph takes longer than a few steps
    )
    if run.optimizer_state.is_file() and done:
        model.optimizer.build(model.trainable_variables)
        with np.load(run.optimizer_state) as saved:
            for position, variable in enumerate(model.optimizer.variables):
                variable.assign(saved[str(position)])
    wanted = np.eye(len(recipe.data.classes), dtype=np.float32)[selection.labels]
    prepared = time.perf_counter() - started
    before = total_before - done
    callbacks: list[keras.callbacks.Callback] = []
    if stage.schedule == "plateau":
        callbacks.append(Plateau([row["val_loss"] for row in run.state()["epochs"][before:]]))
    # Before the one that swaps weights: see `Keeper.on_test_end`.
    callbacks.append(
        Keeper(
            *(run, recipe, stage, network.model, total_before, before, prepared, report),
            corrupted=corrupted_selection(recipe, selection),
        )
    )
    if stage.ema:
        callbacks.append(keras.callbacks.SwapEMAWeights(swap_on_epoch=False))
    if done < epochs:
        model.fit(
            batches,
            epochs=epochs,
            initial_epoch=done,
            validation_data=(checks, wanted),
            validation_batch_size=256,
            callbacks=callbacks,
            shuffle=False,  # Batches shuffles; Keras would reorder by an unsaved generator
            verbose=0,
        )


def _optimizer(stage: Stage, steps: int, epochs: int) -> keras.optimizers.Optimizer:
    rate: float | keras.optimizers.schedules.LearningRateSchedule = stage.learning_rate
    if stage.schedule == "cosine":
        warmup = round(stage.warmup * steps)
        rate = keras.optimizers.schedules.CosineDecay(
            initial_learning_rate=0.0 if warmup else stage.learning_rate,
            decay_steps=max(epochs * steps - warmup, 1),
            alpha=1e-4,
            warmup_target=stage.learning_rate if warmup else None,
            warmup_steps=warmup,
        )
    shared = {
        "learning_rate": rate,
        "clipnorm": None,
        "global_clipnorm": stage.clip,
        "weight_decay": stage.weight_decay or None,
        "use_ema": stage.ema > 0,
        "ema_momentum": stage.ema or 0.99,
    }
    if stage.optimizer == "adam":
        optimizer = keras.optimizers.Adam(**shared)
    else:
        optimizer = keras.optimizers.SGD(momentum=0.9, nesterov=True, **shared)
    if stage.weight_decay:
        optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    return optimizer
