"""What the page looks at: the networks that were asked about corrupted images."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from core.evaluation.results import NetworkResults
from core.evaluation.robustness import Robustness
from core.text import _
from core.ui import networks, resources, widgets


@dataclass(frozen=True)
class View:
    """Networks with answers to corrupted images, and the one looked at.

    Attributes:
        networks: all with readable scores.
        found: by id, the most accurate under change first.
        titles: by id.
        chosen: id of the network that the sections look at.
    """

    networks: list[NetworkResults]
    found: dict[str, Robustness]
    titles: dict[str, str]
    chosen: str

    @property
    def network(self) -> Robustness:
        """The network that the sections look at."""
        return self.found[self.chosen]

    @property
    def title(self) -> str:
        """Its title."""
        return self.titles[self.chosen]


def measured(usable: list[NetworkResults]) -> dict[str, Robustness]:
    """The networks that were asked about corrupted images; says what cannot be read."""
    benchmark = resources.benchmark()
    if benchmark.problems:
        with st.expander(
            _("Problems with result files: {count}").format(count=len(benchmark.problems)),
            icon=":material/warning:",
        ):
            for problem in benchmark.problems:
                widgets.error_box(problem)
    there = {item.id: item for item in usable}
    found = [item for item in benchmark.networks.values() if item.model in there]
    outdated = [
        there[item.model].title
        for item in found
        if item.model_sha256 != there[item.model].metrics.model_sha256 or not item.current
    ]
    if outdated:
        st.warning(
            _(
                "Measured before the network or the benchmark changed; measure again: {networks}."
            ).format(networks=", ".join(map(widgets.plain, outdated))),
            icon=":material/history:",
        )
    found.sort(key=lambda item: (len(item.classes) < 7, -item.mean_accuracy))
    return {item.model: item for item in found}


def choose(usable: list[NetworkResults]) -> View | None:
    """Draw the choice of a network; None, with what to do, where none was measured."""
    found = measured(usable)
    if not found:
        first = next(iter(networks.headline(usable)), usable[0])
        widgets.empty_state(
            _("No network was asked about changed pictures yet"),
            _(
                "The command below asks about noise, blur, bad light and more: 600 images in "
                "minutes; without `--quick` all of them, which takes a large network an hour."
            ),
            f"python -m core evaluate {first.id} --corrupted --quick",
            ("dataset", _("How to get the dataset")),
        )
        return None
    titles = {item.id: item.title for item in usable if item.id in found}
    chosen = networks.choose_one(
        [item for item in usable if item.id in found], next(iter(found)), caption=False
    )
    return View(usable, found, titles, chosen.id)
