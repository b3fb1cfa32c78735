"""Layers of a network as its model file has them, and what one of them answers to a face.

The ONNX file is read by OpenVINO, so neither TensorFlow nor the code that built the network is
needed: a network of somebody else's making shows its layers too. Batch normalisation that the
exporter folded into a convolution is part of that convolution here.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import openvino as ov

from core.errors import ModelError
from core.schema import Layer
from core.text import _

_ACTIVATIONS = {
    **{"Relu": "ReLU", "Sigmoid": "sigmoid", "Softmax": "softmax", "Swish": "swish"},
    **{"HSwish": "hard swish", "Gelu": "GELU", "Elu": "ELU", "PRelu": "PReLU", "Tanh": "tanh"},
    "Clamp": "ReLU6",
}


def read_layers(path: Path) -> list[Layer]:
    """The layers between the chip and the probabilities, in the order in which they work.

    What only the Grad-CAM maps need is left out.

    Raises:
        ModelError: if the file cannot be read.
    """
    return _Reader(_model(path)).layers()


def responses(path: Path, node: str, chips: np.ndarray) -> np.ndarray:
    """Answers of one node of the graph to some chips.

    Args:
        path: of the model file.
        node: `output`, `raw` or `normalised` of a layer that `read_layers` found there.
        chips: uint8 (n, 48, 48).

    Returns:
        float32 (n, channels, side, side), or (n, channels) behind the global pooling.

    Raises:
        ModelError: if the file cannot be read or has no such node.
    """
    model = _model(path)
    named = [op for op in model.get_ops() if _key(op) == node]
    if not named:
        raise ModelError(_("{file} has no layer {name}.").format(file=path.name, name=node))
    part = ov.Model([named[0].output(0)], model.get_parameters(), "part")
    compiled = ov.Core().compile_model(part, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    found = np.asarray(compiled(chips)[0])
    # What gates multiply comes with the channels last; they are more than the pixels of a side.
    if found.ndim == 4 and found.shape[1] == found.shape[2] != found.shape[3]:
        return found.transpose(0, 3, 1, 2)
    return found


def _model(path: Path) -> ov.Model:
    try:
        return ov.Core().read_model(path)
    except RuntimeError as reason:
        raise ModelError(_("{file} cannot be read as a network.").format(file=path)) from reason


class _Reader:
    """Turns the graph's operations into layers."""

    def __init__(self, model: ov.Model) -> None:
        self._ops = model.get_ordered_ops()
        self._fed = _fed_by_faces(self._ops)
        self._wanted = _behind(model.get_results()[0], self._fed)
        self._layers: list[Layer] = []
        self._place: dict[str, int] = {}  # operation: position of the layer that it ends
        self._last = -1

    def layers(self) -> list[Layer]:
        for op in self._ops:
            if op.get_friendly_name() in self._wanted:
                self._take(op)
        return _named(self._layers)

    def _take(self, op: Any) -> None:
        kind = op.get_type_name()
        sources = [source for source in _sources(op) if _key(source) in self._fed]
        before = self._place.get(_key(sources[0]), -1) if sources else -1
        made = self._layer(op, kind, sources)
        if made is not None:
            self._layers.append(made)
            before = len(self._layers) - 1
        elif before >= 0:
            self._absorb(op, kind, before)
        self._place[_key(op)] = before

    def _layer(self, op: Any, kind: str, sources: list[Any]) -> Layer | None:
        name = _key(op)
        if kind == "Parameter":
            shape = _shape(op)
            return Layer(name, "input", 1, shape[-1], output=name)
        if kind in ("Convolution", "GroupConvolution"):
            weights = _shape(op, 1)
            shape = _shape(op)
            grouped = kind == "GroupConvolution"
            self._enlarge(op)
            return Layer(
                name, "depthwise" if grouped else "convolution", shape[1], shape[2],
                weights[-1], int(np.prod(weights)), output=name, raw=name,
            )  # fmt: skip
        if kind in ("MaxPool", "AvgPool"):
            shape = _shape(op)
            window = op.get_attributes()["kernel"]
            return Layer(name, "pooling", shape[1], shape[2], int(window[0]), output=name)
        if kind == "ReduceMean" and len(_shape_of(sources[0])) == 4:
            channels = max(self._layers[-1].channels, 1)
            return Layer(name, "pooling", channels, 1, self._layers[-1].side, output=name)
        if kind == "MatMul":
            if len(sources) > 1:
                return Layer(name, "product", _shape(op)[-1], 1, output=name)
            weights = _shape(op, 1)
            return Layer(
                name, "dense", _shape(op)[-1], 1, parameters=int(np.prod(weights)), output=name
            )
        if len(sources) == 2 and kind in ("Add", "Multiply"):
            return self._joined(op, kind, sources)
        return None

    def _joined(self, op: Any, kind: str, sources: list[Any]) -> Layer | None:
        sizes = [int(np.prod(_shape_of(source)[1:])) for source in sources]
        places = [self._place.get(_key(source), -1) for source in sources]
        if kind == "Add" and sizes[0] == sizes[1] and places[0] != places[1]:
            layer = self._layers[max(places)]
            return Layer(_key(op), "addition", layer.channels, layer.side, output=_key(op))
        if kind == "Multiply" and sizes[0] != sizes[1]:
            return self._gate(op, places[int(np.argmax(sizes))])
        if kind == "Multiply" and places[0] == places[1] >= 0:
            layer = self._layers[places[0]]
            self._layers[places[0]] = replace(layer, activation="swish", output=_key(op))
        return None

    def _enlarge(self, op: Any) -> None:
        """Let the input say what the first convolution receives, not what a chip is."""
        if len(self._layers) == 1:
            shape = _shape(op, 0)
            self._layers[0] = replace(
                self._layers[0], channels=shape[1], side=shape[2], output=_key(_sources(op)[0])
            )

    def _gate(self, op: Any, gated: int) -> Layer:
        """Squeeze-and-excitation as one layer: what computes the gates belongs to it."""
        own = self._layers[gated + 1 :]
        del self._layers[gated + 1 :]
        layer = self._layers[gated]
        return Layer(
            _key(op), "gate", layer.channels, layer.side,
            parameters=sum(part.parameters for part in own), activation="sigmoid", output=_key(op),
        )  # fmt: skip

    def _absorb(self, op: Any, kind: str, before: int) -> None:
        """Add a bias, a normalisation or an activation to the layer that it follows."""
        layer = self._layers[before]
        name = _key(op)
        if layer.kind == "input":
            return
        if kind in _ACTIVATIONS:
            layer = replace(layer, activation=_ACTIVATIONS[kind])
        elif kind in ("Maximum", "Minimum"):
            layer = replace(layer, activation="ReLU6")
        elif kind in ("Add", "Multiply"):
            sizes = [int(np.prod(_shape(op, place))) for place in (0, 1) if _constant(op, place)]
            stored = sum(size for size in sizes if size > 1)
            scaled = kind == "Add" and any(
                source.get_type_name() == "Multiply" for source in _sources(op)
            )
            layer = replace(
                layer,
                parameters=layer.parameters + stored,
                normalised=name if scaled and not layer.activation else layer.normalised,
            )
        else:
            return
        self._layers[before] = replace(layer, name=_better(layer.name, name), output=name)


def _key(op: Any) -> str:
    return str(op.get_friendly_name())


def _sources(op: Any) -> list[Any]:
    return [port.get_source_output().get_node() for port in op.inputs()]


def _shape_of(op: Any) -> list[int]:
    shape = op.output(0).get_partial_shape()
    return [-1 if side.is_dynamic else side.get_length() for side in shape]


def _shape(op: Any, place: int | None = None) -> list[int]:
    """Shape of an operation's answer, or of one of its inputs; -1 where it is open."""
    if place is None:
        return _shape_of(op)
    shape = op.input(place).get_partial_shape()
    return [-1 if side.is_dynamic else side.get_length() for side in shape]


def _constant(op: Any, place: int) -> bool:
    shape = op.input(place).get_partial_shape()
    return not shape.is_dynamic


def _fed_by_faces(ops: list[Any]) -> set[str]:
    """The operations that depend on the pixels, not merely on how many there are."""
    fed: set[str] = set()
    for op in ops:
        kind = op.get_type_name()
        if kind == "Parameter" or (
            kind != "ShapeOf" and any(_key(source) in fed for source in _sources(op))
        ):
            fed.add(_key(op))
    return fed


def _behind(result: Any, fed: set[str]) -> set[str]:
    """The operations that lead to a result."""
    wanted: set[str] = set()
    waiting = [result]
    while waiting:
        op = waiting.pop()
        if _key(op) in wanted or _key(op) not in fed:
            continue
        wanted.add(_key(op))
        waiting += _sources(op)
    return wanted


_GENERATED = re.compile(r"^(\w+_)?_?\d+$|__\d+$|WithoutBiases$")
_AROUND = re.compile(r"^(inference(_\d+)?|model|functional(_\d+)?)/|_1(?=/)")


def _plain(name: str) -> str:
    """`inference_1/block1_conv1_1/BiasAdd` is `block1_conv1`."""
    return _AROUND.sub("", name).split("/")[0]


def _better(old: str, new: str) -> str:
    """The name that says more: a generated one gives way to that of what follows."""
    return new if _GENERATED.search(_plain(old)) and not _GENERATED.search(_plain(new)) else old


def _named(layers: list[Layer]) -> list[Layer]:
    found = []
    for place, layer in enumerate(layers):
        name = _plain(layer.name)
        name = re.sub(r"_(relu|bn|BN|activation|excite)$", "", name)
        if _GENERATED.search(_plain(layer.name)):
            name = f"{layer.kind}_{place}"
        found.append(replace(layer, name=name))
    return found
