"""A tiny network's recipe, and who watches it being trained."""

from typing import Any

from core.training import building, runs
from core.training.recipe import Recipe

TINY: dict[str, Any] = {
    "id": "tiny",
    "title": "Tiny",
    "family": "CNN",
    "summary": "For a test.",
    "batch": 32,
    "precision": "float32",
    "keep_keras": True,
    "data": {"augmentation": {"flip": 0.5}},
    "network": {
        "builder": "cnn",
        # No dropout: its random state is not part of what a resumed run restores.
        "settings": {"filters": [4, 8], "convolutions": [1, 1], "hidden": 8, "dropout": 0},
    },
    "stages": [
        {"name": "head", "epochs": 1, "trainable": "head", "learning_rate": 0.01},
        {"name": "all", "epochs": 3, "learning_rate": 0.01, "weight_decay": 1e-4, "warmup": 0.5},
    ],
}


class Silent:
    """Watches a run; kills it after an epoch if asked to."""

    def __init__(self, kill_after=None):
        self.rows, self.kill_after = [], kill_after

    def step(self, epoch, step, steps):
        assert 1 <= step <= steps

    def epoch(self, row, best):
        self.rows.append(row)
        if row.epoch == self.kill_after:
            raise KeyboardInterrupt


def make(**changes):
    return Recipe.model_validate(TINY | changes)


def weights_of(recipe):
    network = building.build(recipe)
    network.model.load_weights(runs.run_of(recipe).last_weights)
    return network.model.get_weights()
