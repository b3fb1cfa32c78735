"""The ensemble builder: members, weights, and weights fitted on the selection split."""

from __future__ import annotations

import streamlit as st

from core.errors import FerLabError
from core.evaluation import ensemble_results
from core.evaluation.ensemble import combine, percents
from core.evaluation.measured import Measured, of_network, of_table, restricted, shared_classes
from core.evaluation.results import NetworkResults
from core.roles import REPORT, SELECTION
from core.text import _, percent
from core.ui import networks, state, widgets

ID = ensemble_results.ID
START = 50
"""Where a weight's slider starts; only the proportions of weights count."""


def eligible(found: list[NetworkResults], split: str) -> list[NetworkResults]:
    """The networks whose single predictions on a split are there."""
    return [item for item in found if item.usable and split in item.tables]


def builder(
    found: list[NetworkResults], split: str, classes: tuple[str, ...] | None = None
) -> Measured | None:
    """Draw members and weights and return the ensemble on `split`.

    Args:
        found: non-empty; those without single predictions are left out.
        split: where the ensemble is measured.
        classes: what the ensemble tells apart; by default what all its members know.

    Returns:
        None where no ensemble can be made; the reason stands on the page.
    """
    members = _members(eligible(found, split))
    if not members:
        st.info(_("Choose at least one network for the ensemble."), icon=":material/touch_app:")
        return None
    weights = _weights(members)
    _fit_button(members, classes)
    try:
        parts = _parts(members, split, classes)
        table = combine([part.table for part in parts if part.table], weights)
    except FerLabError as problem:
        widgets.error_box(str(problem), _("No ensemble"))
        return None
    _shares(members, weights)
    return of_table(ID, _("Ensemble"), table, parts[0].classes)


def _members(found: list[NetworkResults]) -> list[NetworkResults]:
    if not found:
        return []
    by_id = {item.id: item for item in found}
    pair = [item.id for item in networks.headline(found)]
    chosen = state.choices(
        "members",
        list(by_id),
        pair or list(by_id)[:2],
        _("Members of the ensemble"),
        text=lambda name: by_id[name].title,
    )
    return [by_id[name] for name in chosen]


def _key(item: NetworkResults) -> str:
    return f"weight_{item.id}"


def _weights(members: list[NetworkResults]) -> list[float]:
    with widgets.card_grid(min(len(members), 3), min_width=220):
        return [
            state.slider(
                _key(item), 0, 100, START, _("Weight of {network}").format(network=item.title)
            )
            for item in members
        ]


def _parts(
    members: list[NetworkResults], split: str, classes: tuple[str, ...] | None
) -> list[Measured]:
    """Every member on `split`, narrowed to the same classes."""
    whole = [part for item in members if (part := of_network(item, split)) is not None]
    names = classes or shared_classes(whole)
    return [restricted(part, names) for part in whole]


def _fit_button(members: list[NetworkResults], classes: tuple[str, ...] | None) -> None:
    ready = len(eligible(members, SELECTION)) == len(members)
    st.button(
        _("Fit the weights on {split}").format(split=SELECTION),
        key="fit_weights",
        icon=":material/tune:",
        disabled=not ready or len(members) < 2,
        on_click=_fit,
        args=(members, classes),
        help=_(
            "Finds the weights under which the true labels of {selection} are likeliest. Quote "
            "the result on {report}, which had no part in it."
        ).format(selection=SELECTION, report=REPORT),
    )


def _fit(members: list[NetworkResults], classes: tuple[str, ...] | None) -> None:
    try:
        parts = _parts(members, SELECTION, classes)
        weights = percents([part.table for part in parts if part.table])
    except FerLabError:
        return  # the builder says the same about the split on the screen
    for item, weight in zip(members, weights, strict=True):
        state.put(_key(item), weight)


def _shares(members: list[NetworkResults], weights: list[float]) -> None:
    total = sum(weights)
    st.caption(
        _("Probabilities are averaged: {shares}.").format(
            shares=", ".join(
                f"{item.title} {percent(weight / total, 0)}"
                for item, weight in zip(members, weights, strict=True)
            )
        )
    )
