"""Pictures to try the pages with: averaged faces, and FER-2013's own where it is imported.

The project carries no photo of anybody. The averages come from `results/dataset.json`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import cv2
import numpy as np
import streamlit as st

from core.data.summary import DatasetSummary
from core.errors import FerLabError
from core.labels import CLASSES
from core.roles import REPORT
from core.text import _, number
from core.ui import resources, state, widgets, words

SHEET_FACE = 192
SHEET_GAP = 48
SHEET_COLUMNS = 4
SHEET_CONTRAST = 2.0
"""Averages are flat: at their own contrast the detector misses one of the seven."""

AVERAGES = "averages"
"""Name of the sheet of averaged faces."""

PER_CLASS = 50
"""Images of each class of the test split to leaf through."""


@dataclass(frozen=True, eq=False)
class Example:
    """A picture with its story.

    Attributes:
        name: for the table of numbers, the same in every language.
        picture: uint8 (H, W, 3).
        note: what it is, for the viewer.
    """

    name: str
    picture: np.ndarray
    note: str

    @property
    def digest(self) -> str:
        """SHA-256 of the pixels."""
        return hashlib.sha256(self.picture.tobytes()).hexdigest()


def title(name: str) -> str:
    """What to call a photo of this name: the sheet of averages has one in every language."""
    return _("Seven averaged faces") if name == AVERAGES else name


def available() -> list[str]:
    """Which examples there are: `averages`, `dataset`, or none."""
    found = []
    try:
        resources.summary()
        found.append(AVERAGES)
    except FerLabError:
        pass
    try:
        if resources.dataset() is not None:
            found.append("dataset")
    except FerLabError:
        pass
    return found


def choose() -> Example | None:
    """Let the viewer pick an example; says how to get one where there is none."""
    options = available()
    if not options:
        widgets.empty_state(
            _("No examples yet"),
            _("Averaged faces appear here once FER-2013 was imported and summarised."),
            "python -m core data import PATH\npython -m core data audit",
        )
        return None
    name = state.choice(
        "photo",
        options,
        options[0],
        _("Example"),
        text=lambda option: title(option) if option == AVERAGES else _("FER-2013 test image"),
        kind="segmented",
    )
    return averages(resources.summary()) if name == AVERAGES else _dataset_image()


def averages(summary: DatasetSummary) -> Example:
    """One picture with the mean face of every class."""
    faces = [entry.face for entry in summary.per_class]
    rows = -(-len(faces) // SHEET_COLUMNS)
    pitch = SHEET_FACE + SHEET_GAP
    sheet = np.full((SHEET_GAP + rows * pitch, SHEET_GAP + SHEET_COLUMNS * pitch), 128, np.uint8)
    for place, face in enumerate(faces):
        row, column = divmod(place, SHEET_COLUMNS)
        empty = max(0, (row + 1) * SHEET_COLUMNS - len(faces))
        top = SHEET_GAP + row * pitch
        left = SHEET_GAP + column * pitch + empty * pitch // 2
        mean = float(face.mean())
        strong = np.clip(SHEET_CONTRAST * (face.astype(np.float32) - mean) + mean, 0, 255)
        large = cv2.resize(
            strong.astype(np.uint8), (SHEET_FACE, SHEET_FACE), interpolation=cv2.INTER_CUBIC
        )
        sheet[top : top + SHEET_FACE, left : left + SHEET_FACE] = large
    note = _(
        "Nobody's face: each is the mean of all training images of one label ({labels}), with "
        "its contrast doubled. What the networks make of them is a curiosity, not a test."
    ).format(labels=", ".join(words.class_name(name) for name in summary.classes))
    return Example(AVERAGES, np.repeat(sheet[:, :, None], 3, axis=2), note)


def _dataset_image() -> Example | None:
    dataset = resources.dataset()
    if dataset is None:
        return None
    split = dataset.split(REPORT)
    left, right = st.columns(2)
    with left:
        label = state.choice("label", CLASSES, CLASSES[3], _("Label"), text=words.class_label)
    rows = np.flatnonzero(split.labels == CLASSES.index(label))[:PER_CLASS]
    if not len(rows):
        st.info(_("The test split has no image with this label."))
        return None
    with right:
        place = state.slider("number", 1, max(len(rows), 2), 1, _("Image"))
    row = rows[min(int(place), len(rows)) - 1]
    index = int(split.index[row])
    note = _(
        "Row {index} of FER-2013, from the test split. A crowd worker labelled it {label}."
    ).format(index=number(index), label=words.class_name(label))
    face = split.faces[row]
    return Example(f"fer2013_{index}", np.repeat(face[:, :, None], 3, axis=2), note)
