"""What the viewer looks at: a network, a split, probabilities as stated or calibrated."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import streamlit as st

from core.evaluation.results import NetworkResults
from core.roles import apply_temperature
from core.schema import PredictionTable, SplitMetrics
from core.text import _, number
from core.ui import glossary, networks, state
from core.words.glossary import Example


@dataclass(frozen=True)
class View:
    """One network on one split.

    Attributes:
        item: the network.
        networks: all usable networks, this one among them.
        split: name of the split.
        scores: of the network on the split.
        table: its predictions as it states them.
        calibrated: whether its temperature is to be applied.
    """

    item: NetworkResults
    networks: list[NetworkResults]
    split: str
    scores: SplitMetrics
    table: PredictionTable
    calibrated: bool

    @property
    def temperature(self) -> float:
        """By which the logits are divided: the network's, or 1 as it states them."""
        return self.item.metrics.temperature if self.calibrated else 1.0

    @cached_property
    def probabilities(self) -> np.ndarray:
        """Shares (n, C) at that temperature."""
        return apply_temperature(self.table.probabilities, self.temperature)

    @property
    def label(self) -> np.ndarray:
        """True classes as positions, (n,)."""
        return self.table.label

    @property
    def rivals(self) -> list[NetworkResults]:
        """The networks with the same classes in the same order and predictions on the split."""
        return [
            other
            for other in self.networks
            if other.classes == self.item.classes and self.split in other.tables
        ]

    def example(self) -> Example | None:
        """The numbers for the glossary, at that temperature too."""
        return glossary.example(self.item, self.split, probabilities=self.probabilities)


def choose(usable: list[NetworkResults]) -> View | None:
    """Draw the choices; None, with the reason said, where there are no predictions."""
    by_id = {item.id: item for item in usable}
    first = next(iter(networks.headline(usable)[::-1]), usable[0])
    left, middle, right = st.columns([2, 2.3, 1.1], vertical_alignment="bottom")
    with left:
        chosen = by_id[
            state.choice(
                "model", list(by_id), first.id, _("Network"), text=lambda name: by_id[name].title
            )
        ]
    with middle:
        split = networks.split_chooser()
    with right:
        calibrated = state.toggle(
            "calibrated",
            False,
            _("Calibrated"),
            help=_(
                "Divide the logits by the network's temperature, {temperature}. Confidences "
                "change, answers do not."
            ).format(temperature=number(chosen.metrics.temperature, 2)),
        )
    scores, table = chosen.split(split), chosen.tables.get(split)
    if scores is None or table is None:
        st.info(
            _("{network} has no readable predictions on {split}.").format(
                network=chosen.title, split=split
            ),
            icon=":material/info:",
        )
        return None
    return View(chosen, usable, split, scores, table, calibrated)
