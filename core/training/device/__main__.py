"""`python -m core.training.device RECIPE...`: training alone, on a machine that has only JAX.

It needs no TensorFlow, OpenVINO or Streamlit; see docs/train.md.
"""

from __future__ import annotations

import argparse
import os
import time

os.environ["KERAS_BACKEND"] = "jax"

from core.data import store
from core.schema import Epoch
from core.training import recipe as recipes
from core.training.device.trainer import train
from core.training.runs import Report
from core.training.seeds import reseed


class _Lines(Report):
    """A line for every epoch."""

    def __init__(self, name: str) -> None:
        self._name = name

    def step(self, epoch: int, step: int, steps: int) -> None:
        """Nothing: an epoch is one step."""

    def epoch(self, row: Epoch, best: bool) -> None:
        """Print the epoch's line; `*` marks the best so far."""
        robust = row.val_corrupted_accuracy
        corrupted = f", corrupted {robust:.4f}" if robust is not None else ""
        print(
            f"{time.strftime('%H:%M:%S')} {self._name} {row.epoch}: loss {row.loss:.3f}, "
            f"accuracy {row.accuracy:.3f}, selection {row.val_accuracy:.4f}{corrupted}, "
            f"rate {row.learning_rate:.1e}, {row.seconds:.1f} s{' *' if best else ''}",
            flush=True,
        )


def main() -> None:
    """Train the recipes that the command line names, one after the other."""
    parser = argparse.ArgumentParser(prog="python -m core.training.device")
    parser.add_argument("recipes", nargs="+", help="ids of recipes, or TOML files")
    parser.add_argument("--deadline", type=float, help="seconds since 1970 at which to be done")
    parser.add_argument("--save-every", type=float, default=0.0, help="seconds between writings")
    parser.add_argument("--seeds", type=int, nargs="+", help="instead of the recipes' own")
    options = parser.parse_args()
    dataset = store.load()
    for seed in options.seeds or [None]:
        for name in options.recipes:
            recipe = recipes.read(name)
            if seed not in (None, recipe.seed):
                recipe = reseed(recipe, seed).recipe
            train(recipe, dataset, _Lines(recipe.id), options.deadline, options.save_every)


if __name__ == "__main__":
    main()
