"""A recipe's network as training finds it: built, with its first weights, partly frozen."""

from __future__ import annotations

import keras

from core.errors import RecipeError
from core.networks.registry import Network
from core.training.predecessors import begin_from, fresh
from core.training.recipe import Recipe


def build(recipe: Recipe, precision: str | None = None) -> Network:
    """Build the recipe's network under a dtype policy (default: the recipe's)."""
    keras.config.set_dtype_policy(precision or recipe.precision)
    keras.utils.set_random_seed(recipe.seed)
    network = fresh(recipe)
    start = recipe.network.start
    return begin_from(network, start) if start else network


def set_trainable(network: Network, trainable: str) -> None:
    """Freeze what a stage does not train; frozen batch normalisation keeps its means.

    Raises:
        RecipeError: if `trainable` names no layer of the network.
    """
    learns = trainable == "all"
    names = [layer.name for layer in network.model.layers]
    if trainable not in ("all", "head") and trainable not in names:
        raise RecipeError(
            f"stages.trainable: expected all, head or the name of a layer. Received: {trainable}."
        )
    network.model.trainable = True
    for layer in network.model.layers:
        learns = learns or layer.name in (trainable, network.head)
        layer.trainable = learns or "_se_" in layer.name
