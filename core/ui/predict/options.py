"""What the viewer of the Predict page can choose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from core.roles import AVERAGINGS
from core.schema import Card
from core.text import _
from core.ui import certainty, networks, state
from core.ui._compat import DeltaGenerator
from core.ui.predict import readings

if TYPE_CHECKING:
    from core.roles import Averaging


@dataclass(frozen=True)
class Options:
    """What the viewer wants to see.

    Attributes:
        cards: the networks to ask.
        averaging: over which variants of a chip.
        threshold: confidence below which an answer is uncertain, 0 to 1.
        calibrated: whether probabilities are divided by the network's temperature.
    """

    cards: list[Card]
    averaging: Averaging
    threshold: float
    calibrated: bool


def choose(cards: Sequence[Card], quiet: DeltaGenerator) -> Options:
    """Draw the choices.

    Args:
        cards: not empty.
        quiet: where the rarer choices stand.
    """
    chosen = networks.choose_many(cards, caption=False)
    with quiet, st.popover(_("Options"), type="tertiary", icon=":material/tune:"):
        threshold = certainty.choose_threshold()
        averaging = state.choice(
            "averaging",
            AVERAGINGS,
            "none",
            _("Average over"),
            text=lambda name: {
                "none": _("the chip alone"),
                "flip": _("both mirrors"),
                "ten_crop": _("ten crops"),
            }[name],
            kind="segmented",
            help=_(
                "Ask several times, with the chip mirrored or shifted a little, and average the "
                "probabilities: slower, and mostly a little better."
            ),
        )
        calibrated = state.toggle(
            "calibrated",
            True,
            _("Calibrated probabilities"),
            help=_(
                "With the logits divided by the network's temperature, 80% is right in about 80 "
                "of 100."
            ),
        )
        # The stored predictions are those of the chip alone.
        if averaging == "none":
            for sentence in readings.price_of(threshold, [card.id for card in chosen], calibrated):
                st.caption(sentence)
    return Options(chosen, averaging, threshold, calibrated)
