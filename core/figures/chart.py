"""A figure with what belongs to it, built once for everybody who looks at the same numbers.

Building a figure takes Plotly ten to forty milliseconds, nearly all of it for checking each
property, and most viewers look at the same results. So what a figure function has made is kept as
it is sent, as JSON, under the values of its arguments, the language and the mode among them.
Figure functions are therefore pure: the same arguments give the same figure.
"""

from __future__ import annotations

import base64
import json
import pickle
from collections import OrderedDict
from collections.abc import Callable
from functools import cached_property, wraps
from hashlib import blake2b
from threading import Lock
from typing import TYPE_CHECKING, Any, ParamSpec

import numpy as np

from core.text import language

if TYPE_CHECKING:
    import pandas as pd  # half a second that Home does without
    import plotly.graph_objects as go

P = ParamSpec("P")

LIMIT = 16_000_000
"""Bytes that all charts kept may take together; one takes 10,000 to 100,000."""


class Chart:
    """What every figure function returns.

    Attributes:
        table: the numbers shown, for a file; None where there is nothing to take away.
        sentence: what the figure shows, for those who cannot see it.
    """

    def __init__(self, figure: go.Figure, table: pd.DataFrame | None, sentence: str) -> None:
        """Put together what belongs together.

        Args:
            figure: in the colours of its mode.
            table: see the class.
            sentence: see the class.
        """
        self._figure: go.Figure | None = figure
        self.table = table
        self.sentence = sentence

    @property
    def figure(self) -> go.Figure:
        """The figure, to change it or to write it; one of its own where only JSON was kept."""
        if self._figure is not None:
            return self._figure
        import plotly.graph_objects as go

        return go.Figure(json.loads(self.json, object_hook=_array))

    @cached_property
    def json(self) -> str:
        """The figure as the browser receives it."""
        import plotly.io as pio

        return str(pio.to_json(self._figure, validate=False))

    @property
    def size(self) -> int:
        """Bytes of JSON and numbers, about."""
        numbers = 0 if self.table is None else int(self.table.memory_usage(deep=True).sum())
        return len(self.json) + numbers

    def light(self) -> Chart:
        """The same with the figure as JSON only, a tenth of its objects' size."""
        light = Chart.__new__(Chart)
        light.__dict__.update(self.__dict__, _figure=None, json=self.json)
        return light


def _array(entry: dict[str, Any]) -> Any:
    """Numbers that Plotly has written as Base64, as an array again; all else unchanged."""
    if "bdata" not in entry:
        return entry
    numbers = np.frombuffer(base64.b64decode(entry["bdata"]), entry["dtype"])
    shape = entry.get("shape")
    return numbers.reshape([int(side) for side in shape.split(",")]) if shape else numbers


class Shelf:
    """Charts by what made them; those looked at longest ago are given up. Safe for threads."""

    def __init__(self, limit: int = LIMIT) -> None:
        """An empty one that holds `limit` bytes."""
        self._limit = limit
        self._size = 0
        self._charts: OrderedDict[bytes, Chart] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._charts)

    def get(self, key: bytes) -> Chart | None:
        """The chart under a key, or None."""
        with self._lock:
            if key in self._charts:
                self._charts.move_to_end(key)
            return self._charts.get(key)

    def put(self, key: bytes, chart: Chart) -> None:
        """Keep a chart; of two threads that drew the same one the first one's stays."""
        light = chart.light()
        with self._lock:
            if key not in self._charts:
                self._charts[key] = light
                self._size += light.size
            while self._size > self._limit:
                _key, oldest = self._charts.popitem(last=False)
                self._size -= oldest.size


SHELF = Shelf()


def drawn_once(function: Callable[P, Chart]) -> Callable[P, Chart]:
    """Decorate a figure function: equal arguments in one language are drawn once.

    Arguments are compared by value: numbers, texts, arrays, and records and sequences of them.
    """
    name = f"{function.__module__}.{function.__qualname__}"

    @wraps(function)
    def draw(*args: P.args, **kwargs: P.kwargs) -> Chart:
        content = pickle.dumps((name, language(), args, kwargs), pickle.HIGHEST_PROTOCOL)
        key = blake2b(content, digest_size=16).digest()
        chart = SHELF.get(key)
        if chart is None:
            chart = function(*args, **kwargs)
            SHELF.put(key, chart)
        return chart

    return draw
