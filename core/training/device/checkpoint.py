"""What a run on the device goes on from after a kill: one file, replaced at once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jax
import numpy as np

from core.files import atomic_write
from core.training.device.epoch import State

RECORD = "run"


def save(path: Path, state: State, record: dict[str, Any]) -> None:
    """Write the state and the record of the run that belongs to it, in one file.

    Args:
        path: of the `.npz`.
        state: after the last whole epoch.
        record: what `state.json` says of the run at that moment.
    """
    leaves = [np.asarray(leaf) for leaf in jax.tree.leaves(state)]
    arrays = {str(place): leaf for place, leaf in enumerate(leaves)}
    arrays[RECORD] = np.frombuffer(json.dumps(record).encode(), np.uint8)
    with atomic_write(path) as stream:
        np.savez(stream, allow_pickle=False, **arrays)


def record_of(path: Path) -> dict[str, Any]:
    """The record in a checkpoint."""
    with np.load(path) as saved:
        return json.loads(saved[RECORD].tobytes())


def restore(path: Path, fresh: State) -> State:
    """The state in a checkpoint, in the structure of a fresh one of the same stage."""
    with np.load(path) as saved:
        leaves = [saved[str(place)] for place in range(len(saved.files) - 1)]
    structure = jax.tree.structure(fresh)
    return jax.tree.unflatten(structure, [jax.numpy.asarray(leaf) for leaf in leaves])
