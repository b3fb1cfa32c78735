"""Who is looking: language and theme of the viewer whose script is running."""

from __future__ import annotations

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from core.figures.theme import Mode
from core.text import LANGUAGES

_LANGUAGE = "viewer.language"


def mode() -> Mode:
    """The theme that the viewer sees, as figures want it; dark where it is not known."""
    return "light" if st.context.theme.type == "light" else "dark"


def language() -> str:
    """The viewer's language; English in threads that belong to no viewer."""
    if get_script_run_ctx(suppress_warning=True) is None:
        return "en"
    return str(st.session_state.get(_LANGUAGE, "en"))


def use_language(code: str) -> None:
    """Let the viewer read `code` from here on, in reruns of fragments too."""
    st.session_state[_LANGUAGE] = code


def browser_language() -> str:
    """What the browser prefers, if there is a catalogue for it; English otherwise."""
    code = str(st.context.locale or "en").split("-")[0].lower()
    return code if code in LANGUAGES else "en"
