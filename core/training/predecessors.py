"""What a recipe takes over from networks trained before it: first weights, and teachers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import keras
import numpy as np

from core import paths
from core.errors import ModelError, RecipeError
from core.inference.network import CompiledNetwork
from core.networks.registry import Network
from core.runtime import fastest_precision
from core.schema import Card


def begin_from(network: Network, identifier: str) -> Network:
    """Give every layer the weights of the layer of the same name in an earlier network.

    Args:
        network: freshly built; changed in place. Layers without a namesake stay as they are.
        identifier: of a network in `models/` that ships its Keras file.

    Returns:
        The network, saying where its weights come from.

    Raises:
        RecipeError: if there is no such file, or a layer has other shapes there.
    """
    folder = paths.models() / identifier
    file = folder / "model.keras"
    if not file.is_file():
        raise RecipeError(f"network.start: no {file}. Expected a network that ships this file.")
    try:
        card = Card.of(folder)
    except ModelError as reason:
        raise RecipeError(f"network.start: {reason}") from reason
    earlier = {layer.name: layer for layer in keras.saving.load_model(file).layers}
    for layer in network.model.layers:
        if layer.weights and layer.name in earlier:
            try:
                layer.set_weights(earlier[layer.name].get_weights())
            except ValueError as reason:
                raise RecipeError(
                    f"network.start: the weights of {layer.name} have other shapes in {identifier}."
                ) from reason
    return replace(network, initial_weights=f"{card.title} ← {card.initial_weights}")


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
