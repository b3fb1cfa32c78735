"""How the viewer came to the address: by a link, or by the browser's Back and Forward."""

from __future__ import annotations

import streamlit as st

from core.ui import _compat

Place = tuple[str, frozenset[tuple[str, tuple[str, ...]]]]
"""A page, and the choices that the address names."""

_PAGE = "visits.page"
_ENDED = "visits.ended"


def by_history() -> bool:
    """Whether Back or Forward led to this run."""
    return _compat.by_history()


def by_navigation() -> bool:
    """Whether this run shows another page than the one before, and not by Back or Forward.

    A link of the navigation empties the address, but the frontend still reports what stood
    in it, so that nothing seems to have changed.
    """
    previous = st.session_state.get(_PAGE)
    return previous not in (None, _compat.page()) and not by_history()


def back_at_an_answer() -> bool:
    """Whether Back or Forward led to an address at which a run had ended.

    What such an address does not name was at its default then.
    """
    return by_history() and _place() in st.session_state.get(_ENDED, ())


def ended() -> None:
    """Remember where a run ended; called when the address has been written.

    A link of the navigation leaves the page's bare address in the history before the page
    writes its own: where these differ, the bare one says nothing about what was shown.
    """
    places: set[Place] = st.session_state.setdefault(_ENDED, set())
    place = _place()
    if by_navigation() and place[1]:
        places.discard((place[0], frozenset()))
    if not by_history():
        places.add(place)
    st.session_state[_PAGE] = place[0]


def _place() -> Place:
    choices = ((key, tuple(st.query_params.get_all(key))) for key in st.query_params)
    return _compat.page(), frozenset(choices)
