"""Every name of Streamlit's that its documentation does not promise, with why it is needed.

All were read in Streamlit 1.67. When a new version is pinned, look at this file first.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

# Elements that functions here return and take have no public name for annotations.
from streamlit.delta_generator import DeltaGenerator

# What `st.secrets` raises where there is no file of secrets; public by its message only.
from streamlit.errors import StreamlitSecretNotFoundError

# `st.navigation` returns this; `st.Page` is a function, so the class has no public name.
from streamlit.navigation.page import StreamlitPage
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.state import SessionState

if TYPE_CHECKING:
    import plotly.graph_objects as go

__all__ = [
    "DeltaGenerator",
    "StreamlitPage",
    "StreamlitSecretNotFoundError",
    "by_history",
    "drop_upload",
    "in_fragment",
    "in_run",
    "page",
    "session",
    "wrap_callbacks",
    "written",
]


@cache
def _written() -> type[go.Figure]:
    import plotly.graph_objects as go  # here, so that Home does without

    class Written(go.Figure):
        def __init__(self, text: str) -> None:
            self._text = text

        def to_dict(self) -> dict[str, Any]:
            return dict(json.loads(self._text))

    return Written


def written(text: str) -> go.Figure:
    """A figure that has been written as JSON, for `st.plotly_chart` to send and nothing else.

    Of a figure `st.plotly_chart` takes `to_dict()`, which copies every property, and writes the
    copy; of a plain dictionary it checks every property first. Nothing of either is needed a
    second time. Read in Plotly 7.1 and Streamlit 1.67, `elements/plotly_chart.py`.
    """
    return _written()(text)


def in_run() -> bool:
    """Whether this thread runs a page for a viewer; session state exists only there."""
    return get_script_run_ctx(suppress_warning=True) is not None


def in_fragment() -> bool:
    """Whether only a fragment runs, so that the end of the page is not reached.

    `fragment_ids_this_run` is None or empty in a run of the whole page.
    """
    context = get_script_run_ctx(suppress_warning=True)
    return context is not None and bool(context.fragment_ids_this_run)


def by_history() -> bool:
    """Whether Back or Forward led to this run: no public name tells it from a link."""
    context = get_script_run_ctx(suppress_warning=True)
    return context is not None and context.is_history_navigation


def page() -> str:
    """The page that this run shows; "" outside of a run.

    `st.context.url` names it too, but only once the browser has reported its address.
    """
    context = get_script_run_ctx(suppress_warning=True)
    return context.page_script_hash if context else ""


def session() -> str:
    """The server's name for the viewer's session; "" outside of a run."""
    context = get_script_run_ctx(suppress_warning=True)
    return context.session_id if context else ""


def drop_upload(file: object) -> None:
    """Drop an uploaded file from the server's memory.

    Streamlit keeps it until its session ends, also when the widget that took it is gone.
    """
    context = get_script_run_ctx(suppress_warning=True)
    manager = context.uploaded_file_mgr if context else None
    if context is not None and isinstance(manager, MemoryUploadedFileManager):
        manager.remove_file(context.session_id, getattr(file, "file_id", ""))


@cache
def wrap_callbacks(wrapper: Callable[[Callable[[], None]], None]) -> None:
    """Have every callback of a widget run by `wrapper`; a second call does nothing.

    Streamlit's own way to take errors, `on_script_error` of an app, comes too late: the page
    does not run after a callback that raised.
    """
    inner: Any = SessionState
    plain = inner._run_callback_and_record_rerun

    def wrapped(state: SessionState, votes: Any, run: Callable[[], None]) -> None:
        plain(state, votes, lambda: wrapper(run))

    inner._run_callback_and_record_rerun = wrapped
