"""Errors: what a network gets wrong, how sure it was of it, and what could have warned."""

from collections.abc import Callable

from core.text import _
from core.ui import networks, report_download, state, widgets
from core.ui.errors import (
    calibration,
    confidence,
    coverage,
    curves,
    images,
    patterns,
    profile,
    subsets,
)
from core.ui.errors.view import View, choose

SECTIONS: dict[str, Callable[[View], None]] = {
    "words": profile.sentences,
    "confidence": confidence.draw,
    "patterns": patterns.draw,
    "calibration": calibration.draw,
    "coverage": coverage.draw,
    "curves": curves.draw,
    "images": images.draw,
    "subsets": subsets.draw,
}


def section_name(name: str) -> str:
    return {
        "words": _("In words"),
        "confidence": _("Confidence"),
        "patterns": _("Kinds of mistakes"),
        "calibration": _("Calibration"),
        "coverage": _("Coverage"),
        "curves": _("ROC and PR"),
        "images": _("Hard images"),
        "subsets": _("Copies and crowd"),
    }[name]


widgets.page_header(_("Errors"), _("What goes wrong, how sure the network was, and why."))
usable = networks.has_results()
if usable:
    view = choose(usable)
    if view:
        profile.cards(view)
        section = state.choice(
            "section",
            list(SECTIONS),
            "words",
            _("Look closer"),
            text=section_name,
            kind="segmented",
            label_visibility="collapsed",
        )
        SECTIONS[section](view)
    report_download.draw()
