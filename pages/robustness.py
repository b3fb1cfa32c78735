"""Robustness: how far networks can be trusted when pictures are unlike FER-2013."""

from collections.abc import Callable

from core.text import _
from core.ui import networks, state, widgets
from core.ui.robustness import compared, faces, kinds, matrix, overview, sets
from core.ui.robustness.view import View, choose

SECTIONS: dict[str, Callable[[View], None]] = {
    "kinds": kinds.draw,
    "matrix": matrix.draw,
    "faces": faces.draw,
    "sets": sets.of_view,
    "compared": compared.draw,
}


def section_name(name: str) -> str:
    return {
        "kinds": _("By strength"),
        "matrix": _("Taken for what"),
        "faces": _("On a face"),
        "sets": _("Sets of answers"),
        "compared": _("Networks compared"),
    }[name]


widgets.page_header(
    _("Robustness"),
    _("How far can a network be trusted when the picture is noisy, blurred, dark or covered?"),
)
usable = networks.has_results()
if usable:
    view = choose(usable)
    if view:
        overview.cards(view)
        overview.sentences(view)
        overview.picture(view)
        section = state.choice(
            "topic",
            list(SECTIONS),
            "kinds",
            _("Look closer"),
            text=section_name,
            kind="segmented",
            label_visibility="collapsed",
        )
        SECTIONS[section](view)
    else:
        sets.draw(usable, None)
