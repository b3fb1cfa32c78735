"""The one list of pages: sections, titles, purposes and icons."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from core import paths
from core.text import _

ICON = str(Path(__file__).parent / "assets" / "mark.svg")
"""The browser tab's icon. Set before the navigation, which would else fetch one from the web."""

_WAY = "sitemap.way"


@dataclass(frozen=True)
class Entry:
    """One page.

    Attributes:
        name: of the file in `pages/`, without its suffix.
        title: in the sidebar and in the browser's tab.
        purpose: one sentence for links to it.
        icon: name of a Material symbol.
    """

    name: str
    title: str
    purpose: str
    icon: str


def has_page(name: str) -> bool:
    """Whether `pages/<name>.py` is part of this installation."""
    return (paths.ROOT / "pages" / f"{name}.py").is_file()


def sections() -> dict[str, list[Entry]]:
    """The pages that exist by section, in the sidebar's order."""
    found = {
        section: [entry for entry in entries if has_page(entry.name)]
        for section, entries in _all().items()
    }
    return {section: entries for section, entries in found.items() if entries}


def navigation() -> dict[str, list[st.Page]]:
    """The pages as `st.navigation` wants them."""
    folder = paths.ROOT / "pages"
    return {
        section: [
            st.Page(
                folder / f"{entry.name}.py",
                title=entry.title,
                icon=f":material/{entry.icon}:",
                default=entry.name == "home",
            )
            for entry in entries
        ]
        for section, entries in sections().items()
    }


def enter_through_home() -> None:
    """Send a run that began in the page's own file through `Home.py`.

    Streamlit takes `pages/` for its old automatic navigation until some viewer's run has
    called `st.navigation`: the first address opened after a start would be a bare page.
    """
    if st.session_state.get(_WAY) is not None:
        return
    st.session_state[_WAY] = "sent"
    st.set_page_config(page_icon=ICON)
    st.navigation(navigation(), position="hidden")
    st.rerun()


def entered() -> None:
    """Note that this run came through `Home.py`."""
    st.session_state[_WAY] = "entered"


def left() -> None:
    """Note that the run is over, so that the next one is looked at afresh."""
    st.session_state[_WAY] = None


def _all() -> dict[str, list[Entry]]:
    return {
        "": [Entry("home", _("Home"), "", "home")],
        _("Try it"): [
            Entry(
                "predict",
                _("Predict"),
                _("One photo: every face, what two networks make of it, and where they looked."),
                "add_reaction",
            ),
            Entry(
                "batch",
                _("Batch"),
                _("Many photos at once, with a table to download."),
                "photo_library",
            ),
            Entry(
                "live",
                _("Live camera"),
                _("Your webcam, every face in it, while it runs."),
                "videocam",
            ),
        ],
        _("Networks"): [
            Entry(
                "results",
                _("Results"),
                _("Settings and scores of every network side by side."),
                "leaderboard",
            ),
            Entry(
                "comparison",
                _("Comparison"),
                _("Is one network really better, and for which expressions?"),
                "compare_arrows",
            ),
            Entry(
                "confusion",
                _("Confusion matrix"),
                _("Which expressions a network takes for which."),
                "grid_on",
            ),
            Entry(
                "errors",
                _("Errors"),
                _("What goes wrong, and how sure the network was of it."),
                "troubleshoot",
            ),
            Entry(
                "robustness",
                _("Robustness"),
                _("How far a network can be trusted when the picture is noisy, blurred or dark."),
                "shield",
            ),
            Entry(
                "training",
                _("Training"),
                _("Learning curves, the best epoch, and whether a network overfits."),
                "show_chart",
            ),
        ],
        _("Background"): [
            Entry(
                "dataset",
                _("Dataset"),
                _("What FER-2013 holds: counts, mean faces, copies and contradictions."),
                "dataset",
            ),
            Entry(
                "preprocessing",
                _("Preprocessing"),
                _("From a photo to what a network receives, step by step."),
                "crop_free",
            ),
            Entry(
                "learn",
                _("Learn"),
                _("How the networks work and how to read their numbers."),
                "school",
            ),
            Entry("about", _("About"), _("Version, licence, and what to cite."), "info"),
        ],
    }
