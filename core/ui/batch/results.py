"""What a batch found so far; usable while it runs and after a stop."""

from __future__ import annotations

import streamlit as st

from core.text import _
from core.ui import state
from core.ui.batch import downloads, gallery, own_labels, summary
from core.ui.batch.batches import Batch
from core.ui.batch.faces import faces

PERIOD = 5.0
"""Seconds between two looks at a running batch: slow enough to read and click."""

PARTS = ("gallery", "summary", "labels", "files")


def draw(batch: Batch) -> None:
    """Draw one part of the results, chosen by the viewer."""
    st.fragment(_draw, run_every=PERIOD if batch.job.running else None)(batch)


def _draw(batch: Batch) -> None:
    part = state.choice(
        "part",
        PARTS,
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
    found = faces(batch.job.outcomes())
    if not found:
        st.caption(_("The first faces will appear here in a moment."))
    elif part == "gallery":
        gallery.draw(batch, found)
    elif part == "summary":
        summary.draw(batch, found)
    elif part == "labels":
        own_labels.draw(batch, found)
    else:
        downloads.draw(batch)
