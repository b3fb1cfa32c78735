"""Faults told in our own words: of a page, of a part that runs alone, of a widget's callback."""

from __future__ import annotations

import logging
from collections.abc import Callable

import streamlit as st

from core.errors import FerLabError
from core.text import _
from core.ui import _compat, widgets

ICON = ":material/bug_report:"

_PROBLEMS = "faults.problems"

log = logging.getLogger(__name__)


def box() -> None:
    """Say that the program itself is at fault."""
    st.error(_("Something went wrong on this page. The other pages still work."), icon=ICON)


def explain(problem: Exception) -> bool:
    """Take the place of Streamlit's own box where an error reaches it; always True."""
    if isinstance(problem, FerLabError):
        widgets.error_box(str(problem))
    else:
        box()
    return True


def catch_callbacks() -> None:
    """Have errors of all callbacks told by the next run of the page, above everything else.

    Streamlit runs callbacks before the page: an error in one takes the whole page's place.
    """
    _compat.wrap_callbacks(_caught)


def _caught(callback: Callable[[], None]) -> None:
    """Run a callback, and keep what goes wrong in it."""
    problems: list[str] = st.session_state.setdefault(_PROBLEMS, [])
    try:
        callback()
    except FerLabError as problem:
        problems.append(str(problem))
    except Exception:
        log.exception("A callback failed")
        problems.append("")
    if problems and _compat.in_fragment():
        st.rerun()


def tell() -> None:
    """Draw what went wrong in callbacks since the last run."""
    for problem in st.session_state.pop(_PROBLEMS, []):
        if problem:
            widgets.error_box(problem, _("The last change could not be made"))
        else:
            st.error(
                _("The last change ran into a fault of this program, and was not made."),
                icon=ICON,
            )
