"""Which networks a page shows, how they are offered, and their numbers as short texts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeVar

import streamlit as st

from core.evaluation.results import NetworkResults
from core.labels import CLASSES
from core.roles import ABLATION, HEADLINE, REPORT, SELECTION, TEACHERS
from core.schema import Agreement, Card, SplitMetrics
from core.text import _, percent
from core.ui import resources, state, widgets, words
from core.words import networks as texts

if TYPE_CHECKING:
    from core.evaluation.comparison import Scored  # with what Home does without

N = TypeVar("N", Card, NetworkResults)


def headline(networks: list[NetworkResults]) -> list[NetworkResults]:
    """The two networks to show first.

    The project's two scenarios; where one is missing, the most accurate of the others that
    tell all seven expressions apart. Fewer than two where there are not as many.
    """
    usable = {item.id: item for item in networks if item.usable}
    named = [usable[name] for name in HEADLINE if name in usable]
    rest = [item for item in usable.values() if item.id not in HEADLINE]
    return (named + by_accuracy(rest))[:2]


def ablation(networks: list[NetworkResults]) -> NetworkResults | None:
    """What the proposed network is without squeeze-and-excitation; None where one is missing."""
    usable = {item.id: item for item in networks if item.usable}
    return usable.get(ABLATION) if set(HEADLINE) <= set(usable) else None


def leader(networks: list[NetworkResults]) -> NetworkResults | None:
    """The most accurate one that tells all seven expressions apart; None where none does."""
    return next(iter(by_accuracy([item for item in networks if item.usable])), None)


def best_pair(networks: list[NetworkResults]) -> list[NetworkResults]:
    """The two most accurate networks for all seven expressions, the best first.

    The default where the question is not the thesis's own; fewer where there are not as many.
    """
    return by_accuracy([item for item in networks if item.usable])[:2]


def leading(a: NetworkResults, b: NetworkResults) -> tuple[NetworkResults, NetworkResults]:
    """Two networks with scores, the more accurate first: differences are leader minus other."""
    ahead = a.metrics.report.accuracy >= b.metrics.report.accuracy
    return (a, b) if ahead else (b, a)


def by_accuracy(usable: Sequence[NetworkResults]) -> list[NetworkResults]:
    """Those with scores that tell all seven expressions apart, the most accurate first.

    Teachers of others are left out.
    """
    able = [
        item
        for item in usable
        if item.usable and set(item.classes) == set(CLASSES) and item.id not in TEACHERS
    ]
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


def choose_many(
    networks: Sequence[N],
    default: Sequence[str] | None = None,
    *,
    key: str = "models",
    label: str = "",
    limit: int | None = None,
    help: str = "",
    caption: bool = True,
) -> list[N]:
    """Let the viewer choose networks, which explain themselves in the tooltip and below.

    Args:
        networks: non-empty; offered in the order of `in_order`.
        default: ids chosen at first; by default the thesis's two, else the first two.
        key: name in the address.
        label: of the control, in the viewer's language; "Networks" by default.
        limit: how many at most.
        help: stands above the networks' descriptions in the tooltip.
        caption: whether a line about each chosen network stands below.
    """
    by_id = {item.id: item for item in in_order(networks)}
    if default is None:
        default = [name for name in by_id if name in HEADLINE] or list(by_id)[:2]
    chosen = state.choices(
        key,
        list(by_id),
        default,
        label or _("Networks"),
        text=lambda name: title(by_id[name]),
        max_selections=limit,
        help=_tooltip(list(by_id.values()), help),
    )
    picked = [by_id[name] for name in chosen]
    if caption:
        explain(picked)
    return picked


def choose_one(
    networks: Sequence[N],
    default: str,
    *,
    key: str = "model",
    label: str = "",
    help: str = "",
    caption: bool = True,
) -> N:
    """Let the viewer choose a network, which explains itself in the tooltip and below.

    Args as in `choose_many`; `default` is an id.
    """
    by_id = {item.id: item for item in in_order(networks)}
    name = state.choice(
        key,
        list(by_id),
        default,
        label or _("Network"),
        text=lambda name: title(by_id[name]),
        help=_tooltip(list(by_id.values()), help),
    )
    if caption:
        explain([by_id[name]])
    return by_id[name]


def title(network: Card | NetworkResults) -> str:
    """A network's name in the language of the moment."""
    return texts.title(network) if isinstance(network, Card) else network.title


def explain(networks: Sequence[Card | NetworkResults]) -> None:
    """A line about each network, with its best use where it is alone."""
    lines = []
    for card in _cards_of(networks):
        line = texts.about(card)
        if len(networks) > 1:
            line = f"**{widgets.plain(texts.title(card))}**: {widgets.plain(line)}"
        elif texts.best_use(card):
            line = f"{widgets.plain(line)} {widgets.plain(texts.best_use(card))}"
        lines.append(line)
    if lines:
        st.caption("  \n".join(lines))


def _tooltip(networks: Sequence[Card | NetworkResults], before: str) -> str:
    return "\n\n".join(filter(None, (before, texts.guide(_cards_of(networks)))))


def _cards_of(networks: Sequence[Card | NetworkResults]) -> list[Card]:
    cards = (item if isinstance(item, Card) else item.card for item in networks)
    return [card for card in cards if card is not None]


def split_chooser() -> str:
    """Let the viewer choose the split that scores come from; the report split at first."""
    return state.choice(
        "split",
        [REPORT, SELECTION],
        REPORT,
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
    """All networks with readable scores, in the order in which they are offered.

    Problems are shown, and where there are no networks also what to do.
    """
    networks = resources.results()
    problems(networks)
    usable = [item for item in networks if item.usable]
    if not usable:
        no_results()
    return in_order(usable)


def in_order(networks: Sequence[N]) -> list[N]:
    """The thesis's two, others for seven expressions, others; each group by accuracy.

    Results without readable scores stand at the end.
    """
    readable = [item for item in networks if _readable(item)]
    return texts.in_order(readable, resources.accuracies()) + [
        item for item in networks if not _readable(item)
    ]


def _readable(network: Card | NetworkResults) -> bool:
    return isinstance(network, Card) or network.usable
