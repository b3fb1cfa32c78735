"""Comparison: is one network really better, for which expressions, and at what cost?"""

import streamlit as st

from core.text import _
from core.ui import glossary, networks, report_download, widgets
from core.ui.comparison import context, cost, ensemble, leader, pair, seeds, table, view

widgets.page_header(
    _("Comparison"), _("Is one network really better, for which expressions, and at what cost?")
)
top = st.container()
usable = networks.has_results()
shown = view.choose(usable) if usable else None
if shown:
    with top:
        leader.show(shown)
    table.show(shown)
    pair.show(shown)
    seeds.show(shown)
    context.dots(shown)
    context.table()
    cost.show(shown)
    context.crowd(shown)
    ensemble.show(shown)
    glossary.worked(
        ["accuracy", "wilson", "macro", "weighted", "recall", "precision", "f1"],
        shown.networks[shown.reference],
        shown.split,
    )
    report_download.draw()
