"""Who is looking: language and theme of the viewer whose script is running."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from core import text
from core.figures.theme import Mode
from core.text import LANGUAGES
from core.ui import _compat

_LANGUAGE = "viewer.language"


def mode() -> Mode:
    """The theme that the viewer sees, as figures want it; dark where it is not known."""
    return "light" if st.context.theme.type == "light" else "dark"


def watch_theme() -> None:
    """Run again when the viewer switches between dark and light, so that figures follow."""
    _theme_watch()(key="theme_watch", on_changed_change=_nothing)


@st.cache_resource(show_spinner=False)
def _theme_watch() -> Callable[..., object]:
    script = Path(__file__).parent / "assets" / "theme_watch.js"
    return st.components.v2.component("theme_watch", js=script.read_text(encoding="utf-8"))


def _nothing() -> None:
    """Having a callback is what makes a change run the page again."""


def language() -> str:
    """The viewer's language; English in threads that belong to no viewer."""
    if not _compat.in_run():
        return "en"
    return str(st.session_state.get(_LANGUAGE, "en"))


def use_language(code: str) -> None:
    """Let the viewer read `code` from here on, in reruns of fragments too."""
    st.session_state[_LANGUAGE] = code
    text.speak(code)


def browser_language() -> str:
    """What the browser prefers, if there is a catalogue for it; English otherwise."""
    code = str(st.context.locale or "en").split("-")[0].lower()
    return code if code in LANGUAGES else "en"
