"""Accuracy against parameters, file size and measured time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core import paths
from core.evaluation.comparison import Scored
from core.figures import tradeoff
from core.figures.entries import Score
from core.schema import MODEL
from core.text import _
from core.ui import resources, state, viewer, widgets
from core.ui.comparison.view import View

if TYPE_CHECKING:
    from core.speed.latency import Latencies

COMMAND = "python -m benchmarks latency"


def show(view: View) -> None:
    """The bubble chart over one cost, chosen by the viewer."""
    st.header(_("Accuracy and what it costs"), anchor=False)
    latencies = None
    with widgets.problems_in_boxes():
        latencies = resources.latencies()
    priced = [entry for item in view.scores if (entry := _priced(view, item, latencies))]
    if not priced:
        st.caption(_("None of these networks has a model file here, so its costs are not known."))
        return
    costs: list[tradeoff.Cost] = ["parameters", "megabytes"]
    if any(item.single_ms is not None for item in priced):
        costs += ["single_ms", "batch_ms"]
    by = state.choice(
        "cost", costs, "parameters", _("Cost"), text=tradeoff.cost_name, kind="segmented"
    )
    widgets.figure_frame(
        tradeoff.bubbles(priced, by, viewer.mode()),
        "cost_accuracy",
        caption=_caption(by, latencies),
    )
    if latencies is None:
        st.caption(
            _("Times appear here once they were measured: `{command}`").format(command=COMMAND)
        )


def _caption(by: tradeoff.Cost, latencies: Latencies | None) -> str:
    if by == "megabytes":
        area = _("Area: number of parameters.")
    else:
        area = _("Area: size of the model file.")
    front = _("Dashed: networks that no other beats in both.")
    if latencies is None or by in ("parameters", "megabytes"):
        return f"{area} {front}"
    measured = _(
        "Medians on {processor}, {threads} threads, {precision}, batches of {batch}."
    ).format(
        precision=latencies.precision,
        processor=widgets.plain(latencies.processor),
        threads=latencies.threads,
        batch=latencies.batch,
    )
    return f"{area} {front} {measured}"


def _priced(view: View, item: Scored, latencies: Latencies | None) -> tradeoff.Priced | None:
    """A network with its costs, or None where it has no card or no model file."""
    card = view.networks[item.id].card
    file = paths.models() / item.id / MODEL
    if card is None or not file.is_file():
        return None
    time = latencies.of(item.id, card.model_sha256) if latencies else None
    return tradeoff.Priced(
        score=Score(item.id, item.title, item.accuracy, *item.accuracy_interval),
        parameters=card.parameters,
        megabytes=file.stat().st_size / 1e6,
        single_ms=time.single_ms if time else None,
        batch_ms=time.batch_ms if time else None,
    )
