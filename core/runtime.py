"""OpenVINO on this machine: the one object that compiles, and the fastest arithmetic."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import openvino

Precision = Literal["bf16", "f32"]


@cache
def runtime() -> openvino.Core:
    """OpenVINO's entrance."""
    # Here and not above: pages that run no network start without OpenVINO's 30 MB.
    import openvino

    return openvino.Core()


def fastest_precision() -> Precision:
    """`bf16` where the processor calculates with it, else `f32`."""
    able = runtime().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    return "bf16" if "BF16" in able else "f32"
