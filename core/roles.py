"""Roles that data and networks play here, each said once.

Three splits and what each is for, the networks that the project compares, the ways of
averaging over views of a face, and what a network's temperature does to its answers.
"""

from __future__ import annotations

from typing import Final, Literal, get_args

import numpy as np

TRAINING: Final = "Training"
"""The split that networks learn from."""

SELECTION: Final = "PublicTest"
"""The split that chooses epoch, temperature and weights of ensembles; never the result."""

REPORT: Final = "PrivateTest"
"""The split that is measured once, at the end: the number to quote."""

SPLITS: Final[tuple[str, ...]] = (TRAINING, SELECTION, REPORT)
"""The splits of FER-2013 in the order of its table."""

PLAIN: Final = "vgg16_frozen"
"""Transfer learning as it comes: ImageNet's convolutions and a new head."""

PROPOSED: Final = "se_vgg16"
"""The network that the project proposes: VGG16 with squeeze-and-excitation."""

ABLATION: Final = "vgg16_finetuned"
"""The proposed network without squeeze-and-excitation, all else equal."""

HEADLINE: Final = (PLAIN, PROPOSED)
"""The two networks that the project compares."""

SQUEEZE: Final = (PROPOSED, ABLATION)
"""The pair that tells what squeeze-and-excitation adds."""

QUICK: Final = "cnn_48_taught"
"""The network that answers where nobody chose one: small, quick, and taught by a large one."""

TEACHERS: Final = ("se_vgg16_bn", "se_vgg16_96")
"""Networks that are there because others learned from them; nothing chooses them by itself."""

Averaging = Literal["none", "flip", "ten_crop"]
"""Over which views of a face the probabilities are averaged; see `core.engine.averaging`."""

AVERAGINGS: Final[tuple[Averaging, ...]] = get_args(Averaging)

CERTAIN_FROM: Final = 0.5
"""Probability from which an answer counts as certain, unless a viewer says otherwise."""

FLOOR: Final = 1e-12
"""Probabilities below this count as this much, so that a logarithm stays finite."""


def log_probabilities(probabilities: np.ndarray, temperature: float = 1.0) -> np.ndarray:
    """Logarithms of the probabilities after division of the logits by `temperature`.

    Networks leave probabilities p. Because log p differs from the logits z by a constant of
    each row, softmax(log p / T) equals softmax(z / T): temperature scaling (Guo et al. 2017,
    "On Calibration of Modern Neural Networks", arXiv:1706.04599) needs nothing else.

    Args:
        probabilities: (n, C), rows sum to one; what lies below `FLOOR` counts as `FLOOR`.
        temperature: above 1 softens, below 1 sharpens.

    Returns:
        float64 (n, C), at most 0.
    """
    scaled = np.log(np.maximum(np.asarray(probabilities, dtype=np.float64), FLOOR)) / temperature
    if not scaled.size:
        return scaled
    scaled -= scaled.max(axis=1, keepdims=True)
    return scaled - np.log(np.exp(scaled).sum(axis=1, keepdims=True))


def apply_temperature(probabilities: np.ndarray, temperature: float) -> np.ndarray:
    """Probabilities after division of the logits by `temperature`.

    Args:
        probabilities: (n, C), rows sum to one.
        temperature: above 1 softens, below 1 sharpens, 1 returns the rows themselves.

    Returns:
        float64 (n, C); the order of the classes in each row stays.
    """
    if temperature == 1:
        return np.asarray(probabilities, dtype=np.float64)
    return np.exp(log_probabilities(probabilities, temperature))
