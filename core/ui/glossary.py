"""The glossary beside a number: a quiet button with formula, meaning and the worked number."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from core.errors import ResultsError
from core.evaluation import significance
from core.evaluation.results import NetworkResults
from core.evaluation.significance import Paired
from core.text import _
from core.ui import widgets, words
from core.words.glossary import Entry, Example, entry


def example(
    item: NetworkResults,
    split: str,
    focus: str | None = None,
    rival: NetworkResults | None = None,
    probabilities: np.ndarray | None = None,
) -> Example | None:
    """The numbers for the worked lines; None where the network has no scores on the split.

    Args:
        item: the network.
        split: name of the split.
        focus: class for scores of one class; the first one by default.
        rival: network to test it against.
        probabilities: shares (n, C) to take for those that the network states.
    """
    scores, table = item.split(split), item.tables.get(split)
    if scores is None:
        return None
    if table is not None and probabilities is not None:
        table = table.model_copy(update={"probabilities": probabilities})
    return Example(
        scores=scores,
        focus=focus or item.classes[0],
        wording=words.class_name,
        table=table,
        temperature=item.metrics.temperature,
        pair=_pair(item, rival, split) if rival else None,
        rival=rival.title if rival else "",
    )


def _pair(item: NetworkResults, rival: NetworkResults, split: str) -> Paired | None:
    if split not in item.tables or split not in rival.tables or item.classes != rival.classes:
        return None
    try:
        return significance.compare(item.tables[split], rival.tables[split])
    except ResultsError:
        return None


def beside(keys: Sequence[str], found: Example | None, label: str | None = None) -> None:
    """A button that explains some terms with the numbers on the screen.

    Args:
        keys: of `core.words.glossary.KEYS`.
        found: the numbers; without them nothing is drawn.
        label: of the button.
    """
    if found is None:
        return
    with st.popover(label or _("What is this?"), type="tertiary", icon=":material/help:"):
        for key in keys:
            draw(entry(key, found))
        widgets.page_link("learn", _("The whole glossary"), icon=":material/school:", part="terms")


def worked(
    keys: Sequence[str],
    item: NetworkResults,
    split: str,
    focus: str | None = None,
    rival: NetworkResults | None = None,
) -> None:
    """The same, with the network named on the button; arguments as `example`."""
    label = _("Formulas, worked with {network}").format(network=widgets.plain(item.title))
    beside(keys, example(item, split, focus, rival), label)


def draw(term: Entry) -> None:
    """One entry."""
    st.markdown(f"**{widgets.plain(term.term)}**")
    st.latex(term.formula)
    st.markdown(widgets.plain(term.meaning))
    if term.worked:
        st.markdown(f":green[:material/calculate:] {widgets.plain(term.worked)}")
