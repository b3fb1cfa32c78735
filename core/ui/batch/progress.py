"""How far a batch is, and the buttons that stop, continue and discard it."""

from __future__ import annotations

import streamlit as st

from core.batch.job import Progress
from core.batch.kinds import left_out_sentence
from core.text import _, number
from core.ui.batch import batches
from core.ui.batch.batches import Batch

PERIOD = 1.0
"""Seconds between two looks at a running batch."""


def draw(batch: Batch) -> None:
    """Draw the bar and the buttons; they keep themselves up to date."""
    running = batch.job.running
    st.fragment(_draw, run_every=PERIOD if running else None)(batch, running)


def _draw(batch: Batch, was_running: bool) -> None:
    found = batch.job.progress()
    with st.container(border=True):
        st.progress(_share(found), text=_sentence(found))
        with st.container(horizontal=True):
            if found.state in ("running", "stopping"):
                st.button(
                    _("Stop"),
                    icon=":material/stop:",
                    key="batch.stop",
                    on_click=batch.job.stop,
                    disabled=found.state == "stopping",
                )
            elif found.state == "stopped":
                st.button(
                    _("Continue"),
                    type="primary",
                    icon=":material/play_arrow:",
                    key="batch.continue",
                    on_click=batch.job.start,
                )
            if found.state in ("stopped", "finished"):
                st.button(
                    _("Discard and start a new batch"),
                    icon=":material/delete:",
                    key="batch.discard",
                    on_click=batches.discard,
                )
    if found.state == "finished" and (sentence := left_out_sentence(batch.job.left_out)):
        st.info(sentence, icon=":material/info:")
    if batch.job.running != was_running or batches.current() is not batch:
        st.rerun()


def _share(found: Progress) -> float:
    if found.state == "finished":
        return 1.0
    return min(1.0, found.done / found.total) if found.total else 0.0


def _sentence(found: Progress) -> str:
    parts = [
        {
            "running": _("Running"),
            "stopping": _("Stopping after the pictures at hand"),
            "stopped": _("Stopped"),
            "finished": _("Finished"),
        }[found.state],
        _("{done} of {total} pictures").format(
            done=number(found.done), total=number(max(found.total, found.done))
        ),
    ]
    if found.state == "running" and found.rate:
        parts.append(_("{rate} a second").format(rate=number(found.rate, 1)))
    if found.left is not None:
        parts.append(_("{time} left").format(time=duration(found.left)))
    if found.state in ("stopped", "finished"):
        parts.append(_("{time} of work").format(time=duration(found.seconds)))
    return " · ".join(parts)


def duration(seconds: float) -> str:
    """A time in the largest units that say enough."""
    whole = round(seconds)
    if whole < 60:
        return _("{seconds} s").format(seconds=number(whole))
    if whole < 3600:
        return _("{minutes} min {seconds} s").format(
            minutes=number(whole // 60), seconds=number(whole % 60)
        )
    return _("{hours} h {minutes} min").format(
        hours=number(whole // 3600), minutes=number(whole % 3600 // 60)
    )
