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
from core.faces.photo import MAX_BYTES, Note, Picture, photo_to_chips, read_picture
from core.faces.quality import Quality
from core.faces.search import Found
from core.text import _, ngettext, number
from core.ui import examples, face_picker, state, uploads, widgets
from core.ui.face_picker import Mark

PREVIEW = 1280
"""Long side in pixels of the copy that is shown."""

CUTOUT = 240
"""Largest side in pixels of a face's cutout."""

DETAILED = 40
"""Faces beyond this many, the smallest of a crowd, have cutouts as coarse as their chips."""

TALLEST = 20.0
"""Height in rem that a photo does not exceed, so that its answers stand in view."""

SOURCES = ("upload", "camera", "example")

_KEPT = "photos.kept"
_NEW = "photos.new"
_PASTED = "photos.pasted"
_NEW_CONTENT = "photos.pasted.content"


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
        notes: what is to be known of the file.
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
    notes: tuple[Note, ...] = ()

    @property
    def is_chip(self) -> bool:
        """Whether the photo has the size of a chip, and was taken as one without a search."""
        return self.size == (SIDE, SIDE)

    @property
    def guessed(self) -> bool:
        """Whether the picture was taken as a face in whole without one in sight."""
        return bool(self.faces) and (
            self.found is Found.NONE or (self.found is Found.WHOLE and not self.is_chip)
        )


@st.cache_resource(show_spinner=False)
def detector() -> FaceDetector:
    """The one face detector of this process; threads may share it."""
    return FaceDetector()


def prepare(name: str, digest: str, picture: Picture) -> Photo:
    """Find the faces of a photo, and keep what pages draw."""
    rgb = picture.rgb
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
        notes=picture.notes,
    )


def choose() -> Photo | None:
    """Let the viewer bring a photo or pick an example, and return the one in force.

    An example is in force until the viewer brings a photo. Where a photo cannot be used,
    says why and returns None.
    """
    first = "example" if examples.available() else "upload"
    source = state.hidden("source", SOURCES, first)
    if source == "upload" and not ({source, _NEW} & _there()):
        source = first  # a link to somebody else's photo opens on what is at hand
    left, right = st.columns(2, gap="medium")
    with left:
        (_camera if source == "camera" else _upload)()
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            _other_ways(source)
    with right:
        example = _example(source)
        if example is not None and example.note:
            st.caption(example.note)
    if example is not None:
        _keep("example", example.name, example.digest, lambda: Picture(example.picture()))
    return _current(source)


def _there() -> set[str]:
    """Sources of which a photo is kept, and `_NEW` where one has just been brought."""
    new = {_NEW} if _NEW in st.session_state or _NEW_CONTENT in st.session_state else set()
    return {*st.session_state.get(_KEPT, {}), *new}


def _other_ways(source: str) -> None:
    """Where else a photo can come from, and how to be rid of the one in force."""
    if source == "camera":
        st.button(
            _("Upload a file instead"),
            key="photos.file",
            on_click=state.put,
            args=("source", "upload"),
            type="tertiary",
            icon=":material/upload:",
        )
        return
    st.button(
        _("Take a picture"),
        key="photos.shoot",
        on_click=state.put,
        args=("source", "camera"),
        type="tertiary",
        icon=":material/photo_camera:",
    )
    _paste()
    if source == "example" and "upload" in st.session_state.get(_KEPT, {}):
        st.button(
            _("Back to your photo"),
            key="photos.back",
            on_click=state.put,
            args=("source", "upload"),
            type="tertiary",
            icon=":material/undo:",
        )
    if source in st.session_state.get(_KEPT, {}) and source != "example":
        _removal(source)


def _example(source: str) -> examples.Example | None:
    """Draw the examples; the chosen one where an example is in force."""
    if not examples.available():
        return None
    st.markdown(f'<p class="fer-label">{_("Or try one of these")}</p>', unsafe_allow_html=True)
    name = examples.chosen() if source == "example" else None
    examples.strip(name, _pick_example)
    return examples.load(name) if name else None


def _pick_example(name: str) -> None:
    """Callback: an example was clicked."""
    state.put("source", "example")
    state.put("photo", name)
    state.put("face", 1)


def choose_face(photo: Photo, key: str, marks: Sequence[Mark] = ()) -> int:
    """Let the viewer pick one of a photo's faces by clicking it.

    Args:
        photo: with at least one face.
        key: unique on the page.
        marks: what is known of each face, to stand at its box; may be empty.

    Returns:
        Position of the face; the largest is 0.
    """
    count = len(photo.faces)
    chosen = int(state.hidden("face", range(1, count + 1), 1))
    marks = marks or [Mark("", face_name(place)) for place in range(count)]
    face_picker.pick_face(photo.url, photo.size, photo.faces, chosen - 1, marks, pick, key, TALLEST)
    return chosen - 1


def face_name(place: int) -> str:
    """What to call the face at a position, 0 for the largest: its number, the same everywhere."""
    return _("Face {number}").format(number=place + 1)


def pick(place: int) -> None:
    """Callback: the face at a position was clicked."""
    state.put("face", place + 1)


def show(photo: Photo, key: str) -> None:
    """Draw a photo in which no face was found."""
    face_picker.pick_face(photo.url, photo.size, (), 0, (), lambda position: None, key, TALLEST)


def describe(photo: Photo) -> str:
    """Name, size, number of faces and, where it was not plain, how they were found."""
    faces = ngettext("{count} face", "{count} faces", len(photo.faces)).format(
        count=len(photo.faces)
    )
    size = _("{width} × {height} pixels").format(
        width=number(photo.size[0]), height=number(photo.size[1])
    )
    line = f"{widgets.plain(examples.title(photo.name))} · {size} · {faces}"
    for note in photo.notes:
        line += f" · {note.word}"
    return line if photo.found is Found.DETECTED else f"{line}. {how_found(photo)}"


def file_stem(photo: Photo) -> str:
    """The photo's name without suffix, fit for a file name everywhere."""
    return re.sub(r"[^\w-]+", "_", Path(photo.name).stem)[:60].strip("_") or "photo"


def how_found(photo: Photo) -> str:
    """How the faces came to be found, in a sentence."""
    doubtful = photo.faces and photo.found is Found.NONE
    if photo.is_chip:
        taken = _("The picture has the size of a chip and was taken as it is.")
        return f"{taken} {_('The face detector sees no face in it.')}" if doubtful else taken
    if doubtful:
        return _(
            "No face is in sight. The whole picture was taken as one: the answer means little."
        )
    return photo.found.sentence


def _upload() -> None:
    widget = f"photos.upload.{st.session_state.get(_PASTED, 0)}"
    file = st.file_uploader(
        _("Your photo"),
        type=["image/*"],
        max_upload_size=uploads.largest(MAX_BYTES),
        key=widget,
        on_change=_changed,
        args=("upload", widget),
    )
    if (content := st.session_state.pop(_NEW_CONTENT, None)) is not None:
        _take("upload", _("pasted picture"), content)
    elif file is not None and st.session_state.pop(_NEW, None) == "upload":
        _take("upload", file.name, file.getvalue())


def _paste() -> None:
    face_picker.paste_picture("photos.paste", MAX_BYTES, _pasted)


def _pasted(content: bytes) -> None:
    """Callback: a picture was pasted; the page takes it when it runs."""
    # A new widget, so that it does not go on showing the file that was uploaded before.
    st.session_state[_PASTED] = st.session_state.get(_PASTED, 0) + 1
    st.session_state[_NEW_CONTENT] = content
    state.put("source", "upload")


def _camera() -> None:
    shot = st.camera_input(
        _("Take a picture"),
        key="photos.camera",
        help=_("Browsers open the camera only on this computer itself or over https."),
        on_change=_changed,
        args=("camera", "photos.camera"),
    )
    if shot is not None and st.session_state.pop(_NEW, None) == "camera":
        _take("camera", _("camera picture"), shot.getvalue())


def _changed(source: str, widget: str) -> None:
    """Callback: the viewer gave the widget a photo, or took it away again."""
    if st.session_state.get(widget) is None:
        # Not by a new widget: where a photo replaces another, the browser takes the old one away
        # first and then sends the new one to this very widget.
        _forget(source)
    else:
        st.session_state[_NEW] = source
        state.put("source", source)


def _removal(source: str) -> None:
    """A photo outlives its widget when the page is left; let the viewer remove it."""
    st.button(
        _("Remove the photo"),
        key=f"photos.remove.{source}",
        on_click=_remove,
        args=(source,),
        type="tertiary",
        icon=":material/delete:",
    )


def _remove(source: str) -> None:
    """Callback: forget the photo, and have a widget that shows none."""
    _forget(source)
    st.session_state[_PASTED] = st.session_state.get(_PASTED, 0) + 1


def _forget(source: str) -> None:
    """Forget the photo; an example is in force again."""
    st.session_state.setdefault(_KEPT, {}).pop(source, None)
    state.put("source", "example" if examples.available() else "upload")
    state.put("face", 1)


def bring(name: str, content: bytes, face: int) -> None:
    """Put a picture in force as if the viewer had uploaded it, with one of its faces chosen.

    Args:
        name: of the file.
        content: of the file.
        face: its number, from 1.
    """
    _take("upload", name, content)
    state.put("source", "upload")
    state.put("face", face)


def _take(source: str, name: str, content: bytes) -> None:
    digest = hashlib.sha256(content).hexdigest()
    state.put("face", 1)
    _keep(source, name, digest, lambda: read_picture(content))


def _keep(source: str, name: str, digest: str, picture: Callable[[], Picture]) -> None:
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
