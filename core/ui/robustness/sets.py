"""Sets of answers: how many must be given to be right nine times in ten?"""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from core.evaluation.conformal import LEVELS, SetCheck, calibrate, check
from core.evaluation.results import NetworkResults
from core.figures import robustness as heat
from core.figures import sets as figures
from core.figures.labels import class_label
from core.roles import REPORT, SELECTION
from core.text import _, number, percent
from core.ui import state, viewer, widgets
from core.ui.robustness.view import View
from core.words.corruptions import kind_name, strength_text


def of_view(view: View) -> None:
    """The section of the page."""
    draw(view.networks, view)


def draw(usable: list[NetworkResults], view: View | None) -> None:
    """Sets of every network, of one network by expression, and what change makes of them."""
    st.markdown(
        _(
            "A network that must answer with one expression is often wrong. It may answer with a "
            "**set** instead: as many expressions as it takes to hold the right one as often as "
            "stated."
        )
    )
    left, middle, right = st.columns([1.3, 1.6, 2], vertical_alignment="bottom")
    with left:
        percents = [round(100 * level) for level in LEVELS]
        level = state.choice(
            "coverage", percents, 90, _("Hold the right one in"), text=lambda value: f"{value}%",
            kind="segmented",
        )  # fmt: skip
    with middle:
        by_class = state.toggle(
            "by_class",
            False,
            _("For each expression alone"),
            help=_(
                "One threshold for every expression, so that rare ones are held as often as "
                "stated too. Sets grow."
            ),
        )
    found = {
        item.id: checked
        for item in usable
        if (checked := _checked(item, level / 100, by_class)) is not None
    }
    if not found:
        st.info(_("No network has readable predictions on both test splits."))
        return
    titles = {item.id: item.title for item in usable}
    if view and view.chosen in found:
        chosen = view.chosen
    else:
        with right:
            chosen = state.choice(
                "model", list(found), next(iter(found)), _("Network"), text=titles.__getitem__
            )
    _cards(found[chosen], level)
    seven = [item for item in usable if item.id in found and len(item.classes) == 7]
    drawn = [
        figures.Sets(item.id, item.title, found[item.id])
        for item in seven or usable
        if item.id in found
    ]
    widgets.figure_frame(
        figures.sizes(drawn, viewer.mode()),
        "set_sizes",
        caption=_(
            "How many answers the sets hold, on {report}. Thresholds come from {selection}, which "
            "chose the epoch too; that the coverage holds on {report} is checked, not assumed."
        ).format(report=REPORT, selection=SELECTION),
    )
    network = next(item for item in usable if item.id == chosen)
    _by_expression(network, found[chosen], level)
    _under_change(view, chosen, level, by_class)


def _checked(item: NetworkResults, level: float, by_class: bool) -> SetCheck | None:
    selection, report = item.tables.get(SELECTION), item.tables.get(REPORT)
    if selection is None or report is None or not len(selection.label) or not len(report.label):
        return None
    return check(calibrate(selection, level, by_class), report)


def _cards(found: SetCheck, level: int) -> None:
    low, high = found.interval
    with widgets.card_grid(3):
        widgets.metric_card(
            _("Answers needed"),
            number(found.mean_size, 2),
            _("Mean number of expressions in a set that holds the right one in {level}%.").format(
                level=level
            ),
        )
        widgets.metric_card(
            _("One answer is enough"),
            percent(found.single, 0),
            _("Share of the images whose set holds a single expression."),
        )
        widgets.metric_card(
            _("Right one in the set"),
            percent(found.coverage),
            _("Measured on {images} images of {split}.").format(
                images=number(found.n), split=REPORT
            ),
            delta=_("95%: {low} to {high}; stated: {level}%").format(
                low=percent(low), high=percent(high), level=level
            ),
        )


def _by_expression(network: NetworkResults, found: SetCheck, level: int) -> None:
    st.header(_("By expression"), anchor=False)
    numbers = figures.class_table(found, network.classes)
    frame = pd.DataFrame(
        {
            _("Images"): [number(value) for value in numbers["images"]],
            _("Right one in the set"): [_share(value) for value in numbers["coverage"]],
            _("Answers needed"): [_size(value) for value in numbers["mean_size"]],
        },
        index=pd.Index([class_label(name) for name in network.classes], name=_("Expression")),
    )
    widgets.table(
        frame,
        "sets_by_expression",
        _("Coverage and size of the sets of {network} by true expression.").format(
            network=network.title
        ),
        download=numbers,
    )
    lowest = numbers.dropna().sort_values("coverage").head(1)
    for _row, row in lowest.iterrows():
        if row["coverage"] < level / 100 - 0.05:
            st.caption(
                _(
                    "{expression} is held in {share} only: the stated {level}% are for all images "
                    "together. The switch above gives every expression its own threshold."
                ).format(
                    expression=class_label(row["class"]),
                    share=percent(row["coverage"], 0),
                    level=level,
                )
            )


def _share(value: float) -> str:
    return "–" if np.isnan(value) else percent(value, 0)


def _size(value: float) -> str:
    return "–" if np.isnan(value) else number(value, 2)


def _under_change(view: View | None, chosen: str, level: int, by_class: bool) -> None:
    st.header(_("No guarantee for other photos"), anchor=False)
    st.markdown(
        _(
            "The statement holds for images like those of FER-2013. Photos that are darker, "
            "noisier or cropped otherwise are not, and nothing is promised for them."
        )
    )
    if view is None or chosen not in view.found or by_class:
        return
    found, key = view.found[chosen], str(level)
    if any(key not in condition.sets for _name, condition in found.conditions()):
        return
    coverage = np.array(
        [[entry.sets[key].coverage for entry in result.levels] for result in found.kinds.values()]
    )
    row, column = np.unravel_index(int(coverage.argmin()), coverage.shape)
    kind = list(found.kinds)[int(row)]
    st.warning(
        _("With {change} the sets of {network} hold the right one in {share}, not in {level}%.")
        .format(
            change=strength_text(kind, found.kinds[kind].strengths[int(column)]),
            network=widgets.plain(view.titles[chosen]),
            share=percent(float(coverage.min()), 0),
            level=level,
        ),
        icon=":material/warning:",
    )  # fmt: skip
    names = [kind_name(name) for name in found.kinds]
    widgets.figure_frame(
        heat.losses(
            names,
            coverage,
            level / 100,
            _("Percentage points of coverage missing by kind and strength of change."),
            viewer.mode(),
        ),
        "sets_changed",
        caption=_("Percentage points by which the sets fall short of the stated {level}%.").format(
            level=level
        ),
    )
