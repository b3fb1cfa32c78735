"""The photo that a viewer looks at: where it comes from, its faces, and keeping it.

Predict and Preprocessing share it. Only what the pages draw is kept, in the viewer's own
session: a small copy of the photo, the chips, a cutout of every face. The photo itself is
forgotten once its faces were found.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import streamlit as st

from core.errors import FerLabError
from core.faces import quality
from core.faces.chip import SIDE
from core.faces.cutout import cutout
from core.faces.detector import Face, FaceDetector
from core.faces.photo import MAX_BYTES, decode, photo_to_chips
from core.faces.quality import Quality
from core.faces.search import Found
from core.text import _, ngettext, number
from core.ui import examples, face_picker, state, uploads, widgets

PREVIEW = 1280
"""Long side in pixels of the copy that is shown."""

CUTOUT = 240
"""Largest side in pixels of a face's cutout."""

DETAILED = 40
"""Faces beyond this many, the smallest of a crowd, have cutouts as coarse as their chips."""

SOURCES = ("upload", "camera", "example")

_KEPT = "photos.kept"
_NEW = "photos.new"
_PASTED = "photos.pasted"


@dataclass(frozen=True, eq=False)
class Photo:
    """A photo whose faces were found.

    Attributes:
        name: of the file, or of the example.
        digest: SHA-256 of the file's content.
        size: width and height of the photo in pixels.
        url: a copy with a long side of at most `PREVIEW`, for the browser.
        faces: n faces in pixels of the photo, largest first.
        chips: uint8 (n, 48, 48).
        cutouts: of each face the square that became the chip, uint8 (s, s, 3).
        qualities: what may be wrong with each chip.
        found: how the faces were found.
    """

    name: str
    digest: str
    size: tuple[int, int]
    url: str
    faces: tuple[Face, ...]
    chips: np.ndarray
    cutouts: tuple[np.ndarray, ...]
    qualities: tuple[Quality, ...]
    found: Found

    @property
    def is_chip(self) -> bool:
        """Whether the photo has the size of a chip, and was taken as one without a search."""
        return self.size == (SIDE, SIDE)


@st.cache_resource(show_spinner=False)
def detector() -> FaceDetector:
    """The one face detector of this process; threads may share it."""
    return FaceDetector()


def prepare(name: str, digest: str, rgb: np.ndarray) -> Photo:
    """Find the faces of a decoded photo, uint8 (H, W, 3), and keep what pages draw."""
    height, width = rgb.shape[:2]
    result = photo_to_chips(rgb, detector())
    scale = min(1.0, PREVIEW / max(width, height))
    small = (max(1, round(width * scale)), max(1, round(height * scale)))
    preview = cv2.resize(rgb, small, interpolation=cv2.INTER_AREA) if scale < 1 else rgb
    return Photo(
        name=name,
        digest=digest,
        size=(width, height),
        url=face_picker.jpeg_url(preview),
        faces=result.faces,
        chips=result.chips,
        cutouts=tuple(
            cutout(rgb, face, CUTOUT if place < DETAILED else SIDE)
            for place, face in enumerate(result.faces)
        ),
        qualities=tuple(
            quality.measure(chip, face, width, height)
            for chip, face in zip(result.chips, result.faces, strict=True)
        ),
        found=result.found,
    )


def choose(first: str = "upload") -> Photo | None:
    """Let the viewer bring a photo, and return the one in force.

    Where it cannot be used, says why and returns None.

    Args:
        first: where the photo comes from until the viewer says so; one of `SOURCES`.
    """
    if first == "example" and not examples.available():
        first = "upload"
    left, right = st.columns([1, 2], gap="medium")
    with left:
        source = state.choice(
            "source",
            SOURCES,
            first,
            _("Photo from"),
            text=lambda name: {
                "upload": _("File"),
                "camera": _("Camera"),
                "example": _("Example"),
            }[name],
            kind="segmented",
        )
        if source == "upload":
            _paste()
    with right:
        {"upload": _upload, "camera": _camera, "example": _example}[source]()
    if source not in st.session_state.get(_KEPT, {}):
        _invite(source)
    return _current(source)


def _invite(source: str) -> None:
    """Where there is no photo yet: the way to one that is always at hand."""
    if source == "example" or not examples.available():
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(_("No photo at hand? Averaged faces show what this page does."))
        st.button(
            _("Show an example"),
            icon=":material/face:",
            on_click=state.put,
            args=("source", "example"),
        )


def choose_face(photo: Photo, key: str, answers: Sequence[str] = ()) -> int:
    """Let the viewer pick one of a photo's faces, by clicking it or from a list.

    Args:
        photo: with at least one face.
        key: unique on the page.
        answers: what is known of each face, to stand behind its number; may be empty.

    Returns:
        Position of the face; the largest is 0.
    """
    count = len(photo.faces)
    chosen = min(state.peek("face", range(1, count + 1), 1), count)
    names = [_("Face {number}").format(number=number) for number in range(1, count + 1)]
    if answers:
        names = [f"{name}: {answer}" for name, answer in zip(names, answers, strict=True)]
    face_picker.pick_face(
        photo.url,
        photo.size,
        photo.faces,
        chosen - 1,
        names,
        lambda position: state.put("face", position + 1),
        key,
    )
    if count > 1:
        chosen = state.choice(
            "face",
            range(1, count + 1),
            1,
            _("Face"),
            text=lambda number: names[number - 1],
            help=_("Faces are numbered by size, the largest first."),
        )
    return chosen - 1


def show(photo: Photo, key: str) -> None:
    """Draw a photo in which no face was found."""
    face_picker.pick_face(photo.url, photo.size, (), 0, (), lambda position: None, key)


def describe(photo: Photo) -> str:
    """Name, size, number of faces and, where it was not plain, how they were found."""
    faces = ngettext("{count} face", "{count} faces", len(photo.faces)).format(
        count=len(photo.faces)
    )
    size = _("{width} × {height} pixels").format(
        width=number(photo.size[0]), height=number(photo.size[1])
    )
    line = f"{widgets.plain(examples.title(photo.name))} · {size} · {faces}"
    return line if photo.found is Found.DETECTED else f"{line}. {how_found(photo)}"


def file_stem(photo: Photo) -> str:
    """The photo's name without suffix, fit for a file name everywhere."""
    return re.sub(r"[^\w-]+", "_", Path(photo.name).stem)[:60].strip("_") or "photo"


def how_found(photo: Photo) -> str:
    """How the faces came to be found, in a sentence."""
    if photo.is_chip:
        return _("The picture has the size of a chip and was taken as it is.")
    return photo.found.sentence


def _upload() -> None:
    widget = f"photos.upload.{st.session_state.get(_PASTED, 0)}"
    file = st.file_uploader(
        _("A photo with one or more faces"),
        type=["image/*"],
        max_upload_size=uploads.largest(MAX_BYTES),
        key=widget,
        on_change=_changed,
        args=("upload", widget),
    )
    if file is None:
        _offer_removal("upload")
    elif st.session_state.pop(_NEW, None) == "upload":
        _take("upload", file.name, file.getvalue())


def _paste() -> None:
    pasted = face_picker.paste_picture("photos.paste", MAX_BYTES)
    if pasted is not None:
        # A new widget, so that it does not go on showing the file that was uploaded before.
        st.session_state[_PASTED] = st.session_state.get(_PASTED, 0) + 1
        _take("upload", _("pasted picture"), pasted)


def _camera() -> None:
    shot = st.camera_input(
        _("Take a picture"),
        key="photos.camera",
        help=_("Browsers open the camera only on this computer itself or over https."),
        on_change=_changed,
        args=("camera", "photos.camera"),
    )
    if shot is None:
        _offer_removal("camera")
    elif st.session_state.pop(_NEW, None) == "camera":
        _take("camera", _("camera picture"), shot.getvalue())


def _example() -> None:
    found = examples.choose()
    if found is None:
        st.session_state.setdefault(_KEPT, {}).pop("example", None)
        return
    _keep("example", found.name, found.digest, lambda: found.picture)
    st.caption(found.note)


def _changed(source: str, widget: str) -> None:
    """Callback: the viewer gave the widget a photo, or took it away again."""
    if st.session_state.get(widget) is None:
        st.session_state.setdefault(_KEPT, {}).pop(source, None)
    else:
        st.session_state[_NEW] = source


def _offer_removal(source: str) -> None:
    """A photo outlives its widget when the page is left; let the viewer still remove it."""
    kept = st.session_state.setdefault(_KEPT, {})
    if source in kept:
        st.button(
            _("Remove the photo"),
            key=f"photos.remove.{source}",
            on_click=kept.pop,
            args=(source, None),
            type="tertiary",
            icon=":material/delete:",
        )


def _take(source: str, name: str, content: bytes) -> None:
    digest = hashlib.sha256(content).hexdigest()
    state.put("face", 1)
    _keep(source, name, digest, lambda: decode(content))


def _keep(source: str, name: str, digest: str, picture: Callable[[], np.ndarray]) -> None:
    kept: dict[str, tuple[str, Photo | str]] = st.session_state.setdefault(_KEPT, {})
    if source in kept and kept[source][0] == digest:
        return
    with st.spinner(_("Looking for faces …")):
        try:
            kept[source] = (digest, prepare(name, digest, picture()))
        except FerLabError as problem:
            kept[source] = (digest, str(problem))


def _current(source: str) -> Photo | None:
    kept: dict[str, tuple[str, Photo | str]] = st.session_state.get(_KEPT, {})
    if source not in kept:
        return None
    photo = kept[source][1]
    if isinstance(photo, str):
        widgets.error_box(photo, _("This photo cannot be used"))
        return None
    return photo
