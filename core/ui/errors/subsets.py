"""Section: errors on repeated images and on images that the crowd names otherwise."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from core.evaluation.confidence import confidence, right
from core.evaluation.crowd import crowd_label
from core.evaluation.subsets import CrowdView, Part, crowd_view, part
from core.schema import Agreement
from core.text import _, number, percent
from core.ui import widgets
from core.ui.errors import images
from core.ui.errors.dataset_facts import Known, known
from core.ui.errors.view import View

SHOWN = 12


def draw(view: View) -> None:
    """Draw the section."""
    found = known()
    if found is None or int(view.table.index.max(initial=-1)) >= len(found.odd.blank):
        _without_data(view)
        return
    hit = right(view.table.probabilities, view.label)
    index = view.table.index
    copied = part(hit, found.odd.copied[index])
    rows = {
        _("Equal image in Training"): copied,
        _("Equal image with another label"): part(hit, found.odd.contradicted[index]),
        _("Blank image"): part(hit, found.odd.blank[index]),
    }
    rows = {label: item for label, item in rows.items() if item.inside.n}
    st.markdown(f"### {_('Repeated and blank images')}")
    if rows:
        _odd(rows)
    else:
        st.caption(_("None of the images is repeated or blank."))
    if copied.inside.n:
        st.caption(
            _(
                "An image that was learned by heart flatters the network. Without the {count} "
                "copies its accuracy is {accuracy}, with them {all}."
            ).format(
                count=number(copied.inside.n),
                accuracy=percent(copied.outside.accuracy),
                all=percent(view.scores.accuracy),
            )
        )
    _crowd(view, found)


def _odd(rows: dict[str, Part]) -> None:
    widgets.table(
        pd.DataFrame(
            {
                _("Images"): [number(item.inside.n) for item in rows.values()],
                _("Right"): [_share(item.inside) for item in rows.values()],
                _("Right on the rest"): [_share(item.outside) for item in rows.values()],
            },
            index=list(rows),
        ),
        "odd_images",
        _("Accuracy on repeated and blank images, and on the rest"),
        download=_numbers(rows),
    )


def _share(found: Agreement) -> str:
    if not found.n:
        return "–"
    low, high = found.accuracy_interval
    return f"{percent(found.accuracy)} ({number(100 * low, 1)}–{number(100 * high, 1)})"


def _numbers(rows: dict[str, Part]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "part": name,
                "images": found.n,
                "accuracy": found.accuracy if found.n else None,
                "low": found.accuracy_interval[0],
                "high": found.accuracy_interval[1],
            }
            for label, item in rows.items()
            for name, found in ((label, item.inside), (f"not: {label}", item.outside))
        ]
    )


def _crowd(view: View, found: Known) -> None:
    st.markdown(f"### {_('The crowd as a second opinion')}")
    if found.majority is None:
        st.caption(_("The dataset was imported without FER+ votes."))
        return
    seen = crowd_view(view.table, found.majority, view.item.classes)
    rows = {
        _("The crowd agrees with the label"): seen.agrees,
        _("The crowd names another expression"): seen.otherwise,
        _("The crowd names none of these"): seen.undecided,
    }
    widgets.table(
        pd.DataFrame(
            {
                _("Images"): [number(item.n) for item in rows.values()],
                _("Right by the label"): [_share(item) for item in rows.values()],
            },
            index=list(rows),
        ),
        "crowd",
        _("Accuracy where the FER+ crowd agrees with the label and where it does not"),
    )
    st.markdown(widgets.plain(_sentence(seen)))
    sided = _sided(view, found.majority)
    if len(sided):
        st.markdown(f"**{_('Wrong by the label, right by the crowd: the surest')}**")
        images.show(view, sided)


def _sentence(seen: CrowdView) -> str:
    return _(
        "Of {errors} errors, {otherwise} ({share}) lie on images that the crowd of ten names "
        "otherwise than FER-2013; in {sided} of these the network says what the crowd says. That "
        "part of the error is at least as much the label's as the network's."
    ).format(
        errors=number(seen.errors),
        otherwise=number(seen.errors_otherwise),
        share=percent(seen.errors_otherwise / seen.errors if seen.errors else 0.0, 0),
        sided=number(seen.errors_sided),
    )


def _sided(view: View, majority: np.ndarray) -> np.ndarray:
    """Rows on which network and crowd agree against the label, the surest first."""
    crowd = crowd_label(view.table, majority, view.item.classes)
    said = view.probabilities.argmax(axis=1)
    rows = np.flatnonzero((said == crowd) & (said != view.label))
    return rows[np.argsort(-confidence(view.probabilities)[rows], kind="stable")][:SHOWN]


def _without_data(view: View) -> None:
    metrics = view.item.metrics
    if view.split == metrics.report.split:
        parts = {
            _("Without copies of training images"): metrics.without_training_copies,
            _("Agreement with the FER+ crowd"): metrics.crowd,
        }
        with widgets.card_grid(2, min_width=220):
            for label, found in parts.items():
                if found is not None:
                    widgets.metric_card(
                        label,
                        percent(found.accuracy),
                        delta=_("{count} images").format(count=number(found.n)),
                    )
    widgets.empty_state(
        _("FER-2013 is not imported here"),
        _(
            "Which images are repeated and what the crowd says of each is known from the dataset "
            "only. Import it, with the FER+ votes, to see the errors sorted by them."
        ),
        "python -m core data import PATH",
        ("dataset", _("How to get the dataset")),
    )
