"""Augmentation by hand: sliders, a seed, undo and reset."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import streamlit as st

from core.data.augment import Change, apply
from core.text import _
from core.ui import pictures, state

UNDO = 50
"""Settings remembered for the undo button."""

_HISTORY = "preprocessing.history"


@dataclass(frozen=True)
class Control:
    """A slider or switch of the augmentation: its key, range and effect."""

    key: str
    low: int
    high: int
    neutral: int
    format: str

    def value(self) -> int:
        """Draw it; the chosen number."""
        label = control_label(self.key)
        if (self.low, self.high) == (0, 1):
            return int(state.toggle(self.key, bool(self.neutral), label))
        return int(
            state.slider(self.key, self.low, self.high, self.neutral, label, format=self.format)
        )


CONTROLS = (
    Control("rotation", -45, 45, 0, "%d°"),
    Control("zoom", 60, 150, 100, "%d%%"),
    Control("shift_x", -30, 30, 0, "%d%%"),
    Control("shift_y", -30, 30, 0, "%d%%"),
    Control("contrast", 20, 200, 100, "%d%%"),
    Control("brightness", -40, 40, 0, "%d%%"),
    Control("erased", 0, 50, 0, "%d%%"),
    Control("flip", 0, 1, 0, ""),
    Control("median", 0, 1, 0, ""),
)


def control_label(key: str) -> str:
    """The label of a control."""
    return {
        "rotation": _("Rotation"),
        "shift_x": _("Shift to the right"),
        "shift_y": _("Shift downwards"),
        "zoom": _("Zoom"),
        "contrast": _("Contrast"),
        "brightness": _("Brightness"),
        "erased": _("Erased area"),
        "flip": _("Mirror"),
        "median": _("Median filter (3 × 3)"),
    }[key]


def change_of(values: dict[str, int], seed: int) -> Change:
    """The change that the controls describe; `seed` places the erased square."""
    side = math.sqrt(values["erased"] / 100)
    left, top = np.random.default_rng(seed).uniform(0, 1 - side, size=2)
    return Change(
        flip=bool(values["flip"]),
        rotation=float(values["rotation"]),
        shift_x=values["shift_x"] / 100,
        shift_y=values["shift_y"] / 100,
        zoom=values["zoom"] / 100,
        gain=values["contrast"] / 100,
        bias=values["brightness"] / 100,
        erased=(float(left), float(top), side, side) if side else None,
        median=bool(values["median"]),
    )


def _seed() -> int:
    """The seed that random draws and the erased square follow from."""
    return int(
        state.slider(
            "seed",
            0,
            999,
            0,
            _("Seed"),
            help=_("The same seed always draws the same changes."),
        )
    )


def show(chip: np.ndarray) -> None:
    """Augment the chip with sliders; with undo and reset."""
    left, right = st.columns([5, 6], gap="medium")
    with right:
        with st.grid(2, min_column_width=180, gap="small"):
            values = {control.key: control.value() for control in CONTROLS}
        seed = _seed()
    _remember(values | {"seed": seed})
    with left:
        with st.grid(2, min_column_width=110):
            pictures.draw(pictures.enlarged(chip), _("The chip"))
            pictures.draw(pictures.enlarged(apply(chip, change_of(values, seed))), _("Changed"))
        with st.container(horizontal=True):
            history = st.session_state[_HISTORY]
            st.button(_("Undo"), icon=":material/undo:", on_click=_undo, disabled=len(history) < 2)
            st.button(
                _("Reset"),
                icon=":material/restart_alt:",
                on_click=_reset,
                disabled=all(values[item.key] == item.neutral for item in CONTROLS),
            )
        st.caption(
            _(
                "In this order: median filter, then mirror, rotation, shift and zoom in one step, "
                "then contrast and brightness, then erasing. Training uses the same code."
            )
        )


def _remember(values: dict[str, int]) -> None:
    history: list[dict[str, int]] = st.session_state.setdefault(_HISTORY, [])
    if not history or history[-1] != values:
        history.append(values)
        del history[:-UNDO]


def _undo() -> None:
    history: list[dict[str, int]] = st.session_state[_HISTORY]
    if len(history) < 2:  # a second click before the button was seen to be disabled
        return
    history.pop()
    for key, value in history[-1].items():
        state.put(key, value)


def _reset() -> None:
    for control in CONTROLS:
        state.put(control.key, control.neutral)
