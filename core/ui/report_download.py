"""The whole comparison as a file to keep: a web page that works offline, and a PDF."""

from __future__ import annotations

from functools import partial

import streamlit as st

from core import paths
from core.files import Stamp, stamp
from core.text import LANGUAGES, _, language
from core.ui import widgets

KINDS = ("html", "pdf")


def draw() -> None:
    """Two buttons; the file is made when one is clicked."""
    labels = {"html": _("Report (HTML)"), "pdf": _("Report (PDF)")}
    st.header(_("Take it away"), anchor=False)
    st.caption(
        _(
            "All networks, their matrices, curves and reservations in one file: as a page that "
            "needs no network, or ready to print. Takes a few seconds."
        )
    )
    with st.container(horizontal=True, gap="small"):
        for kind in KINDS:
            widgets.download(
                labels[kind],
                partial(_report, kind, language(), _files()),
                f"fer-lab.{kind}",
                f"report_{kind}",
                quiet=False,
            )


def _files() -> Stamp:
    return stamp(paths.results(), "*/*") + stamp(paths.models(), "*/card.json")


@st.cache_data(max_entries=len(KINDS) * len(LANGUAGES), show_spinner=False)
def _report(kind: str, code: str, files: Stamp) -> bytes:
    """Runs outside the viewer's script, so the language comes as an argument."""
    from core.report import build

    return {"html": build.page, "pdf": build.paper}[kind](code)
