"""Section: confidence where the network is right and where it is wrong, and by band."""

from __future__ import annotations

import streamlit as st

from core.evaluation.confidence import bands
from core.figures import confidence
from core.text import _
from core.ui import viewer, widgets
from core.ui.errors.view import View


def draw(view: View) -> None:
    """Draw the section."""
    left, right = st.columns(2)
    with left:
        st.markdown(f"### {_('How sure when right, how sure when wrong')}")
        chart = confidence.distribution(view.probabilities, view.label, viewer.mode())
        widgets.figure_frame(
            chart,
            "confidence",
            caption=_(
                "{sentence} The further apart the two hills, the more can be read from a "
                "confidence."
            ).format(sentence=chart.sentence),
        )
    with right:
        st.markdown(f"### {_('Errors by confidence')}")
        found = bands(view.probabilities, view.label)
        widgets.figure_frame(
            confidence.by_band(found, viewer.mode()),
            "confidence_bands",
            caption=_(
                "Errors in the top band are the dangerous ones: nothing warns of them. Errors in "
                "the lowest can be kept silent (see Coverage)."
            ),
        )
