"""The answers for all faces in a table and as a file."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.faces.quality import Weakness
from core.figures.labels import class_label, class_name
from core.text import _
from core.ui import photos
from core.ui.photos import Photo
from core.ui.predict import readings
from core.ui.predict.readings import Reading
from core.words.networks import title


def show(photo: Photo, found: Sequence[Reading], threshold: float) -> None:
    """The answers for all faces in a table, and everything as CSV."""
    table = readings.numbers(photo, found, threshold)
    with st.expander(_("All faces in numbers"), expanded=False):
        shown = table[["face", "network", "label", "confidence", "second", "warnings"]].copy()
        titles = {reading.card.id: title(reading.card) for reading in found}
        shown["network"] = shown["network"].map(titles)
        shown["label"] = shown["label"].map(class_label)
        shown["second"] = shown["second"].map(class_name)
        shown["confidence"] *= 100
        words = {weakness.value: weakness.word for weakness in Weakness}
        shown["warnings"] = shown["warnings"].map(
            lambda found: ", ".join(words[name] for name in found.split())
        )
        st.dataframe(
            shown,
            hide_index=True,
            column_config={
                "face": st.column_config.NumberColumn(_("Face")),
                "network": _("Network"),
                "label": _("Answer"),
                "confidence": st.column_config.ProgressColumn(
                    _("Probability"), format="%.0f%%", min_value=0, max_value=100
                ),
                "second": _("Second choice"),
                "warnings": _("Warnings"),
            },
        )
        st.download_button(
            _("Numbers (CSV)"),
            table.to_csv(index=False).encode(),
            file_name=f"{photos.file_stem(photo)}_predictions.csv",
            mime="text/csv",
            on_click="ignore",
            type="tertiary",
            icon=":material/download:",
        )
