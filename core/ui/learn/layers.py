"""A network's own view: its layers as a drawing and as a table, read from its model file."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.evaluation.results import NetworkResults
from core.figures import architecture
from core.figures.architecture import kind_name
from core.roles import PLAIN, PROPOSED
from core.schema import Card, Layer
from core.text import _, number
from core.ui import networks, parameters, resources, viewer, widgets

PART = "networks"
"""Of the page Learn, in the address."""


def draw(usable: list[NetworkResults]) -> None:
    """Choose a network and look into it; then what the two scenarios do differently."""
    able = {item.id: item for item in usable if item.card and resources.has_model(item.id)}
    if not able:
        networks.no_results()
        return
    first = networks.leader(list(able.values())) or next(iter(able.values()))
    item = networks.choose_one(list(able.values()), first.id)
    with widgets.problems_in_boxes():
        layers = resources.layers(item.id)
        _drawing(item, layers)
        _table(item, layers)
    _scenarios(able)


def _drawing(item: NetworkResults, layers: list[Layer]) -> None:
    if item.card:
        st.markdown(_sentence(item.card, layers))
    widgets.figure_frame(
        architecture.diagram(layers, viewer.mode()),
        "layers",
        caption=_(
            "From the face on the left to the seven probabilities on the right. The taller a bar, "
            "the finer the map of the face; the wider, the more maps. Hover over a bar, or tap "
            "it, for its layer."
        ),
    )


def _sentence(card: Card, layers: list[Layer]) -> str:
    weighted = sum(layer.kind in ("convolution", "depthwise", "dense") for layer in layers)
    gates = [layer for layer in layers if layer.kind == "gate"]
    text = _(
        "**{family}**: {count} layers with weights, {parameters} parameters, input {side} × {side}."
    ).format(
        family=widgets.plain(card.family),
        count=number(weighted),
        parameters=number(card.parameters),
        side=layers[0].side,
    )
    if gates:
        text += " " + _(
            "Attention: squeeze-and-excitation in {count} places ({names}), where it weighs the "
            "maps against each other."
        ).format(count=number(len(gates)), names=", ".join(layer.name for layer in gates))
    return text


def _table(item: NetworkResults, layers: list[Layer]) -> None:
    with st.expander(_("All layers as a table"), icon=":material/table_rows:"):
        frame = pd.DataFrame(
            {
                _("Layer"): [layer.name for layer in layers],
                _("What it does"): [kind_name(layer.kind) for layer in layers],
                _("Output"): [layer.shape for layer in layers],
                _("Window"): [
                    f"{layer.kernel} × {layer.kernel}" if layer.kernel > 1 else ""
                    for layer in layers
                ],
                _("Parameters"): [layer.parameters for layer in layers],
                _("Activation"): [layer.activation for layer in layers],
            }
        )
        st.dataframe(frame, hide_index=True, alt=architecture.describe(layers))
        stored = sum(layer.parameters for layer in layers)
        if item.card and stored != item.card.parameters:
            st.caption(
                _(
                    "The model file holds {stored} of the {trained} parameters: on export, batch "
                    "normalisation is folded into the convolution before it."
                ).format(stored=number(stored), trained=number(item.card.parameters))
            )


def _scenarios(able: dict[str, NetworkResults]) -> None:
    """What was changed from the first to the second of the project's two networks."""
    pair = [able[name] for name in (PLAIN, PROPOSED) if name in able]
    if len(pair) < 2:
        return
    st.header(_("What changed between scenario 1 and scenario 2"), anchor=False)
    titles = {item.id: item.title for item in resources.results()}
    frame = pd.DataFrame(
        {item.title: parameters.rows(item.card, titles) for item in pair if item.card}
    )
    frame = frame[frame.nunique(axis=1) > 1]
    widgets.table(frame, "scenarios", _("Settings that differ"), numeric=False)
    widgets.page_link(
        "comparison", _("What it brought"), icon=":material/compare_arrows:",
        models=[item.id for item in pair],
    )  # fmt: skip
