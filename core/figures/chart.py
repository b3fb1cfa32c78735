"""A figure with what belongs to it: its numbers, and what it shows in a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd  # half a second that Home does without
    import plotly.graph_objects as go


@dataclass(frozen=True)
class Chart:
    """What every figure function returns.

    Attributes:
        figure: in the colours of its mode.
        table: the numbers shown, for a file; None where there is nothing to take away.
        sentence: what the figure shows, for those who cannot see it.
    """

    figure: go.Figure
    table: pd.DataFrame | None
    sentence: str
