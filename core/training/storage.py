"""How the weights of an exported network are stored: as float16, or as 8-bit integers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import onnx
from onnx import numpy_helper

Smaller = Callable[[str, np.ndarray], tuple[list[onnx.TensorProto], onnx.NodeProto]]
"""From the name and values of an array to what is stored instead, and the node that reads it."""


def in_half(whole: onnx.ModelProto, large: int) -> bytes:
    """The file's content with large float32 arrays as float16, a Cast behind each.

    Args:
        whole: stays as it is.
        large: from how many numbers on an array is large.
    """
    return _stored(whole, large, _half)


def in_eight_bits(whole: onnx.ModelProto, large: int) -> bytes:
    """The file's content with large float32 arrays as int8, a DequantizeLinear behind each.

    Every output channel has a scale of its own, so that its largest weight becomes 127.

    Args:
        whole: stays as it is.
        large: from how many numbers on an array is large.
    """
    return _stored(whole, large, _eight_bits)


def _stored(whole: onnx.ModelProto, large: int, smaller: Smaller) -> bytes:
    graph = onnx.ModelProto()
    graph.CopyFrom(whole)
    beside, nodes = [], []
    for tensor in graph.graph.initializer:
        if tensor.data_type == onnx.TensorProto.FLOAT and np.prod(tensor.dims) >= large:
            (instead, *more), node = smaller(tensor.name, numpy_helper.to_array(tensor))
            tensor.CopyFrom(instead)
            beside += more
            nodes.append(node)
    graph.graph.initializer.extend(beside)
    for position, node in enumerate(nodes):
        graph.graph.node.insert(position, node)
    onnx.checker.check_model(graph)
    return graph.SerializeToString()


def _half(name: str, values: np.ndarray) -> tuple[list[onnx.TensorProto], onnx.NodeProto]:
    half = numpy_helper.from_array(values.astype(np.float16), f"{name}_float16")
    return [half], onnx.helper.make_node("Cast", [half.name], [name], to=onnx.TensorProto.FLOAT)


def _eight_bits(name: str, values: np.ndarray) -> tuple[list[onnx.TensorProto], onnx.NodeProto]:
    # Kernels of convolutions are (out, in, height, width), of dense layers (in, out).
    axis = 0 if values.ndim > 2 else values.ndim - 1
    others = tuple(other for other in range(values.ndim) if other != axis)
    scale = np.abs(values).max(axis=others) / 127
    scale[scale == 0] = 1
    rounded = np.rint(values / np.expand_dims(scale, others)).astype(np.int8)
    stored = [
        numpy_helper.from_array(rounded, f"{name}_int8"),
        numpy_helper.from_array(scale.astype(np.float32), f"{name}_scale"),
    ]
    names = [tensor.name for tensor in stored]
    return stored, onnx.helper.make_node("DequantizeLinear", names, [name], axis=axis)


def halve_datasets(path: Path, large: int) -> None:
    """Rewrite large float32 datasets of an HDF5 file as float16; Keras reads them as float32."""
    source = path.with_suffix(".full")
    path.rename(source)
    with h5py.File(source) as old, h5py.File(path, "w") as new:

        def copy(name: str, item: h5py.Group | h5py.Dataset) -> None:
            if isinstance(item, h5py.Dataset):
                values = item[()]
                halved = values.dtype == np.float32 and values.size >= large
                kept = values.astype(np.float16) if halved else values
                target = new.create_dataset(name, data=kept)
            else:
                target = new.require_group(name)
            target.attrs.update(item.attrs)

        old.visititems(copy)
    source.unlink()
