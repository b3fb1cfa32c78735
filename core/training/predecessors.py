"""What a recipe takes over from networks trained before it: first weights, and teachers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import keras
import numpy as np

from core import networks, paths
from core.engine.network import CompiledNetwork
from core.errors import ModelError, RecipeError
from core.networks.registry import Network
from core.runtime import fastest_precision
from core.schema import KERAS, Card
from core.training.recipe import Recipe
from core.training.runs import Run


def fresh(recipe: Recipe) -> Network:
    """The recipe's network before any of its own training, under the global dtype policy."""
    section = recipe.network
    settings = networks.settings_of(section.builder, section.settings)
    return networks.build(section.builder, settings, len(recipe.data.classes))


def without_predecessors(recipe: Recipe) -> Recipe:
    """The same recipe from random weights and labels alone: it needs no other file."""
    network, data = recipe.network, recipe.data
    settings = network.settings
    known = networks.settings_of(network.builder, settings)
    if "imagenet" in type(known).model_fields:
        settings = {**settings, "imagenet": False}
    return recipe.model_copy(
        update={
            "network": network.model_copy(update={"settings": settings, "start": ""}),
            "data": data.model_copy(update={"teachers": (), "teaching": 0.0}),
        }
    )


def begin_from(network: Network, identifier: str) -> Network:
    """Give every layer the weights of the layer of the same name in an earlier network.

    They come from its Keras file or, where it ships none, from the run that made it. The head
    stays as it is where the two tell different numbers of classes apart.

    Args:
        network: freshly built; changed in place. Layers without a namesake stay as they are.
        identifier: of a network in `models/`.

    Returns:
        The network, saying where its weights come from.

    Raises:
        RecipeError: if there is neither, or a layer has other shapes there.
    """
    folder = paths.models() / identifier
    earlier = _trained_model(identifier)
    try:
        card = Card.of(folder)
    except ModelError as reason:
        raise RecipeError(f"network.start: {reason}") from reason
    known = {layer.name: layer for layer in earlier.layers}
    other_classes = earlier.output_shape != network.model.output_shape
    for layer in network.model.layers:
        if other_classes and layer.name == network.head:
            break
        if layer.weights and layer.name in known:
            try:
                layer.set_weights(known[layer.name].get_weights())
            except ValueError as reason:
                raise RecipeError(
                    f"network.start: the weights of {layer.name} have other shapes in {identifier}."
                ) from reason
    return replace(
        network, initial_weights=f"{card.title} ← {card.initial_weights}", lacks_pretrained=False
    )


def _trained_model(identifier: str) -> keras.Model:
    """An earlier network, from the file that it ships or from the run that made it."""
    file = paths.models() / identifier / KERAS
    if file.is_file():
        return keras.saving.load_model(file)
    run = Run(paths.runs() / identifier)
    if not run.best_weights.is_file():
        raise RecipeError(
            f"network.start: no {file} and no {run.best_weights}. Expected a network that ships "
            f"the first, or one trained on this machine: python -m core train {identifier}."
        )
    recipe = Recipe.model_validate(run.state()["recipe"])
    model = fresh(without_predecessors(recipe)).model
    model.load_weights(run.best_weights)
    return model


def teach(identifiers: Sequence[str], classes: tuple[str, ...], faces: np.ndarray) -> np.ndarray:
    """Mean probabilities of earlier networks, for a new one to learn from beside the labels.

    Distillation as in Hinton et al. 2015 (arXiv:1503.02531), at temperature 1.

    Args:
        identifiers: one or more networks in `models/`, each with the same say.
        classes: the recipe's, in order.
        faces: uint8 (n, 48, 48).

    Returns:
        float32 (n, C), rows sum to one.

    Raises:
        RecipeError: if one of them cannot be run or tells other classes apart.
    """
    total = np.zeros((len(faces), len(classes)), np.float32)
    for identifier in identifiers:
        try:
            teacher = CompiledNetwork(paths.models() / identifier, fastest_precision())
        except ModelError as reason:
            raise RecipeError(f"data.teachers: {reason}") from reason
        if tuple(teacher.card.classes) != classes:
            raise RecipeError(
                f"data.teachers: expected networks of the classes {', '.join(classes)}. "
                f"Received: {identifier}, of {', '.join(teacher.card.classes)}."
            )
        for first in range(0, len(faces), teacher.largest):
            few = slice(first, first + teacher.largest)
            total[few] += teacher.run(faces[few])[0]
    return total / total.sum(axis=1, keepdims=True)
