"""Faults told in our own words: of a page, of a part that runs alone, of a widget's callback."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import streamlit as st

from core.errors import FerLabError
from core.text import _
from core.ui import widgets

P = ParamSpec("P")

ICON = ":material/bug_report:"

_PROBLEMS = "faults.problems"

log = logging.getLogger(__name__)


def box() -> None:
    """Say that the program itself is at fault."""
    st.error(_("This page ran into a fault of its own. The other pages still work."), icon=ICON)


def explain(problem: Exception) -> bool:
    """Take the place of Streamlit's own box where an error reaches it; always True."""
    if isinstance(problem, FerLabError):
        widgets.error_box(str(problem))
    else:
        box()
    return True


def caught(callback: Callable[P, object]) -> Callable[P, None]:
    """A callback whose errors the next run of the page tells, above everything else.

    Streamlit runs callbacks before the page: an error in one would take the whole page's place.
    """

    @wraps(callback)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            callback(*args, **kwargs)
        except FerLabError as problem:
            _problems().append(str(problem))
        except Exception:
            log.exception("The callback %s failed", getattr(callback, "__qualname__", callback))
            _problems().append("")

    return guarded


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


def _problems() -> list[str]:
    problems: list[str] = st.session_state.setdefault(_PROBLEMS, [])
    return problems
