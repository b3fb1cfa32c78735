"""Squeeze-and-excitation: a network learns how much each channel counts for this image."""

from __future__ import annotations

import keras
from keras import layers


def squeeze_excitation(x: keras.KerasTensor, name: str, ratio: int) -> keras.KerasTensor:
    """Rescale each channel by a gate in (0, 1) computed from all channels' means.

    Hu, Shen & Sun 2018, "Squeeze-and-Excitation Networks", arXiv:1709.01507. The gates'
    bias starts at 2 (a gate of 0.88), so that blocks trained without gates keep working
    in the first steps.

    Args:
        x: (N, h, w, K).
        name: prefix of the layers' names; the gates are the layer `<name>_gates`.
        ratio: K / ratio units in the bottleneck.

    Returns:
        (N, h, w, K).
    """
    channels = x.shape[-1]
    gates = layers.GlobalAveragePooling2D(name=f"{name}_squeeze")(x)
    gates = layers.Dense(
        max(channels // ratio, 1),
        activation="relu",
        kernel_initializer="he_normal",
        name=f"{name}_reduce",
    )(gates)
    gates = layers.Dense(
        channels,
        activation="sigmoid",
        bias_initializer=keras.initializers.Constant(2.0),
        name=f"{name}_gates",
    )(gates)
    gates = layers.Reshape((1, 1, channels), name=f"{name}_spread")(gates)
    return layers.Multiply(name=f"{name}_excite")([x, gates])
