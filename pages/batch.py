"""Batch: thousands of photos, archives and videos, as a gallery, numbers and a table."""

import streamlit as st

from core.text import _
from core.ui import resources, widgets
from core.ui.batch import batches, progress, results, start

widgets.page_header(
    _("Batch"),
    _("Many photos, zip archives or videos at once: every face, every network, one table."),
)
batch = batches.current()
cards = resources.cards()
if batch is not None:
    progress.draw(batch)
    results.draw(batch)
elif cards:
    if batches.is_gone():
        st.info(
            _("That batch is not kept any more, or was begun in another browser."),
            icon=":material/auto_delete:",
        )
    start.draw(cards)
else:
    widgets.empty_state(
        _("No networks yet"),
        _("A batch needs at least one network to name the expressions."),
        "python -m core train cnn_48",
        ("training", _("How networks are trained")),
    )
st.caption(
    _(
        "A batch goes on while you look at other pages, and outlasts a reload. Its photos are "
        "deleted when you discard it or, at the latest, two minutes after the tab is closed. "
        "An expression is not an emotion: this is nothing to judge people by."
    )
)
