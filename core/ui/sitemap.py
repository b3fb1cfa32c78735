"""The one list of pages: sections, titles and icons of the sidebar."""

from __future__ import annotations

import streamlit as st

from core import paths
from core.text import _


def has_page(name: str) -> bool:
    """Whether `pages/<name>.py` is part of this installation."""
    return (paths.ROOT / "pages" / f"{name}.py").is_file()


def sections() -> dict[str, list[tuple[str, str, str]]]:
    """Every page by section, in the sidebar's order: file name, title, icon."""
    return {
        "": [("home", _("Home"), "home")],
        _("Try it"): [
            ("predict", _("Predict"), "add_reaction"),
            ("batch", _("Batch"), "photo_library"),
            ("live", _("Live"), "videocam"),
        ],
        _("Networks"): [
            ("results", _("Results"), "leaderboard"),
            ("comparison", _("Comparison"), "compare_arrows"),
            ("confusion", _("Confusion matrix"), "grid_on"),
            ("errors", _("Errors"), "troubleshoot"),
            ("training", _("Training"), "show_chart"),
        ],
        _("Background"): [
            ("dataset", _("Dataset"), "dataset"),
            ("preprocessing", _("Preprocessing"), "crop_free"),
            ("learn", _("Learn"), "school"),
        ],
    }


def navigation() -> dict[str, list[st.Page]]:
    """The pages that exist, as `st.navigation` wants them."""
    folder = paths.ROOT / "pages"
    found = {
        section: [
            st.Page(
                folder / f"{name}.py",
                title=title,
                icon=f":material/{icon}:",
                default=name == "home",
            )
            for name, title, icon in entries
            if has_page(name)
        ]
        for section, entries in sections().items()
    }
    return {section: pages for section, pages in found.items() if pages}
