"""What a training run leaves in `runs/<id>/`, and what is known of it."""

from __future__ import annotations

import json
import os
import platform
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol

from core import paths
from core.errors import RecipeError
from core.schema import SHOWN, Epoch, History
from core.training.images import selection_split
from core.training.recipe import Recipe


class Report(Protocol):
    """Who watches a run."""

    def step(self, epoch: int, step: int, steps: int) -> None:
        """Called after every step; `epoch` counts from 1 over all stages."""

    def epoch(self, row: Epoch, best: bool) -> None:
        """Called after every epoch with its row, and whether it is the best so far."""


@dataclass(frozen=True)
class Run:
    """A finished or half-finished training run: `runs/<id>/`.

    Attributes:
        folder: holds `best.weights.h5`, `last.weights.h5`, `optimizer.npz` (or
            `checkpoint.npz`), `state.json`.
    """

    folder: Path

    @property
    def best_weights(self) -> Path:
        """Weights of the best epoch so far."""
        return self.folder / "best.weights.h5"

    @property
    def last_weights(self) -> Path:
        """Weights after the last whole epoch."""
        return self.folder / "last.weights.h5"

    @property
    def optimizer_state(self) -> Path:
        """Slots of the optimizer after the last whole epoch of the current stage."""
        return self.folder / "optimizer.npz"

    @property
    def checkpoint(self) -> Path:
        """All that a run on the device goes on from, after the last whole epoch."""
        return self.folder / "checkpoint.npz"

    @property
    def state_file(self) -> Path:
        """Epochs so far and where the run stands."""
        return self.folder / "state.json"

    def state(self) -> dict:
        """What `state.json` says; an empty run before the first epoch."""
        if not self.state_file.is_file():
            return {"epochs": [], "finished_stages": 0, "best_epoch": 0, "best_score": None}
        return json.loads(self.state_file.read_text(encoding="utf-8"))


def run_of(recipe: Recipe) -> Run:
    """Where the run of a recipe lies."""
    return Run(paths.runs() / recipe.id)


def check_same_recipe(recipe: Recipe, run: Run) -> None:
    """See that what a run has trained so far is what the recipe says.

    Raises:
        RecipeError: naming the first key that differs; what pages show of a recipe may.
    """
    begun = run.state().get("recipe")
    if begun is None:  # not begun
        return
    then, now = (
        one.model_dump(mode="json", exclude=SHOWN) for one in (Recipe.model_validate(begun), recipe)
    )
    key = _first_difference(then, now)
    if key:
        raise RecipeError(
            f"{key}: {run.folder} was trained with another value. Expected the recipe that the "
            "run was begun with; remove the folder to train anew."
        )


def _first_difference(then: dict[str, Any], now: dict[str, Any]) -> str | None:
    """Dotted key of the first value that differs, or None."""
    for key in now | then:
        old, new = then.get(key), now.get(key)
        if isinstance(old, dict) and isinstance(new, dict):
            if inner := _first_difference(old, new):
                return f"{key}.{inner}"
        elif old != new:
            return key
    return None


def history_of(recipe: Recipe) -> History:
    """The run's learning curves as the results contract wants them."""
    state = run_of(recipe).state()
    return History(
        model=recipe.id,
        selection_split=selection_split(recipe),
        best_epoch=state["best_epoch"],
        epochs=[Epoch.model_validate(row) for row in state["epochs"]],
    )


def trained_on(recipe: Recipe) -> tuple[str, str]:
    """What a run was trained on and by, for the card: hardware, and Keras's backend.

    A run that does not say was trained by the loop, on this machine.
    """
    state = run_of(recipe).state()
    here = f"Keras {version('keras')} on tensorflow, Python {platform.python_version()}"
    return state.get("device") or hardware(), state.get("backend") or here


def hardware() -> str:
    """One line about the machine, for the card."""
    model = platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        for line in cpuinfo.read_text().splitlines():
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    return f"{os.cpu_count()} CPU cores, {model}"
