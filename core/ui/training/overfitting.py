"""A network's learning curves in numbers and in words: does it overfit?"""

from __future__ import annotations

import streamlit as st

from core.evaluation.results import NetworkResults
from core.text import _, number, percent
from core.ui import widgets
from core.words import learning as reading


def draw(item: NetworkResults) -> None:
    """A frame with four numbers and the verdict; nothing without a history."""
    if item.history is None:
        return
    known = item.metrics.training_accuracy if item.usable else None
    found = reading.curves(item.history, known)
    with st.container(border=True):
        _cards(item, found)
        verdict, *details = reading.read(item.history, known)
        widgets.verdict(verdict, good=found.verdict == "none")
        st.markdown(" ".join(widgets.plain(sentence) for sentence in details))


def _cards(item: NetworkResults, found: reading.Curves) -> None:
    seconds = _mean_seconds(item)
    st.markdown(f"**{widgets.plain(item.title)}**")
    with widgets.card_grid(4, min_width=140):
        widgets.metric_card(
            _("Best epoch"),
            number(found.chosen.epoch),
            delta=_("of {count}").format(count=number(found.last.epoch)),
        )
        widgets.metric_card(
            _("Validation accuracy"),
            percent(found.chosen.val_accuracy),
            delta=_("loss {loss}").format(loss=number(found.chosen.val_loss, 3)),
        )
        gap = found.gap if found.clean_gap is None else found.clean_gap
        widgets.metric_card(
            _("Generalisation gap"),
            number(100 * gap, 1),
            help=_(
                "Training minus validation accuracy at the best epoch, in percentage points. "
                "Training accuracy is taken on the unaltered images where that was measured."
            ),
            delta=_("points") if found.clean_gap is not None else _("points, while training"),
        )
        widgets.metric_card(
            _("Time per epoch"),
            _("{seconds} s").format(seconds=number(seconds, 0 if seconds >= 10 else 1)),
            delta=_("mean of {count} epochs").format(count=number(found.last.epoch)),
        )


def _mean_seconds(item: NetworkResults) -> float:
    rows = item.history.epochs if item.history else []
    return sum(row.seconds for row in rows) / max(len(rows), 1)
