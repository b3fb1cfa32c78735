"""Builders of networks by name, and what a built network tells the exporter.

A builder takes its own validated settings and the number of classes, and returns a
`Network`: a Keras model from face chips to logits whose head is closed-form
differentiable (pooled features, at most one hidden layer).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from core.errors import RecipeError
from core.records import first_problem
from core.schema import InitialWeights

if TYPE_CHECKING:
    import keras


class NetworkSettings(BaseModel):
    """What every builder takes; unknown keys are errors.

    Attributes:
        median_filter: side in pixels of a median filter on the chip, 0 for none. It is part
            of the graph, so that training and every later caller smooth alike.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    median_filter: Literal[0, 3] = 0


@dataclass(frozen=True)
class Network:
    """A built network.

    Attributes:
        model: faces uint8 (N, 48, 48) to logits float32 (N, C), layer `logits` last.
        features: name of the layer whose output (N, h, w, K) is pooled by the head.
        head: name of the first layer of the head; what lies below is the backbone.
        input_size: side in pixels of what the first convolution sees.
        input_channels: 1 or 3.
        gates: squeeze-and-excitation gate layers, block name to layer name, in order.
        initial_weights: where the weights come from before training.
    """

    model: keras.Model
    features: str
    input_size: int
    input_channels: int
    initial_weights: InitialWeights
    head: str = "pooled"
    gates: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Entry:
    settings: type[NetworkSettings]
    build: Callable[[Any, int], Network]


_REGISTRY: dict[str, _Entry] = {}


def register(
    name: str, settings: type[NetworkSettings]
) -> Callable[[Callable[[Any, int], Network]], Callable[[Any, int], Network]]:
    """Register a builder under `name` together with the type of its settings."""

    def decorate(builder: Callable[[Any, int], Network]) -> Callable[[Any, int], Network]:
        if name in _REGISTRY:
            raise ValueError(f"A network named {name} is registered already.")
        _REGISTRY[name] = _Entry(settings, builder)
        return builder

    return decorate


def names() -> list[str]:
    """Names of all registered builders, sorted."""
    return sorted(_REGISTRY)


def settings_of(name: str, values: dict[str, Any]) -> NetworkSettings:
    """Validate the settings of the builder `name`.

    Raises:
        RecipeError: for an unknown builder, an unknown key or an impossible value.
    """
    if name not in _REGISTRY:
        raise RecipeError(
            f"network.builder: expected one of {', '.join(names())}. Received: {name}."
        )
    try:
        return _REGISTRY[name].settings.model_validate(values)
    except ValidationError as reason:
        raise RecipeError(first_problem(reason, "network", "settings")) from reason


def build(name: str, settings: NetworkSettings, classes: int) -> Network:
    """Build a network with fresh (or its initial) weights."""
    return _REGISTRY[name].build(settings, classes)
