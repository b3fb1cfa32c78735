"""Quicker gradients of 3 x 3 convolutions over small maps, on processors with matrix units.

Asked for the gradient of the weights in bfloat16, oneDNN's kernel for AMX fills every row of a
map up to its tiles: a map 3 or 6 pixels wide costs as much as one of 32, and takes more than
half of a step. The same sums are nine products of matrices, one for each tap of the kernel,
and the gradient of the input is the convolution with the kernel turned round. A step of
SE-VGG16 at 48 pixels then takes a quarter less; without AMX as long as before.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

LARGEST = 8
"""Height and width of a map, in pixels, up to which this is quicker."""


def hasten(model: keras.Model) -> list[str]:
    """Let a model that computes in bfloat16 find such gradients the quicker way.

    What the layers compute, and what is saved of them, stays the same. TensorFlow without a
    graphics card is what this is for: elsewhere nothing is changed.

    Returns:
        Names of the layers that were changed.
    """
    if keras.backend.backend() != "tensorflow" or keras.distribution.list_devices("gpu"):
        return []
    found = [layer for layer in model.layers if _gains(layer)]
    for layer in found:
        # Keras lets a layer's own arithmetic be replaced by this name.
        setattr(layer, "convolution_op", _convolved)  # noqa: B010  (mypy forbids the plain way)
    return [layer.name for layer in found]


def _gains(layer: keras.Layer) -> bool:
    return (
        type(layer) is keras.layers.Conv2D
        and layer.compute_dtype == "bfloat16"
        and layer.data_format == "channels_last"
        and (layer.kernel_size, layer.strides, layer.dilation_rate) == ((3, 3), (1, 1), (1, 1))
        and (layer.padding, layer.groups) == ("same", 1)
        and max(layer.input.shape[1:3]) <= LARGEST
    )


def _convolved(inputs: Any, kernel: Any) -> Any:
    # Eagerly, TensorFlow refuses a variable here; cast, it is a tensor.
    return convolve(inputs, ops.cast(kernel, inputs.dtype))


@ops.custom_gradient
def convolve(inputs: Any, kernel: Any) -> tuple[Any, Any]:
    """Convolution of stride 1 with its edges filled with zeros, and its gradients.

    Args:
        inputs: float (n, H, W, C).
        kernel: float (3, 3, C, D).

    Returns:
        float (n, H, W, D), and what makes the gradients of both from that of the result,
        as TensorFlow wants it.
    """
    height, width, channels = inputs.shape[1:]

    def gradients(rising: Any) -> tuple[Any, Any]:
        turned = ops.transpose(ops.flip(kernel, axis=(0, 1)), (0, 1, 3, 2))
        of_inputs = ops.conv(rising, turned, padding="same")
        framed = ops.pad(inputs, ((0, 0), (1, 1), (1, 1), (0, 0)))
        columns = ops.reshape(rising, (-1, kernel.shape[-1]))
        taps = [
            ops.transpose(ops.reshape(framed[:, y : y + height, x : x + width], (-1, channels)))
            @ columns
            for y in range(3)
            for x in range(3)
        ]
        return of_inputs, ops.reshape(ops.stack(taps), kernel.shape)

    return ops.conv(inputs, kernel, padding="same"), gradients
