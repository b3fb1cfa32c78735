"""Layers read from model files, and what they answer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core import paths
from core.engine.engine import Engine
from core.engine.layers import read_layers, responses
from core.errors import ModelError
from core.schema import MODEL, Card

SHIPPED = sorted(path.parent.name for path in paths.models().glob("*/card.json"))


def file_of(name: str) -> Path:
    return paths.models() / name / MODEL


@pytest.mark.parametrize("name", SHIPPED)
def test_layers_hold_the_parameters_that_the_card_counts(name: str) -> None:
    card = Card.of(paths.models() / name)
    layers = read_layers(file_of(name))
    assert (layers[0].kind, layers[0].side) == ("input", card.input_size)
    assert layers[0].channels == card.input_channels
    assert (layers[-1].kind, layers[-1].channels) == ("dense", len(card.classes))
    assert layers[-1].activation == "softmax"
    gates = [layer.channels for layer in layers if layer.kind == "gate"]
    assert gates == list(card.gate_blocks.values())
    # Folding batch normalisation leaves out its four numbers a channel but for a bias.
    stored = sum(layer.parameters for layer in layers)
    assert 0.97 * card.parameters <= stored <= card.parameters


def test_the_last_layer_answers_as_the_engine_does() -> None:
    name = "cnn_48" if "cnn_48" in SHIPPED else SHIPPED[0]
    chips = np.random.default_rng(1).integers(0, 255, (2, 48, 48), dtype=np.uint8)
    layers = read_layers(file_of(name))
    answers = responses(file_of(name), layers[-1].output, chips)
    expected = Engine("f32").predict(name, chips).probabilities
    np.testing.assert_allclose(answers, expected, atol=1e-5)
    first = next(layer for layer in layers if layer.kind == "convolution")
    shape = (2, first.channels, first.side, first.side)
    assert responses(file_of(name), first.output, chips).shape == shape


def test_a_broken_file_and_an_unknown_layer_are_named(tmp_path: Path) -> None:
    broken = tmp_path / MODEL
    broken.write_bytes(file_of(SHIPPED[0]).read_bytes()[:1000])
    with pytest.raises(ModelError, match="cannot be read as a network"):
        read_layers(broken)
    with pytest.raises(ModelError, match="has no layer nowhere"):
        responses(file_of(SHIPPED[0]), "nowhere", np.zeros((1, 48, 48), np.uint8))
