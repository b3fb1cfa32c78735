"""Training: learning curves of any networks overlaid, and what they say about overfitting."""

import streamlit as st

from core.evaluation import reading
from core.evaluation.results import NetworkResults
from core.figures import learning
from core.figures.entries import Curve
from core.text import _, number, percent
from core.ui import app, networks, resources, state, widgets


def cards(item: NetworkResults, found: reading.Curves) -> None:
    seconds = _mean_seconds(item)
    st.markdown(f"##### {widgets.plain(item.title)}")
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


def curve_chooser() -> learning.Metric:
    names: dict[learning.Metric, str] = {"accuracy": _("Accuracy"), "loss": _("Loss")}
    return state.choice(
        "curve", list(names), "accuracy", _("Curve"), text=names.__getitem__, kind="segmented"
    )


def curves(chosen: list[Curve], metric: learning.Metric) -> None:
    widgets.figure_frame(
        learning.curves(chosen, metric, app.mode()),
        "learning_curves",
        learning.table(chosen),
        alt=learning.describe(chosen),
        caption=_(
            "Validation is PublicTest. Training is measured while it goes on, with dropout and on "
            "altered images where the recipe has them, so it can lie below validation without "
            "anything being wrong."
        ),
    )
    left, right = st.columns(2)
    with left:
        st.markdown(f"##### {_('Generalisation gap')}")
        widgets.figure_frame(
            learning.gap(chosen, metric, app.mode()),
            "generalisation_gap",
            alt=_("The distance between training and validation in every epoch."),
        )
    with right:
        st.markdown(f"##### {_('Learning rate')}")
        widgets.figure_frame(
            learning.learning_rate(chosen, app.mode()),
            "learning_rate",
            alt=_("The learning rate of every epoch, on a logarithmic axis."),
        )


widgets.page_header(
    _("Training"), _("How each network learned, which epoch was kept, and whether it overfits.")
)
everything = resources.results()
networks.problems(everything)
trained = networks.ordered([item for item in everything if item.history])
if not trained:
    networks.no_results()
    st.stop()
left, right = st.columns([3, 1])
with left:
    chosen = networks.chooser(trained)
with right:
    metric = curve_chooser()
if not chosen:
    st.info(_("Choose at least one network."), icon=":material/touch_app:")
    st.stop()
curves([Curve(item.id, item.title, item.history) for item in chosen if item.history], metric)
st.subheader(_("Does it overfit?"), anchor=False)
for item in chosen:
    if item.history is None:
        continue
    known = item.metrics.training_accuracy if item.usable else None
    found = reading.curves(item.history, known)
    with st.container(border=True):
        cards(item, found)
        verdict, *details = reading.read(item.history, known)
        widgets.verdict(verdict, good=found.verdict == "none")
        st.markdown(" ".join(widgets.plain(sentence) for sentence in details))
