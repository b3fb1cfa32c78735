"""What a batch found so far; usable while it runs and after a stop."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from core.batch.kinds import accepted
from core.text import _
from core.ui import state, widgets
from core.ui.batch import downloads, gallery, own_labels, summary
from core.ui.batch.batches import Batch
from core.ui.batch.faces import Found, faces

Part = Callable[[Batch, Sequence[Found]], None]

PARTS: dict[str, tuple[Part, float | None]] = {
    "gallery": (gallery.draw, 5.0),
    "summary": (summary.draw, 20.0),
    "labels": (own_labels.draw, 20.0),
    "files": (downloads.draw, None),
}
"""What is drawn, and how many seconds lie between two looks at a running batch: long enough
to read and click, and for figures to be drawn on a machine that is busy with the batch."""


def draw(batch: Batch) -> None:
    """Draw one part of the results, chosen by the viewer."""
    part = state.choice(
        "results",
        list(PARTS),
        "gallery",
        _("Results"),
        text=lambda name: {
            "gallery": _("Gallery"),
            "summary": _("Summary"),
            "labels": _("Your labels"),
            "files": _("Download"),
        }[name],
        kind="segmented",
        label_visibility="collapsed",
    )
    show, period = PARTS[part]
    st.fragment(_draw, run_every=period if batch.job.running else None)(batch, show)


def _draw(batch: Batch, show: Part) -> None:
    found = faces(batch.job.outcomes())
    if found:
        show(batch, found)
    elif batch.job.progress().state == "finished":
        widgets.empty_state(_("No pictures in these files"), accepted())
    else:
        st.caption(_("The first faces will appear here in a moment."))
