"""Recording a session as numbers, and handing it out."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.figures.labels import class_label
from core.live.recording import LIMIT, Recording
from core.rows import csv_text, parquet
from core.text import _, ngettext, number, percent
from core.ui import resources, widgets


def controls(recording: Recording, playing: bool) -> None:
    """Draw the switch, how much there is, and the downloads.

    A file has exactly the frames that the page spoke of when it was asked for, whatever came
    in since; and frames still on their way when the camera stops are left out.
    """
    on = st.toggle(
        _("Record the numbers"),
        key="live.recording",
        value=recording.on,
        help=_(
            "Times, places of faces and probabilities, never a picture. Kept when the camera "
            "stops, until you clear it or close the tab."
        ),
    )
    recording.on = on
    recording.paused = not playing
    if recording.full:
        st.warning(
            _("The recording is full at {count} rows and takes in nothing more.").format(
                count=number(LIMIT)
            ),
            icon=":material/inventory_2:",
        )
    if not recording.rows:
        st.caption(_("Nothing is recorded yet."))
        return
    found = recording.summary()
    frames = ngettext("{count} frame", "{count} frames", found.frames)
    faces = ngettext("{count} face", "{count} faces", found.faces)
    st.caption(
        " · ".join(
            [
                frames.format(count=number(found.frames)),
                faces.format(count=number(found.faces)),
                _("{seconds} s").format(seconds=number(found.seconds)),
                _("{count} rows").format(count=number(found.rows)),
            ]
        )
    )
    with st.container(horizontal=True):
        hashes = {card.id: card.model_sha256 for card in resources.cards()}
        widgets.download(
            "CSV",
            lambda: csv_text(recording.table(hashes, found.frames), recording.classes),
            "session.csv",
            "live.csv",
            quiet=False,
        )
        widgets.download(
            "Parquet",
            lambda: parquet(recording.table(hashes, found.frames), recording.classes),
            "session.parquet",
            "live.parquet",
            quiet=False,
        )
        st.button(
            _("Clear the recording"),
            key="live.clear",
            on_click=recording.clear,
            type="tertiary",
            icon=":material/delete:",
        )


def summary(recording: Recording, titles: dict[str, str]) -> None:
    """Draw how often each expression was the likeliest."""
    found = recording.summary()
    if not found.shares:
        return
    names = dict.fromkeys(name for shares in found.shares.values() for name in shares)
    frame = pd.DataFrame(
        {
            widgets.plain(titles.get(network, network)): [
                percent(shares.get(name, 0.0)) for name in names
            ]
            for network, shares in found.shares.items()
        },
        index=[class_label(name) for name in names],
    )
    widgets.table(
        frame,
        "live_summary",
        _("Share of the recorded faces for which an expression was the likeliest."),
    )
