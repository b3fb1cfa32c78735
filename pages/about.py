"""About: version, licence, how to cite FER Lab, and the papers behind it."""

import streamlit as st

from core import __version__
from core.text import _
from core.ui import widgets
from core.ui.about import citation

widgets.page_header(_("About"), _("The version, the licence, and what to cite."))
with widgets.card_grid(3):
    widgets.metric_card(_("Version"), __version__)
    widgets.metric_card(_("Licence"), "MIT", delta=_("FER-2013's images are for research only"))
    widgets.metric_card(
        _("Photos"), _("stay here"), delta=_("on this server, until your session ends")
    )
st.header(_("Cite FER Lab"), anchor=False)
st.code(citation.bibtex(), language="bibtex", wrap_lines=True)
widgets.download("BibTeX", citation.bibtex() + "\n", "fer-lab.bib", "about.bibtex")
st.header(_("Papers behind the data and the methods"), anchor=False)
st.markdown(
    "\n".join(
        f"- **{paper.topic}**: {paper.authors} ({paper.year}), [{paper.title}]({paper.url})"
        for paper in citation.papers()
    )
)
st.caption(
    _(
        "An expression is not an emotion. The networks guess which of seven words a crowd worker "
        "would have ticked for a small grey picture: they are no basis for decisions about people."
    )
)
