"""A trained network as it travels between machines: arrays by layer, and its record as JSON.

`adopt` makes a run of them, as if it had been trained here.
"""

from __future__ import annotations

import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import keras
import numpy as np

from core.errors import ModelError
from core.files import atomic_write, write_json
from core.networks.registry import Network
from core.schema import Epoch
from core.training.building import build
from core.training.predecessors import first_weights, without_predecessors
from core.training.recipe import Recipe
from core.training.runs import Run, run_of

LARGE = 60_000
"""Arrays of more numbers travel in fewer bits."""


def pack(recipe: Recipe, run: Run, target: Path, eight_bits: bool = False) -> None:
    """Write the best weights of a run in half the size or a quarter; its record stays beside it.

    Args:
        recipe: of the run.
        run: trained at least one epoch.
        target: `.npz` as `adopt` reads it.
        eight_bits: store large arrays as 8-bit integers instead of float16.
    """
    model = _network(recipe).model
    model.load_weights(run.best_weights)
    arrays: dict[str, np.ndarray] = {}
    for layer in model.layers:
        for number, value in enumerate(layer.get_weights()):
            key = f"{layer.name}/{number}"
            if value.size <= LARGE:
                arrays[key] = value
            elif eight_bits:
                others = tuple(range(value.ndim - 1))
                scale = np.maximum(np.abs(value).max(axis=others) / 127, 1e-12)
                arrays[f"{key}|q"] = np.rint(value / scale).astype(np.int8)
                arrays[f"{key}|s"] = scale.astype(np.float32)
            else:
                arrays[key] = value.astype(np.float16)
    with atomic_write(target) as stream:
        np.savez_compressed(stream, allow_pickle=False, **arrays)


def adopt(recipe: Recipe, weights: Path, record: Path) -> Run:
    """Make a run of weights that another machine trained.

    Args:
        recipe: that the weights were trained by.
        weights: `.npz` of `<layer>/<number>`; or, in 8 bits, `<key>|q` with a scale for each
            output channel, `<key>|s`.
        record: JSON of `epochs` (rows as in `core.schema.Epoch`, `stage` may lack),
            `best_epoch` and `device`; a run's `state.json` is one.

    Returns:
        The run, ready to be exported.

    Raises:
        ModelError: if a file is damaged or is not of this recipe.
    """
    network, run = _network(recipe), run_of(recipe)
    _set(network.model, _arrays(weights), weights)
    rows, content = _rows(recipe, record)
    run.folder.mkdir(parents=True, exist_ok=True)
    temporary = run.folder / "writing.weights.h5"
    network.model.save_weights(temporary)
    temporary.replace(run.best_weights)
    state = run.state() | {
        "recipe": recipe.model_dump(mode="json"),
        "epochs": [row.model_dump(mode="json") for row in rows],
        "finished_stages": len(recipe.stages),
        "best_epoch": content["best_epoch"],
        "best_score": rows[content["best_epoch"] - 1].score(recipe.select_by),
        "device": str(content.get("device", "")),
        "backend": str(content.get("backend") or "Keras on JAX, whole epochs on the device"),
        "updated": str(content.get("updated") or _day(record)),
        "initial_weights": first_weights(recipe).model_dump(mode="json"),
    }
    write_json(run.state_file, state)
    return run


def _day(path: Path) -> str:
    """When a file was written last."""
    return datetime.fromtimestamp(path.stat().st_mtime, UTC).date().isoformat()


def _network(recipe: Recipe) -> Network:
    return build(without_predecessors(recipe), precision="float32")


def _arrays(path: Path) -> dict[str, np.ndarray]:
    arrays = {}
    try:
        with np.load(path, allow_pickle=False) as stored:
            for key in stored.files:
                if key.endswith("|q"):
                    name = key.removesuffix("|q")
                    arrays[name] = stored[key].astype(np.float32) * stored[f"{name}|s"]
                elif not key.endswith("|s"):
                    arrays[key] = stored[key].astype(np.float32)
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as reason:
        raise ModelError(f"{path} is not readable: {reason}.") from reason
    return arrays


def _set(model: keras.Model, arrays: dict[str, np.ndarray], path: Path) -> None:
    wanted = {
        f"{layer.name}/{number}": value.shape
        for layer in model.layers
        for number, value in enumerate(layer.get_weights())
    }
    stored = {name: array.shape for name, array in arrays.items()}
    for name in wanted | stored:
        if wanted.get(name) != stored.get(name):
            raise ModelError(
                f"{path}: {name}: expected shape {wanted.get(name)}. Received: {stored.get(name)}."
            )
    for layer in model.layers:
        count = len(layer.get_weights())
        if count:
            layer.set_weights([arrays[f"{layer.name}/{number}"] for number in range(count)])


def _rows(recipe: Recipe, path: Path) -> tuple[list[Epoch], dict[str, Any]]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        stage = {"stage": recipe.stages[0].name}
        rows = [Epoch.model_validate(stage | row) for row in content["epochs"]]
        if not 1 <= content["best_epoch"] <= len(rows):
            raise ValueError(f"best_epoch: expected 1 to {len(rows)}")
    except (OSError, KeyError, TypeError, ValueError) as reason:
        raise ModelError(f"{path} is no record of a run: {reason}.") from reason
    return rows, content
