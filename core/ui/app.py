"""What every run of the dashboard starts with: language, pages, sidebar, look, address."""

from __future__ import annotations

import logging
from pathlib import Path

import streamlit as st

from core import text
from core.errors import FerLabError
from core.memory import share_heaps
from core.server.app import prepare
from core.text import LANGUAGES, _
from core.ui import faults, sitemap, state, uploads, viewer, widgets
from core.ui._compat import StreamlitPage

ASSETS = Path(__file__).parent / "assets"

log = logging.getLogger(__name__)


def start() -> None:
    """Set up the page, draw the sidebar and run the page that the address names."""
    share_heaps()
    prepare()
    faults.catch_callbacks()
    st.set_page_config(page_icon=sitemap.ICON, layout="wide")
    sitemap.entered()
    text.use_language_source(viewer.language)
    state.begin_run()
    viewer.use_language(state.peek("lang", list(LANGUAGES), viewer.browser_language()))
    page = st.navigation(sitemap.navigation(), expanded=True)
    st.set_page_config(
        page_title=f"{page.title} · FER Lab",
        menu_items={"About": _("FER Lab: train, evaluate and compare facial-expression networks.")},
    )
    st.html(ASSETS / "style.css")
    st.html(ASSETS / "icons.css")
    st.logo(str(ASSETS / "logo.svg"), icon_image=sitemap.ICON, size="large")
    with st.sidebar:
        state.choice(
            "lang",
            list(LANGUAGES),
            viewer.browser_language(),
            _("Language"),
            text=LANGUAGES.__getitem__,
            kind="segmented",
        )
    try:
        _run(page)
        with st.sidebar:
            _pictures()
            _share()
            viewer.watch_theme()
        state.write_address()
    finally:
        sitemap.left()


def _run(page: StreamlitPage) -> None:
    """Run a page; what goes wrong in it is told in its place.

    What breaks it off passes through, a rerun or `st.stop`, which pages therefore do without:
    of such a run the address says nothing.
    """
    faults.tell()
    uploads.tell_refusals()
    try:
        page.run()
    except FerLabError as problem:
        widgets.error_box(str(problem))
    except Exception:
        log.exception("The page %s failed", page.title)
        faults.box()


def _pictures() -> None:
    """How figures are saved; a choice as any other, so drawn before the link."""
    with st.popover(_("Pictures"), type="tertiary", icon=":material/photo_camera:"):
        state.choice(
            "image",
            widgets.PICTURES,
            widgets.PICTURES[0],
            _("The camera button of a figure saves"),
            text=str.upper,
            kind="segmented",
        )


@st.fragment
def _share() -> None:
    """A link to exactly what is on the screen, with a copy button.

    Made anew when it is opened: a choice inside a fragment runs that fragment only.
    """
    icon = ":material/link:"
    with st.popover(_("Link to this view"), type="tertiary", icon=icon, on_change="rerun"):
        st.caption(_("Opens this page with the same choices."))
        st.code(state.link(), language=None, wrap_lines=True)
