"""The answer first: who keeps how much under change, and whether confidence tells."""

from __future__ import annotations

import streamlit as st

from core.evaluation.robustness import Robustness
from core.figures import robustness as figures
from core.figures.entries import Score
from core.text import _, number, percent, signed
from core.ui import viewer, widgets
from core.ui.robustness.view import View
from core.words import robustness as words
from core.words.corruptions import kind_name


def cards(view: View) -> None:
    """The chosen network's four numbers."""
    found = view.network
    low, high = found.mean_accuracy_interval
    kind, accuracy = words.weakest(found)
    confidences = [condition.confidence for name, condition in found.conditions()][1:]
    sure = sum(confidences) / len(confidences)
    with widgets.card_grid(4):
        widgets.metric_card(
            _("As they are"),
            percent(found.clean.accuracy),
            _("Accuracy on {images} images of {split} without change.").format(
                images=number(found.images), split=found.split
            ),
        )
        widgets.metric_card(
            _("Under change"),
            percent(found.mean_accuracy),
            _("Mean accuracy over {kinds} kinds of change in five strengths each.").format(
                kinds=number(len(found.kinds))
            ),
            delta=_("95%: {low} to {high}").format(low=percent(low), high=percent(high)),
        )
        widgets.metric_card(
            _("Too sure by"),
            signed(100 * (sure - found.mean_accuracy), 1),
            _("Mean confidence minus accuracy under change; without change it is {clean}.").format(
                clean=signed(100 * found.clean.gap, 1)
            ),
            delta=_("percentage points"),
        )
        widgets.metric_card(
            _("Weakest against"),
            kind_name(kind),
            delta=_("{accuracy} right on average").format(accuracy=percent(accuracy)),
        )


def sentences(view: View) -> None:
    """What the numbers say."""
    st.markdown(words.summary(view.network, f"**{widgets.plain(view.title)}**"))
    warning = words.deceived(view.network, view.title)
    if warning:
        st.warning(widgets.plain(warning), icon=":material/warning:")


def picture(view: View) -> None:
    """All networks of seven expressions: clean accuracy against that under change."""
    drawn = [item for item in view.found.values() if len(item.classes) == 7]
    drawn = drawn or list(view.found.values())
    held = [_held(item, view.titles[item.model]) for item in drawn]
    widgets.figure_frame(
        figures.tradeoff(held, viewer.mode()),
        "robustness",
        caption=_(
            "Higher is more robust; to the right is more accurate on images as they are. {images}"
        ).format(images=words.drawn_from(drawn)),
    )


def _held(item: Robustness, title: str) -> figures.Held:
    clean = Score(item.model, title, item.clean.accuracy, *item.clean.accuracy_interval)
    changed = Score(item.model, title, item.mean_accuracy, *item.mean_accuracy_interval)
    return figures.Held(clean, changed)
