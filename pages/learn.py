"""Learn: how the networks are built, a glossary with worked numbers, a matrix to edit, a quiz."""

import streamlit as st

from core.evaluation.results import NetworkResults
from core.text import _
from core.ui import glossary, networks, resources, state, widgets, words
from core.ui.learn import ideas, layers, matrix_editor, quiz
from core.words.glossary import entries


def terms(usable: list[NetworkResults]) -> None:
    if not usable:
        networks.no_results()
        return
    by_id = {item.id: item for item in usable}
    left, middle, right = st.columns([2, 2.3, 1.5])
    with left:
        item = by_id[
            state.choice(
                "model",
                list(by_id),
                next(iter(by_id)),
                _("Worked with the numbers of"),
                text=lambda name: by_id[name].title,
            )
        ]
    with middle:
        split = networks.split_chooser()
    with right:
        focus = state.choice(
            "class", item.classes, item.classes[0], _("Class"), text=words.class_label
        )
    rival = next((other for other in usable if other.id != item.id), None)
    found = glossary.example(item, split, focus, rival)
    if found is None:
        st.info(_("Not measured on this split."), icon=":material/info:")
        return
    with widgets.card_grid(3, min_width=300):
        for term in entries(found):
            with st.container(border=True, height="stretch", gap="small"):
                glossary.draw(term)


PARTS = {
    "networks": layers.draw,
    "ideas": ideas.draw,
    "terms": terms,
    "matrix": matrix_editor.draw,
    "quiz": quiz.draw,
}


def part_name(name: str) -> str:
    return {
        "networks": _("Networks"),
        "ideas": _("Five ideas"),
        "terms": _("Glossary"),
        "matrix": _("A matrix to edit"),
        "quiz": _("Quiz: ten faces"),
    }[name]


widgets.page_header(
    _("Learn"), _("How the networks are built, what their numbers mean, and how well you would do.")
)
everything = resources.results()
networks.problems(everything)
usable = networks.in_order([item for item in everything if item.usable])
# The glossary stood first once: an address with one of its choices still opens it.
first = "terms" if {"class", "split"} & set(st.query_params) else "networks"
part = state.choice(
    "part", list(PARTS), first, _("Part"), text=part_name, kind="segmented",
    label_visibility="collapsed",
)  # fmt: skip
PARTS[part](usable)
