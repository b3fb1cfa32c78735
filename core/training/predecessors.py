"""What a recipe takes over from a network trained before it: its first weights."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import keras

from core import networks, paths
from core.errors import ModelError, RecipeError
from core.files import sha256
from core.networks import applications, vgg16
from core.networks.registry import Network
from core.schema import KERAS, Card, InitialWeights
from core.training.recipe import Recipe
from core.training.runs import Run

RANDOM = InitialWeights(kind="random", source="He et al. 2015")


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
            "network": network.model_copy(
                update={"settings": settings, "start": "", "start_share": 0.0}
            ),
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
    earlier = trained_model(identifier, "network.start")
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
    return replace(network, initial_weights=_origin(identifier))


def average_with_start(network: Network, recipe: Recipe) -> None:
    """Mix the weights that a recipe started from into the trained ones, as it says.

    Args:
        network: with the trained weights; changed in place.
        recipe: its `network.start` has the same layers.

    Raises:
        RecipeError: if there is no such network, or a layer has other shapes there.
    """
    section = recipe.network
    if not section.start_share:
        return
    trained = {layer.name: layer.get_weights() for layer in network.model.layers}
    begin_from(network, section.start)
    for layer in network.model.layers:
        pairs = zip(layer.get_weights(), trained[layer.name], strict=True)
        share = section.start_share
        layer.set_weights([share * start + (1 - share) * end for start, end in pairs])


def first_weights(recipe: Recipe) -> InitialWeights:
    """Where a recipe's weights come from before training, told without building it."""
    section = recipe.network
    if section.start:
        return _origin(section.start)
    settings = networks.settings_of(section.builder, section.settings)
    if getattr(settings, "imagenet", False):
        return vgg16.IMAGENET if section.builder == "vgg16" else applications.IMAGENET
    return applications.RANDOM if section.builder in applications.FILES else RANDOM


def _origin(identifier: str) -> InitialWeights:
    """The first weights of an earlier network, which it has changed since."""
    folder = paths.models() / identifier
    if (folder / "card.json").is_file():
        try:
            card = Card.of(folder)
        except ModelError as reason:
            raise RecipeError(f"network.start: {reason}") from reason
        return card.initial_weights.after(card.title)
    state = Run(paths.runs() / identifier).state()
    first = InitialWeights.of(state.get("initial_weights", "unknown"))
    return first.after(state["recipe"]["title"])


def trained_model(identifier: str, key: str) -> keras.Model:
    """An earlier network: the Keras file in `models/`, or the run that made it.

    Returns:
        Faces to probabilities in the first case, to logits in the second; layer `logits`
        holds these in both.

    Raises:
        RecipeError: if there is neither.
    """
    file = paths.models() / identifier / KERAS
    if file.is_file():
        _check_hash(file, key)
        return keras.saving.load_model(file, safe_mode=True)
    run = Run(paths.runs() / identifier)
    if not run.best_weights.is_file():
        raise RecipeError(
            f"{key}: no {file} and no {run.best_weights}. Expected a network that ships "
            f"the first, or one trained on this machine: python -m core train {identifier}."
        )
    recipe = Recipe.model_validate(run.state()["recipe"])
    model = fresh(without_predecessors(recipe)).model
    model.load_weights(run.best_weights)
    return model


def _check_hash(file: Path, key: str) -> None:
    """Refuse a Keras file that is not the one its card tells of: loading runs what it says."""
    try:
        expected = Card.of(file.parent).files.get(KERAS)
    except ModelError as reason:
        raise RecipeError(f"{key}: {reason}") from reason
    if sha256(file) != expected:
        raise RecipeError(
            f"{key}: {file} is not the file that its card.json tells of. Fetch it again, or write "
            f"it with: python -m core export {file.parent.name}."
        )
