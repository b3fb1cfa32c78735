"""The answer that Home opens with, and the statistics behind it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.errors import ResultsError
from core.evaluation import seeds, significance
from core.evaluation.results import NetworkResults
from core.text import _, number, percent
from core.ui import networks, widgets
from core.ui.home.intervals import Line


def answer(usable: list[NetworkResults]) -> str:
    """The network that is ahead, by how much, and whether that could be chance, as Markdown.

    Args:
        usable: networks with readable scores, at least one of seven expressions.
    """
    leader, *others = networks.best_pair(usable)
    scores = leader.metrics.report
    said = [
        _("**{network}** is ahead: it is right on **{accuracy}** of {n} test faces.").format(
            network=widgets.plain(leader.title),
            accuracy=percent(scores.accuracy),
            n=number(scores.n),
        )
    ]
    for other in others:
        found = compared(leader, other)
        if found is None:
            continue
        lead = _("It leads {network} by {points} percentage points;").format(
            network=widgets.plain(other.title), points=number(100 * abs(found.difference), 1)
        )
        chance = (
            _("chance alone would seldom give such a lead.")
            if found.significant
            else _("such a lead could be chance.")
        )
        said.append(f"{lead} {chance}")
    return " ".join(said)


def lines(usable: Sequence[NetworkResults]) -> list[Line]:
    """The interval of every network for all seven expressions, the best first."""
    return [
        Line(item.title, scores.accuracy, *scores.accuracy_interval)
        for item in networks.by_accuracy(usable)
        for scores in (item.metrics.report,)
    ]


def reasons(usable: list[NetworkResults]) -> list[str]:
    """What the tests say: of the two best, of the thesis's two, and of attention alone."""
    found = [sentence(*networks.best_pair(usable))]
    pair, without = networks.headline(usable), networks.ablation(usable)
    if pair != networks.best_pair(usable):
        found.append(sentence(*pair))
    if without:
        asked = _("Is it squeeze-and-excitation that helps?")
        runs = [seeds.sentence(contest) for contest in _contests(without, pair[1])]
        found.append(" ".join([f"**{asked}**", sentence(without, pair[1]), *runs]))
    return [text for text in found if text]


def sentence(*pair: NetworkResults) -> str:
    """The paired test of two networks in words; empty where there is none."""
    if len(pair) < 2:
        return ""
    leader, other = networks.leading(*pair)
    found = compared(leader, other)
    return significance.sentence(found, leader.title, other.title) if found else ""


def compared(leader: NetworkResults, other: NetworkResults) -> significance.Paired | None:
    """The paired test on the report split; None where the tables do not allow one."""
    split = leader.metrics.report.split
    if {split} - leader.tables.keys() or {split} - other.tables.keys():
        return None
    if leader.classes != other.classes:
        return None
    try:
        return significance.compare(leader.tables[split], other.tables[split])
    except ResultsError as problem:
        widgets.error_box(str(problem))
        return None


def _contests(*pair: NetworkResults) -> list[seeds.Contest]:
    """Comparisons over several seeds, of pairs that have them."""
    return seeds.contests(seeds.spreads(pair, pair[0].metrics.report.split))


def why(usable: list[NetworkResults]) -> None:
    """The statistics, folded away."""
    found = reasons(usable)
    scores = usable[0].metrics.report
    with st.expander(_("Why? The tests behind this")):
        st.markdown(
            _(
                "Accuracy is the share of {n} faces of {split} on which a network gives the label "
                "that a crowd worker gave. {split} took no part in training or selection. Bars "
                "are 95% intervals."
            ).format(n=number(scores.n), split=scores.split)
        )
        for text in found:
            st.markdown(text)
