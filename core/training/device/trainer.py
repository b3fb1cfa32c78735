"""A recipe trained with whole epochs on the device (JAX): for a graphics card, or a toy.

The same recipes, runs and histories as `core.training.loop`. On a CPU a convolution within
the loop of a compiled epoch takes a hundred times as long as outside: toys only.
"""

from __future__ import annotations

import platform
import time
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

import jax
import jax.numpy as jnp
import keras
import numpy as np

from core.data.store import Dataset, Split
from core.errors import RecipeError
from core.files import write_json
from core.schema import Epoch
from core.training.building import build, set_trainable
from core.training.device import checkpoint, schedule
from core.training.device import epoch as epochs
from core.training.device.corruption import corrupt
from core.training.device.depthwise import unfold
from core.training.images import images_of
from core.training.normalisation import settle
from core.training.recipe import Recipe, Stage
from core.training.runs import Report, Run, check_same_recipe, run_of
from core.training.targets import class_weights, targets
from core.training.teachers import model_of

AT_ONCE = 512
"""Images in a batch of a validation."""


def train(
    recipe: Recipe,
    dataset: Dataset,
    report: Report,
    deadline: float | None = None,
    save_every: float = 0.0,
) -> Run:
    """Train a recipe to its end, or go on where a killed run stopped.

    Args:
        recipe: what to train.
        dataset: as `core.training.loop.train`.
        report: told after every epoch.
        deadline: seconds since 1970 at which the last stage must have ended; it gets so many
            epochs as fit, at most the recipe's, and its rate falls to the end within them.
        save_every: least number of seconds between two writings of the run's files.

    Returns:
        The run, with the best epoch's weights and the history so far.

    Raises:
        RecipeError: if Keras does not run on JAX, the recipe cannot be trained, or the run
            was begun by another one.
    """
    if keras.backend.backend() != "jax":
        raise RecipeError("Training on the device needs Keras on JAX: set KERAS_BACKEND=jax.")
    run = run_of(recipe)
    check_same_recipe(recipe, run)
    return _Trainer(recipe, dataset, report, run, deadline, save_every).train()


class _Trainer:
    def __init__(
        self,
        recipe: Recipe,
        dataset: Dataset,
        report: Report,
        run: Run,
        deadline: float | None,
        save_every: float,
    ) -> None:
        self._recipe, self._report, self._run = recipe, report, run
        self._save_every, self._saved = save_every, 0.0
        images = images_of(recipe, dataset)
        self._training, self._selection = images.training, images.selection
        if (count := len(self._training.faces)) < recipe.batch:
            raise RecipeError(f"batch: expected at most the {count} training images.")
        self._network = build(recipe)
        unfold(self._network.model)
        for stage in recipe.stages:
            set_trainable(self._network, stage.trainable)
        self._record = self._begun()
        self._teachers = [_teacher(name, recipe) for name in recipe.data.teachers]
        self._checks = [self._selection.faces]
        if recipe.select_by == "robust":
            key = jax.random.PRNGKey(recipe.seed)
            chips = jnp.asarray(self._selection.faces, jnp.float32)
            corrupted = corrupt(key, chips, recipe.data.corruptions)
            self._checks.append(np.asarray(corrupted).astype(np.uint8))
        self._images = _on_device(self._training, recipe)
        self._budget = schedule.Budget(deadline)
        self._best: epochs.State | None = None

    def train(self) -> Run:
        before = 0
        for number, stage in enumerate(self._recipe.stages):
            rows = self._record["epochs"]
            if number >= self._record["finished_stages"]:
                self._stage(stage, done=len(rows) - before, number=number)
            names = {earlier.name for earlier in self._recipe.stages[: number + 1]}
            before = sum(row["stage"] in names for row in self._record["epochs"])
        return self._run

    def _begun(self) -> dict[str, Any]:
        """The record of the run so far, with the model as it was left."""
        run, model = self._run, self._network.model
        run.folder.mkdir(parents=True, exist_ok=True)
        if run.checkpoint.is_file():
            record = checkpoint.record_of(run.checkpoint)
            write_json(run.state_file, record)
        else:
            settle(self._network, self._recipe, self._training.faces)
            recipe = self._recipe.model_dump(mode="json")
            origin = {
                "recipe": recipe,
                "initial_weights": self._network.initial_weights.model_dump(mode="json"),
            }
            record = {**run.state(), **origin, "device": device(), "backend": backend()}
            write_json(run.state_file, record)
        if run.last_weights.is_file():
            model.load_weights(run.last_weights)
        return record

    def _stage(self, stage: Stage, done: int, number: int) -> None:
        set_trainable(self._network, stage.trainable)
        model, record = self._network.model, self._record
        state = epochs.begin(model, stage)
        if done and self._run.checkpoint.is_file():
            state = checkpoint.restore(self._run.checkpoint, state)
        train_epoch = epochs.compiled(model, self._teachers, self._recipe, stage)
        predict = _predictor(model)
        steps = len(self._training.faces) // self._recipe.batch
        first = len(record["epochs"]) - done
        taught_by = [teacher.weights for teacher in self._teachers]
        while done < (planned := self._budget.epochs(stage.epochs, done)):
            started = time.perf_counter()
            count = len(record["epochs"])
            losses = [row["val_loss"] for row in record["epochs"][first:]]
            halved = schedule.halvings(losses)
            rates = schedule.rates(stage, steps, planned, done, halved)
            key = jax.random.fold_in(jax.random.PRNGKey(self._recipe.seed), count)
            state, loss, right = train_epoch(
                state, self._images, key, jnp.asarray(rates), taught_by
            )
            row = self._validated(state, predict, stage, count + 1, float(loss), float(right))
            seconds = time.perf_counter() - started
            row = row.model_copy(update={"learning_rate": float(rates[-1]), "seconds": seconds})
            best = self._noted(row, state)
            self._budget.took(seconds)
            done += 1
            self._write(state)
            self._report.epoch(row, best)
            since = max(record["best_epoch"], first)
            if stage.patience and row.epoch - since >= stage.patience:
                break
        self._finish(state, stage, number, done)

    def _validated(
        self,
        state: epochs.State,
        predict: Any,
        stage: Stage,
        number: int,
        loss: float,
        accuracy: float,
    ) -> Epoch:
        """The epoch's row, its rate and time still to be told."""
        labels = self._selection.labels
        found = [_probabilities(predict, state, faces) for faces in self._checks]
        right = [float((one.argmax(axis=1) == labels).mean()) for one in found]
        likelihood = np.maximum(found[0][np.arange(len(labels)), labels], 1e-9)
        return Epoch(
            epoch=number,
            stage=stage.name,
            loss=loss,
            accuracy=accuracy,
            val_loss=float(-np.log(likelihood).mean()),
            val_accuracy=right[0],
            val_corrupted_accuracy=right[1] if len(right) > 1 else None,
            learning_rate=0.0,
            seconds=0.0,
        )

    def _noted(self, row: Epoch, state: epochs.State) -> bool:
        """Enter the row in the record; whether it is the best so far."""
        record = self._record
        score = row.score(self._recipe.select_by)
        best = record["best_score"] is None or score > record["best_score"]
        if best:
            record["best_score"], record["best_epoch"] = score, row.epoch
            self._best = state
        record["epochs"].append(row.model_dump())
        record["updated"] = datetime.now(UTC).isoformat(timespec="seconds")
        return best

    def _write(self, state: epochs.State, now: bool = False) -> None:
        """Write the run's files, unless they were written a moment ago."""
        if not now and time.monotonic() - self._saved < self._save_every:
            return
        if self._best is not None:
            self._keep(self._best.validated, self._run.best_weights)
            self._best = None
        checkpoint.save(self._run.checkpoint, state, self._record)
        write_json(self._run.state_file, self._record)
        self._saved = time.monotonic()

    def _keep(self, values: tuple[list[jax.Array], list[jax.Array]], path: Any) -> None:
        model = self._network.model
        for variable, value in zip(model.trainable_variables, values[0], strict=True):
            variable.assign(value)
        for variable, value in zip(model.non_trainable_variables, values[1], strict=True):
            variable.assign(value)
        temporary = path.with_name("writing.weights.h5")
        model.save_weights(temporary)
        temporary.replace(path)

    def _finish(self, state: epochs.State, stage: Stage, number: int, done: int) -> None:
        """Write everything; the next stage begins with what was validated last."""
        record = self._record
        record["finished_stages"] = number + 1
        # A run that had to end early was that of a recipe with fewer epochs.
        record["recipe"]["stages"][number]["epochs"] = max(done, 1)
        self._write(state, now=True)
        self._keep(state.validated, self._run.last_weights)


def device() -> str:
    """One line about what trains, for the card."""
    return str(jax.devices()[0].device_kind)


def backend() -> str:
    """One line about the program, for the card."""
    keras_version, jax_version = version("keras"), version("jax")
    return (
        f"Keras {keras_version} on JAX {jax_version}, whole epochs on the device, "
        f"Python {platform.python_version()}"
    )


def _teacher(identifier: str, recipe: Recipe) -> epochs.Teacher:
    model, classes = model_of(identifier, recipe.data.classes)
    model.trainable = False
    weights = [jnp.array(variable.value) for variable in model.non_trainable_variables]
    return epochs.Teacher(model, weights, classes)


def _on_device(training: Split, recipe: Recipe) -> epochs.Images:
    size = len(recipe.data.classes)
    weights = class_weights(training.labels, size, recipe.data.class_weights)
    return epochs.Images(
        faces=jnp.asarray(training.faces),
        targets=jnp.asarray(targets(training, recipe.data)),
        weights=jnp.asarray(weights[training.labels]),
    )


def _predictor(model: keras.Model) -> Any:
    @jax.jit
    def predict(weights: Any, others: Any, faces: jax.Array) -> jax.Array:
        logits, _ = model.stateless_call(weights, others, faces, training=False)
        return jax.nn.softmax(logits.astype(jnp.float32))

    return predict


def _probabilities(predict: Any, state: epochs.State, faces: np.ndarray) -> np.ndarray:
    """Answers of the validated weights, float32 (n, C)."""
    batch = min(AT_ONCE, len(faces))
    lacking = -len(faces) % batch
    filled = np.concatenate([faces, faces[:lacking]])
    parts = [
        predict(*state.validated, filled[first : first + batch])
        for first in range(0, len(filled), batch)
    ]
    return np.concatenate([np.asarray(part) for part in parts])[: len(faces)]
