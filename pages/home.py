"""Home: which network is ahead, a face that it read, and the way in."""

import streamlit as st

from core.text import _
from core.ui import networks, sitemap, widgets
from core.ui.home import headline, intervals, photo


def door(page: str, title: str, text: str, icon: str) -> None:
    with st.container(border=True, gap="xxsmall", height="stretch"):
        widgets.page_link(page, f"**{title}**", f":material/{icon}:")
        st.caption(text)


def doors() -> None:
    with widgets.card_grid(3, min_width=220):
        door(
            "predict",
            _("Try a photo"),
            _("Yours or one of ours: every face in it, and where the networks looked."),
            "add_reaction",
        )
        door(
            "confusion",
            _("Read a confusion matrix"),
            _("Which expressions are taken for which, with the faces behind each cell."),
            "grid_on",
        )
        door(
            "comparison",
            _("Compare networks"),
            _("Is one really better, for which expressions, and at what cost?"),
            "compare_arrows",
        )


def more() -> None:
    """The other pages: on a phone the sidebar is folded away."""
    opened = {"home", "predict", "confusion", "comparison"}
    with st.container(horizontal=True, gap="small", key="home_more"):
        for entries in sitemap.sections().values():
            for entry in entries:
                if entry.name not in opened:
                    widgets.page_link(entry.name, entry.title, f":material/{entry.icon}:")


widgets.page_header("FER Lab", _("Networks that name the expression in a face, compared honestly."))
usable = networks.has_results()
ranked = networks.by_accuracy(usable)
if ranked:
    st.markdown(headline.answer(ranked))
    left, right = st.columns([3, 2], gap="large")
    with left:
        intervals.draw(headline.lines(ranked))
    with right:
        photo.draw([item.card for item in ranked if item.card])
doors()
if ranked:
    headline.why(ranked)
more()
st.caption(
    _(
        "An expression is not an emotion: the networks guess which of seven words a person would "
        "have ticked for a picture. Not for decisions about people."
    )
)
