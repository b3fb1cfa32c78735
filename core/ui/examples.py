"""Pictures to try the pages with: photos, averaged faces, and FER-2013's own where imported.

The photos are those of `paths.examples()`. The averages come from `results/dataset.json`:
they are means of a class, and no photo of anybody.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import streamlit as st

from core import paths
from core.data.summary import DatasetSummary
from core.errors import FerLabError
from core.faces.photo import decode
from core.labels import CLASSES
from core.roles import REPORT
from core.text import _, number
from core.ui import face_picker, resources, state, widgets, words

SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")
MOST = 24
"""Photos of a host's folder that are offered, the first by name."""

THUMB = 160
"""Side in pixels of a small picture to click."""

SHEET_FACE = 192
SHEET_GAP = 48
SHEET_COLUMNS = 4
SHEET_CONTRAST = 2.0
"""Averages are flat: at their own contrast the detector misses one of the seven."""

AVERAGES = "averages"
"""Name of the sheet of averaged faces."""

DATASET = "dataset"
"""Name under which single images of the test split are offered."""

PER_CLASS = 50
"""Images of each class of the test split to leaf through."""


@dataclass(frozen=True, eq=False)
class Example:
    """A picture with its story.

    Attributes:
        name: for the table of numbers, the same in every language.
        digest: SHA-256 of its content.
        picture: its pixels, uint8 (H, W, 3), made when called.
        note: what it is, for the viewer.
    """

    name: str
    digest: str
    picture: Callable[[], np.ndarray]
    note: str


def photos() -> list[Path]:
    """Photos of the folder of examples, the shipped portraits first."""
    folder = paths.examples()
    try:
        found = sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES)
    except OSError:
        return []
    return found[:MOST]


def title(name: str) -> str:
    """What to call a photo of this name; a file's own name where it has no title."""
    return {
        "astronaut.jpg": _("Astronaut"),
        "grace_hopper.jpg": _("Officer"),
        "solvay_1927.jpg": _("Group of 29"),
        AVERAGES: _("Averaged faces"),
        DATASET: _("FER-2013 test image"),
    }.get(name, name)


def _note(name: str) -> str:
    """Who is in a shipped photo and where it comes from; empty for a host's own."""
    if paths.examples() != paths.EXAMPLES:
        return ""
    return {
        "astronaut.jpg": _("Eileen Collins. Photo: NASA, in the public domain."),
        "grace_hopper.jpg": _("Grace Hopper. Photo: US Navy, in the public domain."),
        "solvay_1927.jpg": _(
            "The fifth Solvay conference, 1927. Photo: Benjamin Couprie, in the public domain."
        ),
    }.get(name, "")


def available() -> list[str]:
    """Names of the examples: photos by their file's name, `averages`, `dataset`."""
    found = [path.name for path in photos()]
    try:
        resources.summary()
        found.append(AVERAGES)
    except FerLabError:
        pass
    try:
        if resources.dataset() is not None:
            found.append(DATASET)
    except FerLabError:
        pass
    return found


def strip(chosen: str | None, on_pick: Callable[[str], None]) -> None:
    """Draw small pictures of the examples to click.

    Args:
        chosen: name of the one that is marked.
        on_pick: called with the name of a clicked one, before the page runs again.
    """
    options = available()
    face_picker.pick_thumb(
        [(thumb(option), title(option)) for option in options],
        options.index(chosen) if chosen in options else None,
        lambda place: on_pick(options[place]),
        "examples.strip",
        _("Examples"),
    )


def chosen() -> str:
    """Name of the example in force, by the address; the first one by default."""
    options = available()
    return state.held("photo", options[0], options.__contains__)


def load(name: str) -> Example | None:
    """An example by its name; draws the controls of those that have some."""
    if name == AVERAGES:
        return averages(resources.summary())
    return _dataset_image() if name == DATASET else photo(name)


def photo(name: str) -> Example | None:
    """A photo of the folder of examples; None, said on the page, where it cannot be read."""
    try:
        content = (paths.examples() / name).read_bytes()
    except OSError as problem:
        widgets.error_box(str(problem))
        return None
    digest = hashlib.sha256(content).hexdigest()
    return Example(name, digest, lambda: decode(content), _note(name))


def thumb(name: str) -> str:
    """A small square picture of an example, as an address that holds it."""
    if name == DATASET:
        return ""
    if name == AVERAGES:
        found = resources.summary().per_class
        face = next((entry.face for entry in found if entry.name == "happy"), found[0].face)
        return face_picker.jpeg_url(np.repeat(_strong(face)[:, :, None], 3, axis=2))
    path = paths.examples() / name
    return _thumb(str(path), path.stat().st_mtime_ns)


@st.cache_data(max_entries=2 * MOST, show_spinner=False)
def _thumb(path: str, _changed: int) -> str:
    try:
        rgb = decode(Path(path).read_bytes())
    except (OSError, FerLabError):
        return ""
    height, width = rgb.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 4, (width - side) // 2
    square = rgb[top : top + side, left : left + side]
    return face_picker.jpeg_url(cv2.resize(square, (THUMB, THUMB), interpolation=cv2.INTER_AREA))


def averages(summary: DatasetSummary) -> Example:
    """One picture with the mean face of every class."""
    note = _(
        "Nobody's face: each is the mean of all training images of one label ({labels}), with "
        "its contrast doubled. What the networks make of them is a curiosity, not a test."
    ).format(labels=", ".join(words.class_name(name) for name in summary.classes))
    sheet = _sheet(summary)
    return Example(AVERAGES, hashlib.sha256(sheet.tobytes()).hexdigest(), lambda: sheet, note)


def _sheet(summary: DatasetSummary) -> np.ndarray:
    faces = [entry.face for entry in summary.per_class]
    rows = -(-len(faces) // SHEET_COLUMNS)
    pitch = SHEET_FACE + SHEET_GAP
    sheet = np.full((SHEET_GAP + rows * pitch, SHEET_GAP + SHEET_COLUMNS * pitch), 128, np.uint8)
    for place, face in enumerate(faces):
        row, column = divmod(place, SHEET_COLUMNS)
        empty = max(0, (row + 1) * SHEET_COLUMNS - len(faces))
        top = SHEET_GAP + row * pitch
        left = SHEET_GAP + column * pitch + empty * pitch // 2
        large = cv2.resize(_strong(face), (SHEET_FACE, SHEET_FACE), interpolation=cv2.INTER_CUBIC)
        sheet[top : top + SHEET_FACE, left : left + SHEET_FACE] = large
    return np.repeat(sheet[:, :, None], 3, axis=2)


def _strong(face: np.ndarray) -> np.ndarray:
    """An averaged face with more contrast, uint8."""
    mean = float(face.mean())
    stretched = SHEET_CONTRAST * (face.astype(np.float32) - mean) + mean
    return np.clip(stretched, 0, 255).astype(np.uint8)


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
    face = np.repeat(split.faces[row][:, :, None], 3, axis=2)
    return Example(
        f"fer2013_{index}", hashlib.sha256(face.tobytes()).hexdigest(), lambda: face, note
    )
