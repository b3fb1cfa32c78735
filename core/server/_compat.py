"""Every name of Streamlit's server that its documentation does not promise, with why it is needed.

All were read in Streamlit 1.67. When a new version is pinned, look at this file first.
"""

from __future__ import annotations

import asyncio
from functools import wraps
from typing import Any

from streamlit import config, net_util
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session, exists, get_instance

# `st.App` makes its own manager of uploads, which keeps them in memory, and takes no other.
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.state import SessionState
from streamlit.runtime.uploaded_file_manager import UploadFileUrlInfo

__all__ = [
    "MemoryUploadedFileManager",
    "UploadFileUrlInfo",
    "bound_address",
    "bound_uploads",
    "end_lost_sessions",
    "is_connected",
    "know_own_address",
    "remember_theme",
    "run_again",
    "upload_manager",
]


def upload_manager() -> MemoryUploadedFileManager | None:
    """What keeps the uploads of this process; None where no server runs."""
    manager = get_instance().uploaded_file_mgr if exists() else None
    return manager if isinstance(manager, MemoryUploadedFileManager) else None


def bound_uploads(megabytes: int) -> None:
    """Have browsers refuse larger files by themselves, with a sentence.

    `st.set_option` takes no option of the server.
    """
    config.set_option("server.maxUploadSize", megabytes)


def bound_address() -> str:
    """Address that the server listens at; "" for all of the machine's.

    `st.get_option` tells it too, but only within a run.
    """
    return str(config.get_option("server.address") or "")


def know_own_address() -> None:
    """Keep Streamlit from asking the internet for the server's address.

    It does when a page of another site knocks, to compare; whether a page comes from the host
    that it calls was looked at before.
    """
    net_util._external_ip = net_util._internal_ip = "127.0.0.1"


def remember_theme() -> None:
    """Read the theme from the settings once, and not at every run of every page.

    It stays the same while the server runs. Looking up its two hundred options six times a run
    took a tenth of the time for which the interpreter is locked. A second call does nothing.
    """
    read = app_session._populate_theme_msg
    if hasattr(read, "__wrapped__"):
        return
    known: dict[str, CustomThemeConfig] = {}

    @wraps(read)
    def remembered(msg: CustomThemeConfig, section: str = "theme") -> None:
        if section not in known:
            found = CustomThemeConfig()
            read(found, section)
            known[section] = found
        # Merging nothing would make an empty part of the message present.
        if known[section].ByteSize():
            msg.MergeFrom(known[section])

    app_session._populate_theme_msg = remembered


def is_connected(session: str) -> bool:
    """Whether the browser of a session is connected at the moment."""
    return exists() and get_instance().is_active_session(session)


def run_again(session: str) -> None:
    """Have a viewer's page drawn again; call it on the thread of the event loop.

    Otherwise only the viewer's clicks and changed sources make a page run.
    """
    info = get_instance()._session_mgr.get_active_session_info(session) if exists() else None
    if info is not None:
        info.session.request_rerun(info.session._client_state)


def end_lost_sessions(patience: float) -> int:
    """End the sessions that were lost longer ago than `server.disconnectedSessionTTL`.

    Streamlit forgets them when the next viewer comes, and lets go of what they held with the
    collection of garbage.

    Args:
        patience: seconds to wait for the event loop, on whose thread sessions are changed.

    Returns:
        How many were ended.
    """
    loop = get_instance()._get_async_objs().eventloop if exists() else None
    if not isinstance(loop, asyncio.AbstractEventLoop):  # no server, or a test's stand-in
        return 0
    return asyncio.run_coroutine_threadsafe(_end_lost(), loop).result(patience)


async def _end_lost() -> int:
    sessions: Any = get_instance()._session_mgr
    lost = sessions._session_storage._cache.expire()
    for _name, info in lost:
        info.session.shutdown()
        # The loop that sends messages goes on holding the last session that it looked at until
        # the next viewer comes: what that session held goes now.
        info.session._session_state = SessionState()
        info.session._fragment_storage.clear()
        info.session._scriptrunner = None
    return len(lost)
