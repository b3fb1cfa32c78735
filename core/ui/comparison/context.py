"""Where the networks stand: chance, people, published results, and the FER+ crowd."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from core.data.votes import majority as crowd_majority
from core.errors import FerLabError
from core.evaluation.crowd import crowd_agreement
from core.evaluation.measured import Measured
from core.evaluation.published import PublishedResult, chance, majority, published
from core.figures import accuracy
from core.figures.entries import Score
from core.figures.labels import class_name
from core.roles import REPORT
from core.schema import Agreement
from core.text import _, percent
from core.ui import resources, state, viewer, widgets
from core.ui.comparison.view import View
from core.words.published import repetition


def dots(view: View) -> None:
    """Accuracies with intervals, and lines to compare them with."""
    st.header(_("Accuracy in context"), anchor=False)
    lines = yardsticks(view)
    if view.whole and view.split == REPORT:
        if state.toggle("published", True, _("Published results")):
            lines += _published()
    elif view.whole:
        st.caption(
            _("Published results are for {split}; choose it to see them here.").format(split=REPORT)
        )
    scores = [
        Score(item.id, item.title, item.accuracy, *item.accuracy_interval) for item in view.scores
    ]
    widgets.figure_frame(
        accuracy.dots(scores, lines, viewer.mode()),
        "accuracy",
        caption=_("Whiskers: 95% intervals (Wilson). Dotted lines: what to compare with."),
    )


def yardsticks(view: View) -> list[accuracy.Context]:
    """Chance, always naming the most frequent class, and people."""
    name, share = majority(view.split, view.classes)
    lines = [
        accuracy.Context(
            _("chance"), chance(view.classes), note=_("Each expression guessed equally often.")
        ),
        accuracy.Context(
            _("always {name}").format(name=class_name(name).lower()),
            share,
            note=_("The most frequent expression named for every image."),
        ),
    ]
    if view.whole:
        human = published().human
        lines.append(
            accuracy.Context(
                _("people"), human.accuracy, human.spread, f"{human.name}. {human.text}"
            )
        )
    return lines


def _published() -> list[accuracy.Context]:
    return [
        accuracy.Context(item.name, item.accuracy, item.spread, item.text)
        for item in published().result
        if item.line
    ]


def table() -> None:
    """All published results with source and protocol."""
    with st.expander(_("Published results and how they were measured")):
        st.markdown(
            _(
                "Numbers differ in what chose the epoch. Where the quoted split chose it, the "
                "number is the best of many tries on that split and too high; such numbers are "
                "not drawn above."
            )
        )
        found = published()
        entries = [*found.by_repetition, found.human, found.crowd]
        names = [_("System"), _("Claim"), _("Found again"), _("What to know")]
        rows = [names, ["---"] * len(names), *map(_cells, entries)]
        st.markdown("\n".join(f"| {' | '.join(row)} |" for row in rows))
        st.caption(
            _(
                "Sorted by what people other than the authors got; claims that nobody is known "
                "to have repeated come last."
            )
        )
        numbers = pd.DataFrame([item.model_dump() | {"note": item.text} for item in entries])
        widgets.csv_button(numbers, "published")


def _cells(item: PublishedResult) -> list[str]:
    """A row of the table, as Markdown."""
    name = widgets.plain(item.name)
    linked = f"[{name}]({item.source})" if item.source else name
    claim = percent(item.accuracy) if item.kind == "reported" else ""
    if item.spread:
        claim = f"{claim} ± {percent(item.spread, 0)}"
    return [linked, claim, repetition(item), f"{_told(item)}. {widgets.plain(item.text)}"]


def _told(item: PublishedResult) -> str:
    """Split, who measured, and what chose the epoch."""
    where = _("on {split}").format(split=item.split) if item.split else _("split not told")
    measured = _("measured for this project") if item.kind == "measured" else _("reported")
    told = {
        "clean": _("epoch chosen elsewhere"),
        "selected": _("epoch chosen on a quoted split"),
        "leaked": _("faces of the test stood in training"),
        "unknown": "",
    }[item.protocol]
    return ", ".join(part for part in (where, measured, told) if part)


def crowd(view: View) -> None:
    """How often each network says what most of the ten FER+ taggers saw."""
    st.header(_("Agreement with the FER+ crowd"), anchor=False)
    majority = _crowd_majority()
    found = {
        item.id: agreement
        for item in view.items
        if (agreement := item.crowd or _agreement(item, majority))
    }
    if not found:
        st.caption(
            _(
                "For these expressions or this split the agreement is worked out from the crowd's "
                "votes, which come with the imported dataset."
            )
        )
        return
    scores = [
        Score(name, view.title(name), item.accuracy, *item.accuracy_interval)
        for name, item in found.items()
    ]
    widgets.figure_frame(
        accuracy.dots(scores, (), viewer.mode(), _("Agreement with the FER+ majority (%)")),
        "crowd",
        caption=_(
            "Ten people named every image again (FER+). The labels of FER-2013 are so noisy that "
            "this crowd, taken as a network, would be right on {share} of the test images."
        ).format(share=percent(published().crowd.accuracy)),
    )


def _crowd_majority() -> np.ndarray | None:
    """The crowd's class of every image of the dataset, where its votes are there."""
    try:
        dataset = resources.dataset()
    except FerLabError:
        return None  # the agreement that was measured before is still shown
    return None if dataset is None or dataset.votes is None else crowd_majority(dataset.votes)


def _agreement(item: Measured, majority: np.ndarray | None) -> Agreement | None:
    if majority is None or item.table is None or item.table.index.max(initial=-1) >= len(majority):
        return None
    return crowd_agreement(item.table, majority, item.classes)
