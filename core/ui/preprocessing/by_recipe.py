"""Augmentation at random, as a recipe's training draws it."""

from __future__ import annotations

import tomllib
from typing import Any

import numpy as np
import streamlit as st
from pydantic import ValidationError

from core import paths
from core.data.augment import Augmentation, Change, apply, draw
from core.faces.chip import SIDE
from core.text import _, number, percent
from core.ui import pictures, state, widgets

DRAWS = 12
"""Random draws shown at once."""


def recipes() -> dict[str, tuple[str, Augmentation]]:
    """Title and augmentation of every recipe by its id; unreadable ones are left out."""
    found = {}
    for path in sorted(paths.recipes().glob("*.toml")):
        try:
            values: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
            settings = Augmentation.model_validate(values.get("data", {}).get("augmentation", {}))
            found[path.stem] = (str(values["title"]), settings)
        except (OSError, ValueError, KeyError, AttributeError, ValidationError):
            continue
    return found


def show(chip: np.ndarray) -> None:
    """A grid of random draws as training makes them."""
    known = recipes()
    if not known:
        st.info(_("There are no recipes in the folder of recipes."), icon=":material/inbox:")
        return
    changing = [name for name, entry in known.items() if entry[1] != Augmentation()]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = state.choice(
            "recipe",
            list(known),
            changing[0] if changing else next(iter(known)),
            _("Recipe"),
            text=lambda key: known[key][0],
        )
        seed = state.peek("seed", range(1000), 0)
        st.button(
            _("Draw again"),
            icon=":material/casino:",
            on_click=state.put,
            args=("seed", (seed + 1) % 1000),
        )
    title, settings = known[name]
    if settings == Augmentation():
        st.info(
            _("{network} learns from unchanged images: its recipe has no augmentation.").format(
                network=widgets.plain(title)
            ),
            icon=":material/block:",
        )
        return
    rng = np.random.default_rng(seed)
    with st.grid(6, min_column_width=100):
        for change in (draw(settings, rng) for _number in range(DRAWS)):
            pictures.draw(
                pictures.enlarged(apply(chip, change)), in_short(change), describe(change)
            )


def describe(change: Change) -> str:
    """A change in a few words, the unnoticeable left out."""
    x, y = SIDE * change.shift_x, SIDE * change.shift_y
    brightness = f"{number(100 * change.bias)}%"
    parts = (
        (change.flip, _("mirrored")),
        (_seen(change.rotation), _("turned {degrees}°").format(degrees=number(change.rotation))),
        (_seen(x) or _seen(y), _("shifted {x} / {y} px").format(x=number(x), y=number(y))),
        (_seen(100 * change.zoom - 100), _("zoom {share}").format(share=percent(change.zoom, 0))),
        (
            _seen(100 * change.gain - 100),
            _("contrast {share}").format(share=percent(change.gain, 0)),
        ),
        (_seen(100 * change.bias), _("brightness {share}").format(share=brightness)),
        (change.erased is not None, _("partly erased")),
        (change.median, _("median filter")),
    )
    return ", ".join(text for used, text in parts if used) or _("unchanged")


def in_short(change: Change) -> str:
    """The parts of a change that strike the eye, for a narrow caption."""
    parts = (
        (change.flip, _("mirrored")),
        (_seen(change.rotation), f"{number(change.rotation)}°"),
        (_seen(100 * change.zoom - 100), f"× {number(change.zoom, 2)}"),
        (change.erased is not None, _("partly erased")),
        (change.median, _("median filter")),
    )
    return ", ".join(text for used, text in parts if used) or _("unchanged")


def _seen(value: float) -> bool:
    """Whether a value is more than nothing once it is rounded."""
    return abs(value) >= 0.5
