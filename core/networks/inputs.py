"""From face chips to what a convolution takes; part of every network's graph."""

from __future__ import annotations

from collections.abc import Sequence

import keras
from keras import layers

CHIP = 48


def faces_input() -> keras.KerasTensor:
    """The one input of every network: grey chips, uint8 (N, 48, 48)."""
    return keras.Input((CHIP, CHIP), dtype="uint8", name="faces")


def median_3x3() -> keras.Model:
    """Each pixel's median with its eight neighbours, the border repeated outwards.

    Minima and maxima of shifted images, as `cv2.medianBlur` has it: plain layers, which
    every exporter knows. Sorting the columns of a window first leaves nine of its values
    to choose from: the largest low, the middle middle and the smallest high one.

    Returns:
        A model from float32 (N, 48, 48, 1) to the same, without weights.
    """
    image = keras.Input((CHIP, CHIP, 1), dtype="float32", name="unfiltered")
    columns = _neighbours(image, axis=1)
    low, middle, high = _sorted(columns)
    lows, highs = _neighbours(low, axis=2), _neighbours(high, axis=2)
    chosen = [
        _largest(_largest(lows[0], lows[1]), lows[2]),
        _sorted(_neighbours(middle, axis=2))[1],
        _smallest(_smallest(highs[0], highs[1]), highs[2]),
    ]
    return keras.Model(image, _sorted(chosen)[1], name="median_filter")


def _neighbours(x: keras.KerasTensor, axis: int) -> list[keras.KerasTensor]:
    """The images shifted by one either way along rows (1) or columns (2), and itself."""

    def cut(first: int, last: int) -> keras.KerasTensor:
        margins = ((first, last), (0, 0)) if axis == 1 else ((0, 0), (first, last))
        return layers.Cropping2D(margins, dtype="float32")(x)

    def join(*parts: keras.KerasTensor) -> keras.KerasTensor:
        return layers.Concatenate(axis, dtype="float32")(parts)

    before = join(cut(0, CHIP - 1), cut(0, 1))
    after = join(cut(1, 0), cut(CHIP - 1, 0))
    return [before, x, after]


def _sorted(three: Sequence[keras.KerasTensor]) -> list[keras.KerasTensor]:
    """Three images sorted pixel by pixel."""
    a, b, c = three
    a, b = _smallest(a, b), _largest(a, b)
    b, c = _smallest(b, c), _largest(b, c)
    a, b = _smallest(a, b), _largest(a, b)
    return [a, b, c]


def _smallest(a: keras.KerasTensor, b: keras.KerasTensor) -> keras.KerasTensor:
    return layers.Minimum(dtype="float32")([a, b])


def _largest(a: keras.KerasTensor, b: keras.KerasTensor) -> keras.KerasTensor:
    return layers.Maximum(dtype="float32")([a, b])


def prepare(
    faces: keras.KerasTensor,
    size: int,
    channels: int,
    mean: Sequence[float],
    deviation: Sequence[float],
    median_filter: int = 0,
) -> keras.KerasTensor:
    """Cast, smooth, enlarge, repeat to channels and standardise, in float32.

    Args:
        faces: uint8 (N, 48, 48).
        size: side in pixels of the result; 48 leaves the chip as it is.
        channels: 1 (grey) or 3 (grey repeated).
        mean, deviation: per channel, in grey values 0 to 255.
        median_filter: 3 smooths the chip by a 3x3 median first; 0 leaves it.

    Returns:
        float32 (N, size, size, channels).
    """
    x = layers.Reshape((CHIP, CHIP, 1), name="chip")(faces)
    x = layers.Rescaling(1.0, dtype="float32", name="to_float")(x)
    if median_filter:
        x = median_3x3()(x)
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
