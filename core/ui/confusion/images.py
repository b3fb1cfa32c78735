"""The images of a cell, with what every column says about each of them."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import pandas as pd
import streamlit as st

from core.data.store import Dataset
from core.data.votes import majority
from core.errors import FerLabError
from core.evaluation.measured import Measured
from core.evaluation.metrics import predictions
from core.evaluation.rows import ORDERS, Order, cell_rows, rows_of
from core.figures.labels import class_label, class_name
from core.labels import CLASSES
from core.schema import PredictionTable
from core.text import _, ngettext, number, percent
from core.ui import resources, state, widgets
from core.ui.confusion import matrices
from core.ui.confusion.columns import Chosen

PAGE = 24
SIDE = 96
"""Pixels of an image on the page: two for each of its own."""

FILTERS = ("all", "other_right", "other_wrong")


@dataclass(frozen=True)
class Seen:
    """A column whose single predictions belong to images of FER-2013."""

    id: str
    title: str
    classes: tuple[str, ...]
    table: PredictionTable

    def rows(self, index: np.ndarray | list[int]) -> np.ndarray:
        """Position in the table of each image, -1 where it has none."""
        return rows_of(self.table, np.asarray(index))


def _seen(item: Measured) -> Seen | None:
    if item.table is None or not item.located:
        return None
    return Seen(item.id, item.title, item.classes, item.table)


def show(chosen: Chosen, true: int, predicted: int) -> None:
    """The images of the cell of the column that was clicked, or why there are none."""
    item = matrices.side(chosen)
    st.header(_title(item, true, predicted), anchor=False)
    seen = _seen(item)
    if seen is None:
        st.caption(_("Of {network} no single images are known.").format(network=item.title))
        return
    dataset = _dataset(seen)
    if dataset is None:
        return
    other = [found for each in chosen.all if each is not item and (found := _seen(each))]
    rows = _sorted_rows(seen, other, true, predicted)
    if not len(rows):
        st.caption(_("No image."))
        return
    pages = -(-len(rows) // PAGE)
    page = state.pager("page", pages, rows.tobytes())
    part = rows[PAGE * (page - 1) : PAGE * page]
    first = PAGE * (page - 1) + 1
    counted = ngettext(
        "{first}–{last} of {count} image", "{first}–{last} of {count} images", len(rows)
    )
    st.caption(counted.format(first=first, last=first + len(part) - 1, count=number(len(rows))))
    with widgets.card_grid(6, min_width=140):
        for row in part:
            _card(dataset, [seen, *other], int(seen.table.index[row]), true)
    explained = _(
        "A tick: right. A cross: wrong. The percentage is the network's own probability of its "
        "answer; the question mark shows all of them. The group sign: what most of the ten FER+ "
        "taggers saw."
    )
    if other:
        lines = _("First line: {first}. Second line: {second}.").format(
            first=widgets.plain(seen.title), second=widgets.plain(other[0].title)
        )
        explained = f"{lines} {explained}"
    st.caption(explained)
    widgets.csv_button(_numbers([seen, *other], seen.table.index[rows]), "cell_images")


def _title(item: Measured, true: int, predicted: int) -> str:
    names = [class_name(item.classes[place]) for place in (true, predicted)]
    if true == predicted:
        return _("Images: {true}, recognised").format(true=names[0])
    return _("Images: {true} called {predicted}").format(true=names[0], predicted=names[1].lower())


def _dataset(seen: Seen) -> Dataset | None:
    """The dataset, where it is there and its labels are those of the predictions."""
    try:
        dataset = resources.dataset()
    except FerLabError as problem:
        widgets.error_box(str(problem))
        return None
    if dataset is None:
        widgets.empty_state(
            _("The images are not here"),
            _(
                "FER-2013 may not be passed on, so this copy shows averages only. Import your "
                "own copy of the dataset to look at the images of every cell."
            ),
            "python -m core data import PATH",
        )
        return None
    table = seen.table
    label = np.array([CLASSES.index(name) for name in seen.classes])[table.label]
    known = table.index.max(initial=-1) < len(dataset.labels)
    if not known or not np.array_equal(dataset.labels[table.index], label):
        widgets.error_box(
            _(
                "The imported dataset has other labels than the predictions of {network}: its "
                "rows are not those of fer2013.csv."
            ).format(network=seen.title)
        )
        return None
    return dataset


def _sorted_rows(seen: Seen, other: list[Seen], true: int, predicted: int) -> np.ndarray:
    """Positions in the table of what the viewer wants to see, in the order wanted."""
    names: dict[Order, str] = {
        "surest": _("Surest first"),
        "unsurest": _("Least sure first"),
        "row": _("As in the dataset"),
    }
    with widgets.card_grid(2, min_width=300):
        order = state.choice(
            "order", ORDERS, "surest", _("Order"), text=names.__getitem__, kind="segmented"
        )
        rows = cell_rows(seen.table, true, predicted, order)
        return _filtered(rows, seen, other[0]) if other else rows


def _filtered(rows: np.ndarray, seen: Seen, other: Seen) -> np.ndarray:
    """Draw the filter and keep the images that the other column gets right, or wrong."""
    texts = {
        "all": _("all"),
        "other_right": _("{network} right").format(network=other.title),
        "other_wrong": _("{network} wrong").format(network=other.title),
    }
    kept = state.choice(
        "only", FILTERS, "all", _("Only where"), text=texts.__getitem__, kind="segmented"
    )
    if kept == "all":
        return rows
    places = other.rows(seen.table.index[rows])
    right = predictions(other.table)[places] == other.table.label[places]
    return rows[(places >= 0) & (right if kept == "other_right" else ~right)]


def _card(dataset: Dataset, columns: list[Seen], index: int, true: int) -> None:
    """One image and a line for every column, and for the crowd where its votes are there."""
    with st.container(gap="xxsmall"):
        face = cv2.resize(dataset.faces[index], (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
        st.image(face, width=SIDE, alt=_("Image {row} of FER-2013").format(row=index))
        lines = [_line(column, index, true) for column in columns]
        if dataset.votes is not None:
            lines.append(_crowd(dataset.votes[index]))
        st.caption("  \n".join(lines), help=_every_probability(columns, index))


def _line(column: Seen, index: int, true: int) -> str:
    place = int(column.rows([index])[0])
    if place < 0:
        return "–"
    shares = column.table.probabilities[place]
    said = int(shares.argmax())
    mark = ":green[:material/check:]" if said == true else ":orange[:material/close:]"
    return f"{mark} {class_label(column.classes[said])} {percent(float(shares[said]), 0)}"


def _crowd(votes: np.ndarray) -> str:
    found = int(majority(votes[None])[0])
    if found < 0:
        return _(":material/groups: none of the seven")
    return _(":material/groups: {name} {votes}/{all}").format(
        name=class_label(CLASSES[found]), votes=int(votes.max()), all=int(votes.sum())
    )


def _every_probability(columns: list[Seen], index: int) -> str:
    """All classes' probabilities of one image as a small table."""
    there = [(column, place) for column in columns if (place := int(column.rows([index])[0])) >= 0]
    titles = " | ".join(widgets.plain(column.title) for column, _place in there)
    lines = [f"| | {titles} |", "| --- " + "| ---: " * len(there) + "|"]
    for place, name in enumerate(columns[0].classes):
        shares = " | ".join(
            percent(float(column.table.probabilities[row, place])) for column, row in there
        )
        lines.append(f"| {class_label(name)} | {shares} |")
    return "\n".join([*lines, "", _("Image {row} of FER-2013").format(row=index)])


def _numbers(columns: list[Seen], index: np.ndarray) -> pd.DataFrame:
    """The cell's images with all probabilities of every column."""
    first = columns[0]
    frame = pd.DataFrame({"image": index})
    frame["label"] = [first.classes[label] for label in first.table.label[first.rows(index)]]
    for column in columns:
        places = column.rows(index)
        for place, name in enumerate(column.classes):
            shares = column.table.probabilities[places, place]
            frame[f"{column.id}_{name}"] = np.where(places >= 0, shares, np.nan)
    return frame
