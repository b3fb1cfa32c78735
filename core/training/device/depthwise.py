"""Depthwise convolutions as shifted products, which a device compiles in seconds.

Left to the library for convolutions, MobileNetV2's seventeen of them and their gradients are
searched for the quickest of many algorithms, which takes minutes, and none of these is quick:
a depthwise convolution has nine products for each number that it reads. Written as products
of shifted images it becomes one loop over memory, like any other arithmetic.
"""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp
import keras


def unfold(model: keras.Model) -> list[str]:
    """Let depthwise convolutions compute so; what is stored of them stays the same.

    Returns:
        Names of the layers that were changed.
    """
    changed = []
    for layer in model.layers:
        if isinstance(layer, keras.layers.DepthwiseConv2D) and _plain(layer):
            # Keras lets a layer's own arithmetic be replaced by this name.
            setattr(layer, "call", _Products(layer))  # noqa: B010  (mypy forbids the plain way)
            changed.append(layer.name)
    return changed


def _plain(layer: Any) -> bool:
    return (
        layer.data_format == "channels_last"
        and layer.depth_multiplier == 1
        and layer.dilation_rate == (1, 1)
        and layer.activation is keras.activations.linear
    )


class _Products:
    """What such a layer computes."""

    def __init__(self, layer: Any) -> None:
        self._layer = layer

    def __call__(self, inputs: Any) -> Any:
        """Float (n, H, W, C) to float (n, H', W', C)."""
        layer = self._layer
        kernel = jnp.asarray(layer.kernel, inputs.dtype)[..., 0]
        high, wide = layer.kernel_size
        down, right = layer.strides
        if layer.padding == "same":
            margins = [
                _margins(side, size, stride)
                for side, size, stride in zip(
                    inputs.shape[1:3], layer.kernel_size, layer.strides, strict=True
                )
            ]
            inputs = jnp.pad(inputs, ((0, 0), *margins, (0, 0)))
        rows = (inputs.shape[1] - high) // down + 1
        columns = (inputs.shape[2] - wide) // right + 1
        total = sum(
            inputs[
                :, y : y + (rows - 1) * down + 1 : down, x : x + (columns - 1) * right + 1 : right
            ]
            * kernel[y, x]
            for y in range(high)
            for x in range(wide)
        )
        return total + jnp.asarray(layer.bias, total.dtype) if layer.use_bias else total


def _margins(side: int, size: int, stride: int) -> tuple[int, int]:
    """Zeros before and after, so that a side is divided by the stride, rounded up."""
    lacking = max((-(-side // stride) - 1) * stride + size - side, 0)
    return lacking // 2, lacking - lacking // 2
