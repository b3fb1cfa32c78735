"""The classifier on pooled features, shared by all networks, and its Grad-CAM in closed form."""

from __future__ import annotations

import keras
import numpy as np
from keras import layers, ops

from core.networks.registry import Network


def classifier(
    features: keras.KerasTensor,
    classes: int,
    hidden: int,
    activation: str,
    dropout: float,
) -> keras.KerasTensor:
    """Global average pooling, an optional hidden layer, dropout, logits.

    Args:
        features: (N, h, w, K).
        classes: number of logits C.
        hidden: units of the hidden layer, 0 for none.
        activation: of the hidden layer, `relu` or `swish`.
        dropout: share of units dropped in training, before the logits.

    Returns:
        float32 logits (N, C).
    """
    x = layers.GlobalAveragePooling2D(name="pooled")(features)
    if hidden:
        x = layers.Dense(hidden, name="hidden")(x)
        x = layers.Activation(activation, name="hidden_activation")(x)
    if dropout:
        x = layers.Dropout(dropout, name="dropout")(x)
    return layers.Dense(classes, dtype="float32", name="logits")(x)


def activation_maps(network: Network) -> keras.KerasTensor:
    """Grad-CAM map of every class as part of the graph, without a gradient tape.

    Grad-CAM (Selvaraju et al. 2017, arXiv:1610.02391) weighs feature map k by the mean
    over its positions of d(logit c) / d(feature). Behind global average pooling that
    derivative is the same at every position: W[k, c] / (h w) for a linear head, and
    sum_j W1[k, j] f'(z_j) W2[j, c] / (h w) with one hidden layer of activation f.

    Returns:
        float32 (N, C, h, w), not negative, not normalised, before upsampling.
    """
    model = network.model
    features = ops.cast(model.get_layer(network.features).output, "float32")
    positions = features.shape[1] * features.shape[2]
    outer = model.get_layer("logits").get_weights()[0].astype(np.float32)
    if "hidden" in [layer.name for layer in model.layers]:
        inner = model.get_layer("hidden").get_weights()[0].astype(np.float32)
        z = ops.cast(model.get_layer("hidden").output, "float32")
        slope = _slope(model.get_layer("hidden_activation").activation.__name__, z)
        paths = inner[:, :, None] * outer[None]  # (K, H, C)
        width, units, classes = paths.shape
        flat = np.ascontiguousarray(paths.transpose(1, 2, 0)).reshape(units, classes * width)
        weights = ops.reshape(ops.matmul(slope, flat), (-1, classes, width))
    else:
        # NumPy, not a tensor: the ONNX exporter turns captured tensors into inputs.
        weights = np.ascontiguousarray(outer.T)[None]
    pixels = ops.reshape(features, (-1, positions, features.shape[3]))
    maps = ops.matmul(weights, ops.transpose(pixels, (0, 2, 1))) / positions
    shape = (-1, outer.shape[1], features.shape[1], features.shape[2])
    return ops.relu(ops.reshape(maps, shape))


def _slope(activation: str, z: keras.KerasTensor) -> keras.KerasTensor:
    """Derivative of the hidden activation at the pre-activations `z` (N, H)."""
    if activation == "relu":
        return ops.cast(z > 0, "float32")
    if activation in ("silu", "swish"):
        gate = ops.sigmoid(z)
        return gate * (1 + z * (1 - gate))
    raise ValueError(f"Expected relu or swish as hidden activation. Received: {activation}.")
