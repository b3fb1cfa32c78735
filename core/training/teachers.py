"""Teachers: earlier networks whose answers a new one learns from beside the labels.

Distillation as in Hinton et al. 2015 (arXiv:1503.02531), at temperature 1. Teachers are asked
about the very image that the network learns from, cropped, mirrored and mixed as it is
(Beyer et al. 2022, arXiv:2106.05237), but before its corruption.
"""

from __future__ import annotations

from collections.abc import Sequence

import keras
import numpy as np

from core import paths
from core.errors import ModelError, RecipeError
from core.labels import CLASSES
from core.schema import Card
from core.training.predecessors import trained_model
from core.training.recipe import Recipe
from core.training.runs import Run


class Teachers:
    """Exported networks on OpenVINO, each with the same say.

    Args:
        identifiers: one or more networks in `models/`.
        classes: the recipe's, in order; a teacher may tell more apart, whose share is left
            out.

    Raises:
        RecipeError: if one of them cannot be run or lacks a class.
    """

    def __init__(self, identifiers: Sequence[str], classes: tuple[str, ...]) -> None:
        # Here and not above: a machine that trains on its device has no OpenVINO.
        from core.engine.network import CompiledNetwork
        from core.runtime import fastest_precision

        self._networks = []
        for identifier in identifiers:
            try:
                network = CompiledNetwork(paths.models() / identifier, fastest_precision())
            except ModelError as reason:
                raise RecipeError(f"data.teachers: {reason}") from reason
            chosen = positions(identifier, tuple(network.card.classes), classes)
            self._networks.append((network, list(chosen)))

    def __call__(self, faces: np.ndarray) -> np.ndarray:
        """Mean probabilities of the teachers, float32 (n, C), for uint8 (n, 48, 48)."""
        total: np.ndarray | float = 0.0
        for network, chosen in self._networks:
            parts = [
                network.run(faces[first : first + network.largest])[0][:, chosen]
                for first in range(0, len(faces), network.largest)
            ]
            answers = np.concatenate(parts)
            total = total + answers / np.maximum(answers.sum(axis=1, keepdims=True), 1e-9)
        return np.asarray(total / len(self._networks), np.float32)


def model_of(identifier: str, classes: tuple[str, ...]) -> tuple[keras.Model, tuple[int, ...]]:
    """A teacher in Keras, and where the recipe's classes stand among its logits.

    Raises:
        RecipeError: if there is no such network, or it lacks a class.
    """
    model = trained_model(identifier, "data.teachers")
    known = _classes_of(identifier)
    logits = keras.Model(model.input, model.get_layer("logits").output)
    return logits, positions(identifier, known, classes)


def positions(identifier: str, known: tuple[str, ...], classes: tuple[str, ...]) -> tuple[int, ...]:
    """Where `classes` stand among a teacher's own.

    Raises:
        RecipeError: if it lacks one.
    """
    if not set(classes) <= set(known):
        raise RecipeError(
            f"data.teachers: expected networks that tell apart {', '.join(classes)}. "
            f"Received: {identifier}, of {', '.join(known)}."
        )
    return tuple(known.index(name) for name in classes)


def _classes_of(identifier: str) -> tuple[str, ...]:
    if (paths.models() / identifier / "card.json").is_file():
        return tuple(Card.of(paths.models() / identifier).classes)
    recipe = Run(paths.runs() / identifier).state().get("recipe")
    return Recipe.model_validate(recipe).data.classes if recipe else CLASSES
