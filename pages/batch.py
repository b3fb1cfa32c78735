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
        "A batch goes on while you look at other pages, and ends when you close the browser's tab. "
        "An expression is not an emotion: this is nothing to judge people by."
    )
)
