"""Section: confidence where the network is right and where it is wrong, and by band."""

from __future__ import annotations

import streamlit as st

from core.evaluation.confidence import bands
from core.figures import confidence
from core.text import _
from core.ui import app, widgets
from core.ui.errors.view import View


def draw(view: View) -> None:
    """Draw the section."""
    left, right = st.columns(2)
    with left:
        st.markdown(f"##### {_('How sure when right, how sure when wrong')}")
        widgets.figure_frame(
            confidence.distribution(view.probabilities, view.label, app.mode()),
            "confidence",
            confidence.distribution_table(view.probabilities, view.label),
            alt=confidence.describe_gap(view.probabilities, view.label),
            caption=_(
                "{sentence} The further apart the two hills, the more can be read from a "
                "confidence."
            ).format(sentence=confidence.describe_gap(view.probabilities, view.label)),
        )
    with right:
        st.markdown(f"##### {_('Errors by confidence')}")
        found = bands(view.probabilities, view.label)
        widgets.figure_frame(
            confidence.by_band(found, app.mode()),
            "confidence_bands",
            confidence.band_table(found),
            alt=confidence.describe_bands(found),
            caption=_(
                "Errors in the top band are the dangerous ones: nothing warns of them. Errors in "
                "the lowest can be kept silent (see Coverage)."
            ),
        )
