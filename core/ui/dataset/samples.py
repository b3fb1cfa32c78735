"""Some of the dataset's images, drawn by a seed, with what the crowd saw in them."""

from __future__ import annotations

import numpy as np
import streamlit as st

from core.data import votes
from core.data.store import Dataset
from core.labels import CLASSES
from core.roles import SPLITS
from core.text import _
from core.ui import state, widgets, words

COUNT = 14


def draw(dataset: Dataset) -> None:
    """Let the viewer pick expression, split and seed, and show `COUNT` images."""
    left, middle, right = st.columns([2, 2, 1], vertical_alignment="bottom")
    with left:
        name = state.choice("class", CLASSES, CLASSES[0], _("Expression"), text=words.class_label)
    with middle:
        split = state.choice("from", SPLITS, SPLITS[0], _("From"), text=words.split_name)
    with right:
        seed = state.hidden("sample", range(1000), 0)
        st.button(
            _("Others"),
            icon=":material/shuffle:",
            width="stretch",
            on_click=state.put,
            args=("sample", (seed + 1) % 1000),
        )
    rows = pick(dataset, name, split, seed)
    if not len(rows):
        st.caption(_("There are none."))
        return
    widgets.pictures(list(zip(dataset.faces[rows], captions(dataset, rows), strict=True)))
    explained = _("The number is the image's row in fer2013.csv.")
    if dataset.votes is not None:
        explained += " " + _(
            "Beside it stands what most of the FER+ crowd saw, where that differs."
        )
    st.caption(explained)


def pick(dataset: Dataset, name: str, split: str, seed: int, count: int = COUNT) -> np.ndarray:
    """Rows of up to `count` images of a class in a split, the same ones for the same seed."""
    of_class = dataset.labels == CLASSES.index(name)
    found = np.flatnonzero(of_class & (dataset.splits == SPLITS.index(split)))
    return np.random.default_rng(seed).permutation(found)[:count]


def captions(dataset: Dataset, rows: np.ndarray) -> list[str]:
    """Row numbers, whether the image is blank, and the crowd's word where it is not the label."""
    texts = [f"#{row}" for row in rows]
    for place, row in enumerate(rows):
        if dataset.faces[row].min() == dataset.faces[row].max():
            texts[place] += " " + _("blank image")
    if dataset.votes is None:
        return texts
    crowd = votes.majority(dataset.votes[rows])
    for place, (row, seen) in enumerate(zip(rows, crowd, strict=True)):
        if seen != dataset.labels[row]:
            other = _("no expression") if seen < 0 else words.class_label(CLASSES[seen])
            texts[place] += f" {other}"
    return texts
