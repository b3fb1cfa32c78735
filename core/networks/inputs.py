"""From face chips to what a convolution takes; part of every network's graph."""

from __future__ import annotations

from collections.abc import Sequence

import keras
from keras import layers

CHIP = 48


def faces_input() -> keras.KerasTensor:
    """The one input of every network: grey chips, uint8 (N, 48, 48)."""
    return keras.Input((CHIP, CHIP), dtype="uint8", name="faces")


def prepare(
    faces: keras.KerasTensor,
    size: int,
    channels: int,
    mean: Sequence[float],
    deviation: Sequence[float],
) -> keras.KerasTensor:
    """Cast, enlarge, repeat to channels and standardise, in float32.

    Args:
        faces: uint8 (N, 48, 48).
        size: side in pixels of the result; 48 leaves the chip as it is.
        channels: 1 (grey) or 3 (grey repeated).
        mean, deviation: per channel, in grey values 0 to 255.

    Returns:
        float32 (N, size, size, channels).
    """
    x = layers.Reshape((CHIP, CHIP, 1), name="chip")(faces)
    x = layers.Rescaling(1.0, dtype="float32", name="to_float")(x)
    if size != CHIP:
        x = layers.Resizing(size, size, interpolation="bilinear", dtype="float32", name="enlarge")(
            x
        )
    if channels == 3:
        x = layers.Concatenate(dtype="float32", name="grey_to_rgb")([x, x, x])
    scale = [1 / value for value in deviation]
    offset = [-centre / value for centre, value in zip(mean, deviation, strict=True)]
    # Rescaling, not Normalization: the latter's constants become ONNX inputs on export.
    if channels == 1:
        return layers.Rescaling(scale[0], offset[0], dtype="float32", name="standardise")(x)
    return layers.Rescaling(scale, offset, dtype="float32", name="standardise")(x)
