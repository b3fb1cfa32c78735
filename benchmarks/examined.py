"""A network and the images that its faces are examined on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.data.store import Split
from core.records import Made

Classify = Callable[[np.ndarray], np.ndarray]
"""uint8 (n, 48, 48) -> float32 (n, C)."""


@dataclass(frozen=True)
class Subject:
    """What `check` and `damage` examine.

    Attributes:
        split: test images; of a network with fewer classes, those of its classes, with
            labels in its order.
        name: of the split.
        model: of the network.
        model_sha256: hash of its ONNX file.
        classify: the network.
        made: how to examine it again.
    """

    split: Split
    name: str
    model: str
    model_sha256: str
    classify: Classify
    made: Made
