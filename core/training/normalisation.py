"""Batch normalisation put into a network that was trained without it."""

from __future__ import annotations

import keras
import numpy as np

from core.networks.registry import Network
from core.training.recipe import Recipe

FACES = 256
"""Images whose statistics are taken."""


def settle(network: Network, recipe: Recipe, faces: np.ndarray) -> None:
    """Let new normalisation in a pretrained network change nothing at first.

    ImageNet's VGG16 has none. Where a recipe adds it, each layer begins with the mean and
    the deviation of what it receives, as statistics and as shift and scale that undo them:
    the network first computes what it computed without. Other networks stay as they are.

    Args:
        network: freshly built; changed in place.
        recipe: what it was built from.
        faces: uint8 (n, 48, 48), training images.
    """
    if recipe.network.start or network.initial_weights.kind != "imagenet":
        return
    if not recipe.network.settings.get("batch_norm"):
        return
    model = network.model
    norms = [layer for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization)]
    for layer in norms:
        scale, shift, mean, variance = layer.get_weights()
        passing = [np.sqrt(1 + layer.epsilon) + 0 * scale, 0 * shift, 0 * mean, 1 + 0 * variance]
        layer.set_weights(passing)
    received = keras.Model(model.input, [layer.input for layer in norms])
    values = received.predict(faces[:FACES], batch_size=64, verbose=0)
    for layer, value in zip(norms, values, strict=True):
        value = np.asarray(value, np.float32)
        mean, variance = value.mean((0, 1, 2)), value.var((0, 1, 2))
        layer.set_weights([np.sqrt(variance + layer.epsilon), mean, mean, variance])
