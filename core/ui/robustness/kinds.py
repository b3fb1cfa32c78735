"""One network under every kind of change, and one kind with confidence beside accuracy."""

from __future__ import annotations

import numpy as np
import streamlit as st

from core.data.corruptions import KINDS
from core.evaluation.robustness import Condition, Robustness
from core.figures import robustness as figures
from core.figures.entries import Score
from core.text import _
from core.ui import state, viewer, widgets
from core.ui.robustness.view import View
from core.words.corruptions import kind_name, kind_text, strength_axis, strength_shown


def draw(view: View) -> None:
    """The curves of one kind, then all kinds of the chosen network at a glance."""
    left, right = st.columns(2)
    with left:
        kind = choose(view)
    with right:
        beside = state.choices(
            "against",
            [name for name in view.found if name != view.chosen],
            [],
            _("Beside it"),
            text=view.titles.__getitem__,
            max_selections=3,
        )
    drawn = [name for name in (view.chosen, *beside) if kind in view.found[name].kinds]
    found = [course(view.found[name], view.titles[name], kind) for name in drawn]
    st.caption(kind_text(kind))
    widgets.figure_frame(
        figures.courses(found, kind_name(kind), strength_axis(kind), viewer.mode()),
        "strengths",
        caption=_(
            "Solid: how often it is right, with 95% intervals. Dotted: how sure it is on average, "
            "after temperature scaling. Where the dotted line lies above, confidence deceives."
        ),
    )
    _every_kind(view)


def choose(view: View) -> str:
    """The kind of change that the sections look at."""
    kinds = list(view.network.kinds)
    return state.choice("change", kinds, kinds[0], _("Kind of change"), text=kind_name)


def course(item: Robustness, title: str, kind: str) -> figures.Course:
    """A network along the strengths of a kind, its clean images first."""
    result = item.kinds[kind]
    conditions = [item.clean, *result.levels]
    start = KINDS[kind].unchanged if kind in KINDS else 0.0
    return figures.Course(
        item.model,
        title,
        [strength_shown(kind, value) for value in (start, *result.strengths)],
        [_score(item, title, condition) for condition in conditions],
        [condition.confidence for condition in conditions],
    )


def _score(item: Robustness, title: str, condition: Condition) -> Score:
    return Score(item.model, title, condition.accuracy, *condition.accuracy_interval)


def _every_kind(view: View) -> None:
    found = view.network
    st.header(_("Points lost under every kind of change"), anchor=False)
    names = [kind_name(kind) for kind in found.kinds]
    values = np.array(
        [[level.accuracy for level in result.levels] for result in found.kinds.values()]
    )
    widgets.figure_frame(
        figures.losses(
            names,
            values,
            found.clean.accuracy,
            _("Percentage points of accuracy that {network} loses by kind and strength.").format(
                network=view.title
            ),
            viewer.mode(),
        ),
        "losses",
        caption=_(
            "Percentage points of accuracy that {network} loses. Strengths 1 and 2 leave the "
            "expression plain to see, judged by eye on sheets of faces (docs/corruptions.png); "
            "no study with people was made."
        ).format(network=view.title),
    )
