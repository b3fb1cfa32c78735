"""Connecting: the servers that the operator named, and a check that says what is wrong."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from core.live import connection
from core.live.connection import Access, IceServer, SetupError, Source
from core.text import _
from core.ui import widgets
from core.ui._compat import StreamlitSecretNotFoundError
from core.ui.live.measurements import SILENT
from core.ui.live.stream import Playing, Session

_RUN = "live.check.run"


def servers() -> list[IceServer]:
    """The ICE servers in force; problems with them are shown, and leave none."""
    try:
        given = connection.access(os.environ, _secrets())
        return _servers(given.source, tuple(sorted(given.values.items())))
    except SetupError as problem:
        widgets.error_box(str(problem), _("The connection is not set up right"))
        return []


# Half of the lifetime: what is handed out works for as long again at least.
@st.cache_data(max_entries=4, ttl=connection.LIFETIME // 2, show_spinner=False)
def _servers(source: Source, values: tuple[tuple[str, str], ...]) -> list[IceServer]:
    return connection.ice_servers(Access(source, dict(values)))


def _secrets() -> dict[str, Mapping[str, str]]:
    try:
        return {name: st.secrets[name] for name in connection.KEYS if name in st.secrets}
    except StreamlitSecretNotFoundError:
        return {}


def camera_problem() -> None:
    """Draw in words what the browser said when the camera was to be started; mostly nothing."""
    result = _component("live_error")(key="live_error", on_error_change=lambda: None)
    name = str(result.get("error") or "") if result else ""
    if name:
        st.warning(connection.camera(name).text, icon=":material/videocam_off:")


def break_problem(viewer: Session, now: Playing) -> None:
    """Draw why the video is over where the viewer did not stop it: it had lost its connection."""
    if now.playing or now.connecting:
        viewer.broken = False
    elif viewer.played:
        silent = viewer.processor.live().readouts.silent
        viewer.broken = silent is not None and silent > SILENT
    viewer.played = now.playing
    if viewer.broken:
        st.warning(
            _(
                "The video broke off: no picture came any more. Start the camera again; if it "
                "breaks off often, use the check below, or take snapshots."
            ),
            icon=":material/link_off:",
        )


def check(given: list[IceServer]) -> None:
    """Draw the button of the check in the browser and what it found."""
    st.markdown(
        _(
            "No picture after ten seconds? The check opens the camera for a moment and looks for "
            "a way through the network. Nothing leaves this page."
        )
    )
    run = st.session_state.setdefault(_RUN, 0)
    st.button(
        _("Check camera and connection"),
        icon=":material/troubleshoot:",
        key="live.check.button",
        on_click=_again,
    )
    if not run:
        return
    result = _component("live_check")(
        key="live_check", data={"run": run, "servers": given}, on_report_change=lambda: None
    )
    report = result.get("report") if result else None
    if not isinstance(report, dict) or report.get("run") != run:
        st.caption(_("Checking …"))
        return
    show(report, given)


def show(report: Mapping[str, Any], given: list[IceServer]) -> None:
    """Draw what a report means."""
    for finding in connection.explain(report, given):
        widgets.verdict(finding.text, finding.good)


def _again() -> None:
    st.session_state[_RUN] = st.session_state.get(_RUN, 0) + 1


@st.cache_resource(show_spinner=False, max_entries=4)
def _component(name: str) -> Callable[..., Any]:
    script = Path(__file__).parent.parent / "assets" / f"{name}.js"
    return st.components.v2.component(name, js=script.read_text(encoding="utf-8"))
