"""Where models, results, recipes and the user's data lie.

`FER_MODELS`, `FER_RESULTS`, `FER_RUNS` and `FER_DATA` override the defaults, which are
folders beside `Home.py`; `FER_EXAMPLES` overrides the folder of photos to try the pages with.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = Path(__file__).resolve().parent / "ui" / "assets" / "photos"
"""Photos that come with the project; a README there names their sources."""


def models() -> Path:
    """Folder with one sub-folder a network, and the face detector."""
    return Path(os.environ.get("FER_MODELS", ROOT / "models"))


def detector() -> Path:
    """The face detector's file: among the networks, or else in the checkout's `models`."""
    name = Path("face_detection_yunet") / "face_detection_yunet_2023mar.onnx"
    among = models() / name
    return among if among.is_file() else ROOT / "models" / name


def results() -> Path:
    """Folder with one sub-folder of results a network."""
    return Path(os.environ.get("FER_RESULTS", ROOT / "results"))


def recipes() -> Path:
    """Folder with one TOML file a network."""
    return ROOT / "recipes"


def examples() -> Path:
    """Folder with photos to try the pages with; that of the shipped ones unless named."""
    return Path(os.environ.get("FER_EXAMPLES", EXAMPLES))


def runs() -> Path:
    """Folder for checkpoints of training runs; safe to delete."""
    return Path(os.environ.get("FER_RUNS", ROOT / "runs"))


def data() -> Path:
    """The imported dataset: one file, written by `python -m core data import`.

    `FER_DATA` names that file or the folder that holds it.
    """
    named = Path(os.environ.get("FER_DATA", ROOT / "data"))
    return named / "fer2013.npz" if named.suffix != ".npz" else named


def weights() -> Path:
    """VGG16's ImageNet convolutions, written by `python -m core weights`.

    `FER_WEIGHTS` names the folder that holds them; else they lie beside the dataset.
    """
    return Path(os.environ.get("FER_WEIGHTS", data().parent)) / "vgg16_imagenet.npz"


@contextmanager
def scratch(*kinds: Literal["runs", "models", "results"]) -> Iterator[None]:
    """Let these folders be temporary ones within the block; what is left there is gone then."""
    names = [f"FER_{kind.upper()}" for kind in kinds]
    kept = {name: os.environ.get(name) for name in names}
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {name: f"{folder}/{name}" for name in names}
        try:
            yield
        finally:
            for name, value in kept.items():
                os.environ.pop(name)
                if value is not None:
                    os.environ[name] = value
