"""Before a batch: the files, the networks, and the button that starts."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import streamlit as st
from PIL import Image

from core.batch.kinds import ARCHIVES, IMAGES, VIDEOS, accepted, suffix
from core.batch.pipeline import CROP
from core.engine.catalogue import default_network
from core.evaluation.conformal import LEVELS
from core.schema import Card
from core.text import _, ngettext, number
from core.ui import examples, networks, state, widgets
from core.ui import uploads as uploading
from core.ui.batch import batches

PICKS = ("files", "folder")

SEARCHES = ("careful", "quick", "crops")

LOOKED_AT = 50
"""Files whose size is looked at before the batch begins."""

_PROBLEM = "batch.start.problem"


def draw(cards: list[Card]) -> None:
    """Draw the form."""
    with st.container(border=True):
        pick = state.choice(
            "pick",
            PICKS,
            "files",
            _("Add"),
            text=lambda name: {"files": _("Files"), "folder": _("A folder")}[name],
            kind="segmented",
        )
        uploads = st.file_uploader(
            _("Photos, zip archives and videos"),
            accept_multiple_files="directory" if pick == "folder" else True,
            max_upload_size=uploading.largest(),
            key=f"batch.upload.{pick}",
            help=accepted()
            + " "
            + _(
                "Folders in a zip archive are read too. If folders or files are named after "
                "expressions, such as angry/1.jpg, the networks' accuracy is measured on them."
            ),
        )
        if pick == "folder":
            # Browsers hand a folder over in any order.
            uploads = sorted(uploads, key=lambda upload: PurePosixPath(upload.name).parts)
        default = [default_network(cards).id]
        chosen = networks.choose_many(cards, default, caption=False)
        with st.container(horizontal=True, gap="large"):
            search = _search()
            level = _sets()
        if search != "crops":
            _propose_crops(uploads)
        every = _every([upload.name for upload in uploads])
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                _("Start"),
                type="primary",
                icon=":material/play_arrow:",
                disabled=not (uploads and chosen),
                key="batch.start",
                on_click=_begin,
                args=(uploads, chosen, every, search, level),
            )
            ours = _examples() if not uploads and chosen else []
            if ours:
                st.button(
                    _("Try it with our photos"),
                    icon=":material/face:",
                    key="batch.examples",
                    on_click=_begin,
                    args=(ours, chosen, every, search, level),
                )
            st.caption(_invitation(len(uploads), len(chosen)))
    networks.explain(chosen)
    if problem := st.session_state.pop(_PROBLEM, None):
        widgets.error_box(problem, _("The batch could not be started"))


def _begin(
    uploads: Sequence[batches.Upload],
    cards: list[Card],
    every: float,
    search: str,
    level: float | None,
) -> None:
    """Callback of the button."""
    try:
        batches.begin(uploads, cards, every, search == "quick", level, search == "crops")
    except OSError as reason:
        st.session_state[_PROBLEM] = str(reason)


@dataclass(frozen=True)
class _Example:
    """A photo of the folder of examples, as if it had been uploaded."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.name

    def getbuffer(self) -> memoryview:
        return memoryview(self.path.read_bytes())


def _examples() -> list[_Example]:
    return [_Example(path) for path in examples.photos()]


def _search() -> str:
    return state.choice(
        "search",
        SEARCHES,
        "careful",
        _("Search for faces"),
        text=lambda name: {
            "careful": _("Careful"),
            "quick": _("Quick"),
            "crops": _("None: face crops"),
        }[name],
        kind="segmented",
        help=_(
            "Careful looks at every photo at 640 pixels. Quick looks at 256 pixels first, and "
            "closer only where that leaves a doubt. It can miss small faces beside a large one, "
            "and its crops lie a little differently, which may change the answer for a face. Face "
            "crops are taken as they are, as datasets of aligned faces have them."
        ),
    )


def _propose_crops(uploads: Sequence[batches.Upload]) -> None:
    """Ask whether small pictures of one size are face crops already."""
    sizes = {_size(upload) for upload in uploads[:LOOKED_AT] if suffix(upload.name) in IMAGES}
    size = sizes.pop() if len(sizes) == 1 and len(uploads) > 1 else None
    if size is None or max(size) >= CROP:
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(
            _("All pictures have {width} × {height} pixels. Are they face crops already?").format(
                width=number(size[0]), height=number(size[1])
            )
        )
        st.button(
            _("Take them as they are"),
            icon=":material/crop_free:",
            key="batch.crops",
            on_click=state.put,
            args=("search", "crops"),
        )


def _size(upload: batches.Upload) -> tuple[int, int] | None:
    """Width and height by the file's header; None where it does not say."""
    try:
        with Image.open(io.BytesIO(upload.getbuffer())) as image:
            return image.size
    except Exception:  # noqa: BLE001  (the batch will say what is wrong)
        return None


def _sets() -> float | None:
    """Stated coverage of the sets of answers, None for none."""
    chosen = state.choice(
        "sets",
        (0, *(round(100 * level) for level in LEVELS)),
        0,
        _("Sets of answers"),
        text=lambda value: f"{value}%" if value else _("None"),
        kind="segmented",
        help=_(
            "As many expressions for each face as it takes to hold the right one in so many of 100 "
            "faces like those of FER-2013. For other photos nothing is promised; the Robustness "
            "page shows how far it may fail."
        ),
    )
    return chosen / 100 if chosen else None


def _every(names: list[str]) -> float:
    """Seconds between frames; asked for where there may be a video."""
    if not any(suffix(name) in VIDEOS | ARCHIVES for name in names):
        return 1.0
    return state.slider(
        "every",
        0.2,
        10.0,
        1.0,
        _("Seconds between the frames of a video that are looked at"),
        step=0.2,
    )


def _invitation(files: int, chosen: int) -> str:
    if not files:
        return _(
            "Add files to begin. They stay on this server until you discard the batch or close the "
            "tab."
        )
    if not chosen:
        return _("Choose at least one network.")
    return ngettext("{count} file is ready.", "{count} files are ready.", files).format(
        count=number(files)
    )
