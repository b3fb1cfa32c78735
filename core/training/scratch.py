"""Folders for a while: what a run leaves there is gone afterwards."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

Kind = Literal["runs", "models", "results"]


@contextmanager
def scratch(*kinds: Kind) -> Iterator[None]:
    """Let these of `core.paths` lie in a temporary folder within the block."""
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
