"""One exported network on OpenVINO: checked, compiled, run."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from core.engine.gathering import Arrays
from core.errors import ModelError
from core.faces.chip import SIDE
from core.runtime import Precision, runtime
from core.schema import MODEL, Card

if TYPE_CHECKING:
    import openvino

OUTPUTS = ("probabilities", "activation_maps", "se_gates")
"""Outputs of a model in the order of its file; the last only where the card has gates."""

PIXELS = 32 * 64 * 64
"""Pixels of the largest batch, at the size to which the network enlarges chips. A VGG16 then
takes some 70 MB for its feature maps, which it keeps, and a batch of half the size takes 8% more
time a chip."""

MOST = 64
"""Chips of the largest batch."""


class CompiledNetwork:
    """A network ready to run. Only one thread may run it at a time.

    Args:
        folder: of the model contract, with `card.json` and `model.onnx`.
        precision: of its arithmetic.

    Attributes:
        card: the network's card.
        largest: chips of the largest batch that it should get.

    Raises:
        ModelError: if a file is missing, differs from its hash in the card, cannot be
            compiled, or has other outputs than the contract says.
    """

    def __init__(self, folder: Path, precision: Precision) -> None:
        self.card = Card.of(folder)
        self._path = folder / MODEL
        content = self._checked()
        options = {"INFERENCE_PRECISION_HINT": precision, "PERFORMANCE_HINT": "LATENCY"}
        try:
            self._compiled = runtime().compile_model(runtime().read_model(content), "CPU", options)
            self._request = self._compiled.create_infer_request()
            self._positions = self._find_outputs(self._compiled)
            probe = self.run(np.zeros((2, SIDE, SIDE), dtype=np.uint8))
        except RuntimeError as reason:
            first = str(reason).strip().splitlines()[-1]
            raise ModelError(f"{self._path} cannot be run: {first}") from reason
        self._check_shapes(probe)
        self.largest = max(1, min(MOST, PIXELS // self.card.input_size**2))

    def run(self, chips: np.ndarray) -> Arrays:
        """Probabilities, activation maps and, where the card has gates, gates of chips.

        Args:
            chips: uint8 (n, 48, 48), n at least 1.

        Returns:
            float32 (n, C), (n, C, h, w) and (n, G), owned by the caller.
        """
        chips = np.ascontiguousarray(chips)
        self._request.infer([chips], share_inputs=True, share_outputs=True)
        return tuple(
            np.array(self._request.get_output_tensor(position).data, dtype=np.float32)
            for position in self._positions
        )

    def rest(self) -> None:
        """Give the memory of the feature maps back; the next batch takes it again."""
        self._compiled.release_memory()

    def _checked(self) -> bytes:
        """The content of the model file, if it is the one that the card names."""
        expected = self.card.model_sha256
        if not expected:
            raise ModelError(f"{self._path.with_name('card.json')}: files: {MODEL} is missing.")
        try:
            content = self._path.read_bytes()
        except FileNotFoundError:
            raise ModelError(f"{self._path} is missing.") from None
        except OSError as reason:
            raise ModelError(f"{self._path} cannot be read: {reason.strerror}.") from reason
        found = hashlib.sha256(content).hexdigest()
        if found != expected:
            raise ModelError(
                f"{self._path} is not the file of its card. "
                f"Expected SHA-256 {expected}. Received: {found}."
            )
        return content

    def _find_outputs(self, compiled: openvino.CompiledModel) -> list[int]:
        """Where the contract's outputs stand: by name, or by position if renamed."""
        wanted = OUTPUTS[: 3 if self.card.gate_blocks else 2]
        names = [port.get_names() for port in compiled.outputs]
        if len(names) < len(wanted):
            raise ModelError(
                f"{self._path}: Expected the outputs {', '.join(wanted)}. "
                f"Received: {len(names)} outputs."
            )
        by_name = {name: place for place, group in enumerate(names) for name in group}
        return [by_name.get(name, place) for place, name in enumerate(wanted)]

    def _check_shapes(self, outputs: Arrays) -> None:
        classes = len(self.card.classes)
        gates = sum(self.card.gate_blocks.values())
        expected = [(2, classes), (2, classes, *outputs[1].shape[2:4]), (2, gates)]
        for name, array, shape in zip(OUTPUTS, outputs, expected, strict=False):
            if array.shape != shape or not np.isfinite(array).all():
                raise ModelError(
                    f"{self._path}: Expected {name} of shape {('N', *shape[1:])} with finite "
                    f"numbers. Received: {('N', *array.shape[1:])}."
                )
        if np.abs(outputs[0].sum(axis=1) - 1).max() > 2e-2:
            raise ModelError(f"{self._path}: Expected probabilities that sum to 1.")
