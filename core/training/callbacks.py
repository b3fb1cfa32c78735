"""What happens between the epochs of a run: the rate falls, the best weights are kept."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import keras
import numpy as np

from core.data.store import Split
from core.files import atomic_write, write_json
from core.schema import Epoch
from core.training.recipe import Recipe, Stage
from core.training.runs import Report, Run

LOWER = 1e-4
"""By how much a loss must fall below the lowest before it, so that no rate is halved."""


class Plateau(keras.callbacks.ReduceLROnPlateau):
    """Halves the rate after three epochs without a lower loss.

    Args:
        losses: on the selection split, of the stage's epochs before this start; a run that
            was killed goes on counting where it stopped.
    """

    def __init__(self, losses: list[float]) -> None:
        super().__init__(factor=0.5, patience=3, min_delta=LOWER)
        self._losses = losses

    def on_train_begin(self, logs: dict | None = None) -> None:
        """Take up the count where the stage stopped."""
        super().on_train_begin(logs)
        wait, lowest = 0, np.inf
        for loss in self._losses:
            lower = loss < lowest - LOWER
            wait, lowest = (0, loss) if lower else ((wait + 1) % self.patience, lowest)
        self.wait, self.best = wait, lowest if self._losses else None


class Keeper(keras.callbacks.Callback):
    """Writes the run's state after every epoch, keeps the best weights, stops in time.

    `stage_start` is the number of epochs before the stage, from which its patience counts at
    the earliest. `prepared`, the seconds that a stage took before its first epoch (mostly for
    features computed once), count as that epoch's. `corrupted` is the selection split under
    the recipe's corruptions, where these help to choose the epoch.
    """

    def __init__(
        self,
        run: Run,
        recipe: Recipe,
        stage: Stage,
        whole: keras.Model,
        total_before: int,
        stage_start: int,
        prepared: float,
        report: Report,
        corrupted: Split | None = None,
    ) -> None:
        super().__init__()
        self._corrupted = corrupted
        self._corrupted_accuracy: float | None = None
        self._run, self._recipe, self._stage = run, recipe, stage
        self._whole, self._total, self._report = whole, total_before, report
        self._stage_start, self._prepared, self._started = stage_start, prepared, 0.0
        self._at_validation: list[np.ndarray] | None = None

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        """Start the clock."""
        self._started = time.perf_counter()

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        """Tell of the step."""
        self._report.step(self._total + 1, batch + 1, self.params["steps"])

    def on_test_end(self, logs: dict | None = None) -> None:
        """Read the weights that were validated.

        With a running mean of the weights that is the mean, and the next callback swaps it
        out again.
        """
        if self._stage.ema:
            self._at_validation = self._whole.get_weights()
        if self._corrupted is not None:
            logits = self._whole.predict(self._corrupted.faces, batch_size=256, verbose=0)
            right = logits.argmax(axis=1) == self._corrupted.labels
            self._corrupted_accuracy = float(right.mean())

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        """Write what the run goes on from, and stop it where its patience ends."""
        logs = logs or {}
        state = self._run.state()
        self._total += 1
        row = Epoch(
            epoch=self._total,
            stage=self._stage.name,
            loss=logs["loss"],
            accuracy=logs["accuracy"],
            val_loss=logs["val_loss"],
            val_accuracy=logs["val_accuracy"],
            val_corrupted_accuracy=self._corrupted_accuracy,
            learning_rate=float(np.asarray(self.model.optimizer.learning_rate)),
            seconds=self._prepared + time.perf_counter() - self._started,
        )
        self._prepared = 0.0
        score = row.score(self._recipe.select_by)
        best = state["best_score"] is None or score > state["best_score"]
        if best:
            state["best_score"], state["best_epoch"] = score, row.epoch
            self._save_weights(self._run.best_weights, self._at_validation)
        self._save_weights(self._run.last_weights, None)
        with atomic_write(self._run.optimizer_state) as stream:
            values = {
                str(position): np.asarray(variable)
                for position, variable in enumerate(self.model.optimizer.variables)
            }
            np.savez(stream, allow_pickle=False, **values)
        state["epochs"].append(row.model_dump())
        state["updated"] = datetime.now(UTC).isoformat(timespec="seconds")
        write_json(self._run.state_file, state)
        self._report.epoch(row, best)
        since = max(state["best_epoch"], self._stage_start)
        if self._stage.patience and row.epoch - since >= self._stage.patience:
            self.model.stop_training = True

    def _save_weights(self, path: Path, values: list[np.ndarray] | None) -> None:
        own = self._whole.get_weights() if values is not None else None
        if values is not None:
            self._whole.set_weights(values)
        temporary = path.with_name("writing.weights.h5")
        self._whole.save_weights(temporary)
        temporary.replace(path)
        if own is not None:
            self._whole.set_weights(own)
