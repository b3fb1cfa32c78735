"""How far a batch is, and the buttons that stop, continue and discard it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

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
    _ask_before_leaving()(key="batch.leaving")
    running = batch.job.running
    st.fragment(_draw, run_every=PERIOD if running else None)(batch, running)


@st.cache_resource(show_spinner=False)
def _ask_before_leaving() -> Callable[..., object]:
    script = Path(__file__).parents[1] / "assets" / "ask_before_leaving.js"
    return st.components.v2.component("ask_before_leaving", js=script.read_text(encoding="utf-8"))


def _draw(batch: Batch, was_running: bool) -> None:
    found = batch.job.progress()
    with st.container(border=True):
        st.progress(_share(found), text=_sentence(found))
        with st.container(horizontal=True):
            if found.state in ("waiting", "running", "stopping"):
                st.button(
                    _("Stop"),
                    icon=":material/stop:",
                    key="batch.stop",
                    on_click=batch.job.stop,
                    disabled=found.state == "stopping",
                )
            elif found.state == "stopped" and batch.has_photos:
                st.button(
                    _("Continue"),
                    type="primary",
                    icon=":material/play_arrow:",
                    key="batch.continue",
                    on_click=batch.job.start,
                )
            if found.state in ("stopped", "finished"):
                _discarding(batch)
    if found.state == "finished" and (sentence := left_out_sentence(batch.job.left_out)):
        st.info(sentence, icon=":material/info:")
    if not batch.has_photos:
        st.info(
            _(
                "Nobody was connected for two minutes, so the photos were deleted. What was found "
                "in them is kept for ten minutes: download it."
            ),
            icon=":material/auto_delete:",
        )
    if batch.job.running != was_running or not batches.is_kept(batch):
        st.rerun()


def _discarding(batch: Batch) -> None:
    """The button that asks first."""
    with st.popover(_("Start a new batch"), icon=":material/restart_alt:"):
        st.markdown(_("This deletes the photos and everything that was found in them."))
        st.button(
            _("Discard this batch"),
            type="primary",
            icon=":material/delete:",
            key="batch.discard",
            on_click=batches.discard,
            args=(batch,),
        )


def _share(found: Progress) -> float:
    if found.state == "finished":
        return 1.0
    return min(1.0, found.done / found.total) if found.total else 0.0


def _sentence(found: Progress) -> str:
    parts = [
        {
            "waiting": _("Waiting for other batches, place {place} in the queue").format(
                place=number(found.ahead + 1)
            ),
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
