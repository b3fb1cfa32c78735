"""The two columns of the confusion page: networks, an ensemble, an uploaded result."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

import streamlit as st

from core.errors import FerLabError
from core.evaluation.measured import Measured, of_network, restricted, shared_classes
from core.evaluation.results import NetworkResults
from core.figures.labels import class_name
from core.text import _
from core.ui import ensembles, networks, state, widgets, words
from core.ui.confusion import uploads

NONE = "none"


@dataclass(frozen=True)
class Chosen:
    """What stands in the columns, over the same classes.

    Attributes:
        first: the left one.
        second: the right one, or None.
    """

    first: Measured
    second: Measured | None

    @property
    def all(self) -> list[Measured]:
        """One or two."""
        return [self.first] if self.second is None else [self.first, self.second]

    @property
    def same_images(self) -> bool:
        """Whether the rows of both matrices count the same number of images of each class."""
        sums = [item.matrix.sum(axis=1).tolist() for item in self.all]
        return sums[0] == sums[-1]


def choose(
    found: list[NetworkResults],
    places: Sequence[AbstractContextManager[object]],
) -> tuple[str, str]:
    """Draw the two selections; ids of networks, `ensembles.ID`, `uploads.ID` or `NONE`.

    Args:
        found: non-empty.
        places: where each of the two stands.
    """
    titles = {item.id: item.title for item in found}
    if len(found) > 1:
        titles[ensembles.ID] = _("Ensemble")
    if uploaded := uploads.current():
        titles[uploads.ID] = _("Upload: {name}").format(name=uploaded.title)
    titles[NONE] = _("none")
    pair = [item.id for item in networks.headline(found)]
    with places[0]:
        first = state.choice(
            "model",
            [name for name in titles if name != NONE],
            pair[0] if pair else found[0].id,
            _("Network"),
            text=titles.__getitem__,
        )
    others = [name for name in titles if name != first]
    default = next((name for name in pair if name != first), NONE)
    with places[1]:
        second = state.choice("other", others, default, _("Compared with"), text=titles.__getitem__)
    return first, second


def resolve(found: list[NetworkResults], ids: tuple[str, str], split: str) -> Chosen | None:
    """Make what the ids name; what cannot be had is said on the page and left out.

    Draws the ensemble's controls where an ensemble is chosen.
    """
    by_id = {item.id: item for item in found}
    made = [_one(by_id, name, split, found) for name in ids if name != NONE]
    items = [item for item in made if item is not None]
    if not items:
        return None
    names = shared_classes(items)
    if not names:
        widgets.error_box(_("These two have no class in common."))
        return Chosen(items[0], None)
    try:
        narrowed = [restricted(item, names) for item in items]
    except FerLabError as problem:
        widgets.error_box(str(problem))
        return Chosen(items[0], None)
    if any(before.classes != after.classes for before, after in zip(items, narrowed, strict=True)):
        _say_narrowed(items, names)
    return Chosen(narrowed[0], narrowed[1] if len(narrowed) > 1 else None)


def _one(
    by_id: dict[str, NetworkResults], name: str, split: str, found: list[NetworkResults]
) -> Measured | None:
    if name == uploads.ID:
        return uploads.current()
    if name == ensembles.ID:
        with st.expander(_("Ensemble: members and weights"), expanded=True):
            return ensembles.builder(found, split)
    item = of_network(by_id[name], split)
    if item is None:
        st.info(
            _("{network} was not measured on {split}.").format(
                network=by_id[name].title, split=words.split_name(split)
            ),
            icon=":material/info:",
        )
    return item


def _say_narrowed(items: list[Measured], names: tuple[str, ...]) -> None:
    fewest = min(items, key=lambda item: len(item.classes))
    st.info(
        _(
            "{network} tells fewer expressions apart, so both are shown on the images of "
            "{classes}, with the probabilities of these classes rescaled to sum to 100%."
        ).format(
            network=fewest.title, classes=", ".join(class_name(name).lower() for name in names)
        ),
        icon=":material/filter_alt:",
    )
