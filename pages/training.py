"""Training: learning curves of any networks overlaid, and what they say about overfitting."""

import streamlit as st

from core.evaluation.results import NetworkResults
from core.figures import learning
from core.figures.entries import Curve
from core.roles import SELECTION
from core.text import _
from core.ui import networks, resources, settings, state, viewer, widgets
from core.ui.training import overfitting


def curve_name(name: str) -> str:
    return {
        "accuracy": _("Accuracy"),
        "loss": _("Loss"),
        "learning_rate": _("Learning rate"),
        "seconds": _("Time"),
    }[name]


def smoothing_slider() -> float:
    return state.slider(
        "smoothing",
        0,
        95,
        0,
        _("Smoothing"),
        step=5,
        format="%d%%",
        help=_("Weight of the epochs before, as a moving mean; the raw curves stay behind."),
    )


def main_figure(chosen: list[Curve], curve: str, smoothing: float) -> None:
    if curve in learning.METRICS:
        chart = learning.curves(chosen, curve, viewer.mode(), smoothing / 100)
    elif curve == "learning_rate":
        chart = learning.learning_rate(chosen, viewer.mode())
    else:
        chart = learning.seconds(chosen, viewer.mode())
    spread = [
        _("{network}: the band spans validation over {count} seeds.").format(
            network=run.title, count=len(run.seeds) + 1
        )
        for run in chosen
        if run.seeds and curve in learning.METRICS
    ]
    spread += [
        _("{network}: validation is a part of Training that it did not learn from.").format(
            network=run.title
        )
        for run in chosen
        if run.history.selection_split != SELECTION
    ]
    if spread:
        st.caption(" ".join(spread))
    widgets.figure_frame(
        chart,
        "learning_curves",
        caption=_caption(chosen) if curve in learning.METRICS else None,
    )


def _caption(chosen: list[Curve]) -> str:
    text = _(
        "Training is measured while it goes on, with dropout and on altered images where the "
        "recipe has them, so it can lie below validation without anything being wrong."
    )
    on_public = [run.history.selection_split == SELECTION for run in chosen]
    if all(on_public):
        return _("Validation is PublicTest.") + " " + text
    if any(on_public):
        return _("Otherwise validation is PublicTest.") + " " + text
    return text


def side_figures(chosen: list[Curve], curve: str) -> None:
    left, right = st.columns(2)
    with left:
        st.markdown(f"## {_('Generalisation gap')}")
        widgets.figure_frame(
            learning.gap(chosen, "loss" if curve == "loss" else "accuracy", viewer.mode()),
            "generalisation_gap",
        )
    with right:
        if curve == "learning_rate":
            st.markdown(f"### {_('Time per epoch')}")
            widgets.figure_frame(learning.seconds(chosen, viewer.mode()), "seconds")
            return
        st.markdown(f"### {_('Learning rate')}")
        widgets.figure_frame(learning.learning_rate(chosen, viewer.mode()), "learning_rate")


def draw(chosen: list[NetworkResults], curve: str, smoothing: float) -> None:
    drawn = [
        Curve(
            item.id,
            item.title,
            item.history,
            tuple(seed.run.history for seed in item.seeds if not seed.run.resized),
        )
        for item in chosen
        if item.history
    ]
    main_figure(drawn, curve, smoothing)
    side_figures(drawn, curve)
    st.header(_("Does it overfit?"), anchor=False)
    for item in chosen:
        overfitting.draw(item)
    settings.draw(chosen)


widgets.page_header(
    _("Training"), _("How each network learned, which epoch was kept, and whether it overfits.")
)
everything = resources.results()
networks.problems(everything)
trained = networks.in_order([item for item in everything if item.history])
if trained:
    chosen = networks.choose_many(trained)
    with widgets.card_grid(2, min_width=300):
        curve = state.choice(
            "curve",
            [*learning.METRICS, "learning_rate", "seconds"],
            "accuracy",
            _("Curve"),
            text=curve_name,
            kind="segmented",
        )
        smoothing = smoothing_slider() if curve in learning.METRICS else 0
    if chosen:
        draw(chosen, curve, smoothing)
    else:
        st.info(_("Choose at least one network."), icon=":material/touch_app:")
else:
    networks.no_results()
