"""Which networks a page shows, and their numbers as short texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core.evaluation.results import NetworkResults
from core.evaluation.seeds import SQUEEZE
from core.labels import CLASSES
from core.schema import Agreement, SplitMetrics
from core.text import _, percent
from core.ui import resources, state, widgets, words

if TYPE_CHECKING:
    from core.evaluation.comparison import Scored  # with what Home does without

PROPOSED, ABLATION = SQUEEZE
HEADLINE = ("vgg16_frozen", PROPOSED)
"""The two scenarios that the project compares: plain transfer learning, and SE-VGG16."""


def headline(networks: list[NetworkResults]) -> list[NetworkResults]:
    """The two networks to show first.

    The project's two scenarios; where one is missing, the most accurate of the others that
    tell all seven expressions apart. Fewer than two where there are not as many.
    """
    usable = {item.id: item for item in networks if item.usable}
    named = [usable[name] for name in HEADLINE if name in usable]
    rest = [item for item in usable.values() if item.id not in HEADLINE]
    return (named + _by_accuracy(rest))[:2]


def ablation(networks: list[NetworkResults]) -> NetworkResults | None:
    """What the proposed network is without squeeze-and-excitation; None where one is missing."""
    usable = {item.id: item for item in networks if item.usable}
    return usable.get(ABLATION) if set(HEADLINE) <= set(usable) else None


def leader(networks: list[NetworkResults]) -> NetworkResults | None:
    """The most accurate one that tells all seven expressions apart; None where none does."""
    return next(iter(_by_accuracy([item for item in networks if item.usable])), None)


def _by_accuracy(usable: list[NetworkResults]) -> list[NetworkResults]:
    able = [item for item in usable if set(item.classes) == set(CLASSES)]
    return sorted(able, key=lambda item: item.metrics.report.accuracy, reverse=True)


def problems(networks: list[NetworkResults]) -> None:
    """Say what could not be read; the rest of the page goes on."""
    found = [problem for item in networks for problem in item.problems]
    if found:
        with st.expander(
            _("Problems with result files: {count}").format(count=len(found)),
            icon=":material/warning:",
        ):
            for problem in found:
                widgets.error_box(problem)


def chooser(networks: list[NetworkResults], limit: int | None = None) -> list[NetworkResults]:
    """Let the viewer choose among networks; the headline pair at first.

    Args:
        networks: non-empty.
        limit: how many at most.
    """
    by_id = {item.id: item for item in networks}
    chosen = state.choices(
        "models",
        list(by_id),
        [item.id for item in headline(networks)] or list(by_id)[:2],
        _("Networks"),
        text=lambda name: by_id[name].title,
        max_selections=limit,
    )
    return [by_id[name] for name in chosen]


def split_chooser() -> str:
    """Let the viewer choose the split that scores come from; the report split at first."""
    return state.choice(
        "split",
        ["PrivateTest", "PublicTest"],
        "PrivateTest",
        _("Split"),
        text=words.split_name,
        kind="segmented",
        help=_(
            "PrivateTest is measured once, at the end. PublicTest chose the epoch and the "
            "temperature, so its scores flatter the network."
        ),
    )


def interval(scores: SplitMetrics | Agreement | Scored) -> str:
    """The 95% interval of an accuracy, for a metric card."""
    low, high = scores.accuracy_interval
    return _("95%: {low} to {high}").format(low=percent(low), high=percent(high))


def no_results() -> None:
    """What to do where no network was evaluated yet."""
    widgets.empty_state(
        _("No results yet"),
        _(
            "Scores appear here as soon as a network was trained. FER-2013 must be imported "
            "before; the small network below needs no graphics card."
        ),
        "python -m core data import PATH\npython -m core train cnn_48",
        ("dataset", _("How to get the dataset")),
    )


def has_results() -> list[NetworkResults]:
    """All networks with readable scores, the headline pair first, then by accuracy.

    Problems are shown, and where there are no networks also what to do.
    """
    networks = resources.results()
    problems(networks)
    usable = [item for item in networks if item.usable]
    if not usable:
        no_results()
    return ordered(usable)


def ordered(networks: list[NetworkResults]) -> list[NetworkResults]:
    """The headline pair first, then by accuracy; without scores at the end."""
    first = [item.id for item in headline(networks)]

    def rank(item: NetworkResults) -> tuple[bool, float]:
        return item.id not in first, -item.metrics.report.accuracy if item.usable else 0.0

    return sorted(networks, key=rank)
