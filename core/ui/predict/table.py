"""The answers for all faces in a table and as a file."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.faces.quality import remark
from core.figures.labels import class_label, class_name
from core.rows import all_classes, csv_text
from core.text import _
from core.ui import photos, widgets
from core.ui.photos import Photo
from core.ui.predict import readings
from core.ui.predict.readings import Reading
from core.words.networks import title


def show(photo: Photo, found: Sequence[Reading]) -> None:
    """The answers for all faces in a table, and the same as CSV."""
    rows = readings.rows(photo, found)
    titles = {reading.card.id: title(reading.card) for reading in found}
    with st.expander(_("All faces in numbers"), expanded=False):
        st.dataframe(
            [
                {
                    "face": row.face,
                    "network": titles[row.network],
                    "label": class_label(row.label),
                    "probability": 100 * row.probability,
                    "second": class_name(row.ranked[1]),
                    "set": ", ".join(map(class_name, row.answers)),
                    "warnings": ", ".join(remark(code) for code in row.warning.split("; ") if code),
                }
                for row in rows
            ],
            hide_index=True,
            column_config={
                "face": st.column_config.NumberColumn(_("Face")),
                "network": _("Network"),
                "label": _("Answer"),
                "probability": st.column_config.ProgressColumn(
                    _("Probability"), format="%.0f%%", min_value=0, max_value=100
                ),
                "second": _("Second choice"),
                "set": st.column_config.TextColumn(
                    _("90% set"),
                    help=_(
                        "The expressions that hold the right one in 90 of 100 faces like those of "
                        "FER-2013, as stated without averaging over views."
                    ),
                ),
                "warnings": _("Warnings"),
            },
        )
        widgets.download(
            _("Numbers (CSV)"),
            lambda: csv_text(rows, all_classes(reading.card for reading in found)),
            f"{photos.file_stem(photo)}_faces.csv",
            "predict.csv",
        )
