"""What the comparison page compares: networks, split, classes and the reference."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from core.evaluation.comparison import Scored, score
from core.evaluation.measured import Measured, of_network, restricted
from core.evaluation.results import NetworkResults
from core.figures.labels import class_label, class_name
from core.labels import CLASSES
from core.text import _
from core.ui import networks, state, widgets

PRESET = ("angry", "sad", "surprise")
"""Three expressions that small demonstrations often keep to."""


@dataclass(frozen=True)
class View:
    """What is compared.

    Attributes:
        networks: the networks behind it, by id.
        split: where they were measured.
        classes: what all of them are asked to tell apart.
        items: the networks on that split and those classes.
        scores: their scores, the most accurate first.
        reference: id of the one that others are compared with.
    """

    networks: dict[str, NetworkResults]
    split: str
    classes: tuple[str, ...]
    items: list[Measured]
    scores: list[Scored]
    reference: str

    @property
    def whole(self) -> bool:
        """Whether all seven expressions are compared."""
        return self.classes == CLASSES

    def scored(self, name: str) -> Scored:
        """The scores of one network."""
        return next(item for item in self.scores if item.id == name)

    def measured(self, name: str) -> Measured:
        """One network on this split and these classes."""
        return next(item for item in self.items if item.id == name)

    def title(self, name: str) -> str:
        """What to call a network."""
        return self.measured(name).title


def choose(found: list[NetworkResults]) -> View | None:
    """Draw the choices; None where they leave nothing to compare, which the page then says."""
    by_id = {item.id: item for item in found}
    above = st.container()
    with widgets.card_grid(2, min_width=300):
        with st.container():
            split = networks.split_chooser()
        beside = st.container()
    classes = _classes()
    able = [item.id for item in found if set(classes) <= set(item.classes)]
    with above:
        chosen = state.choices(
            "models",
            list(by_id),
            able or list(by_id),
            _("Networks"),
            text=lambda name: by_id[name].title,
        )
    if len(classes) < 2:
        st.info(_("Choose at least two expressions."), icon=":material/touch_app:")
        return None
    items = _items([by_id[name] for name in chosen], split, classes)
    if not items:
        st.info(_("Nothing to compare. Choose other networks."), icon=":material/touch_app:")
        return None
    titles = {item.id: item.title for item in items}
    pair = [item.id for item in networks.headline([by_id[name] for name in titles])]
    with beside:
        reference = state.choice(
            "reference",
            list(titles),
            pair[0] if pair else next(iter(titles)),
            _("Reference"),
            text=titles.__getitem__,
            help=_("Differences in the tables are to this network."),
        )
    scores = sorted((_score(_key(item), item) for item in items), key=lambda item: -item.accuracy)
    return View(by_id, split, classes, items, scores, reference)


def _classes() -> tuple[str, ...]:
    chosen = state.choices(
        "classes",
        CLASSES,
        CLASSES,
        _("Expressions"),
        text=class_label,
        kind="pills",
        help=_(
            "Only images of these expressions count, and each network's probabilities of them "
            "are rescaled to sum to 100%."
        ),
    )
    with st.container(horizontal=True, gap="small"):
        for label, names in ((_("Angry, sad, surprise"), PRESET), (_("All seven"), CLASSES)):
            st.button(
                label,
                key=f"preset_{len(names)}",
                type="tertiary",
                icon=":material/filter_alt:",
                on_click=state.put,
                args=("classes", list(names)),
            )
    return tuple(chosen)


def _items(chosen: list[NetworkResults], split: str, classes: tuple[str, ...]) -> list[Measured]:
    """The networks that can be compared; the others are named with the reason."""
    items, fewer = [], []
    for network in chosen:
        item = of_network(network, split)
        if item is None:
            st.caption(
                _("{network} was not measured on {split}.").format(
                    network=network.title, split=split
                )
            )
        elif not set(classes) <= set(item.classes):
            fewer.append(item)
        else:
            with widgets.problems_in_boxes():
                items.append(restricted(item, classes))
    for known in dict.fromkeys(item.classes for item in fewer):
        st.caption(
            _("Left out here because they only know {classes}: {networks}.").format(
                classes=", ".join(class_name(name).lower() for name in known),
                networks="; ".join(item.title for item in fewer if item.classes == known),
            )
        )
    return items


def _key(item: Measured) -> tuple[str, str, bytes]:
    return item.id, item.title, item.matrix.tobytes()


@st.cache_resource(max_entries=256, show_spinner=False)
def _score(key: tuple[str, str, bytes], _item: Measured) -> Scored:
    return score(_item)
