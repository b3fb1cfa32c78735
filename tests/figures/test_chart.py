"""Every figure function hands out a figure with its numbers and its sentence."""

from __future__ import annotations

import inspect
import pkgutil
from importlib import import_module
from typing import get_type_hints

import plotly.graph_objects as go

from core import figures

SHARED = ("theme",)
"""Modules whose figures are only begun."""


def test_no_figure_leaves_without_its_numbers_and_sentence() -> None:
    bare = []
    for module in pkgutil.iter_modules(figures.__path__):
        if module.name in SHARED:
            continue
        code = import_module(f"core.figures.{module.name}")
        for name, function in inspect.getmembers(code, inspect.isfunction):
            mine = function.__module__ == code.__name__ and not name.startswith("_")
            if mine and get_type_hints(function).get("return") is go.Figure:
                bare.append(f"{module.name}.{name}")
    assert not bare
