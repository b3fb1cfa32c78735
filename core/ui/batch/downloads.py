"""The table of a batch, as it stands, in three kinds of file."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from core.batch import exports
from core.batch.sinks import rounded
from core.text import _, number
from core.ui.batch.batches import Batch
from core.ui.batch.faces import Found

LINES = 200
"""Rows of the preview."""

HASHES = ("sha256", "model_sha256")


def draw(batch: Batch, found: Sequence[Found]) -> None:
    """Draw the buttons and the first rows; a file is made when it is asked for."""
    job, classes = batch.job, batch.classes
    if job.running:
        st.caption(_("The files hold what is done so far."))
    with st.container(horizontal=True):
        st.download_button(
            "CSV",
            data=lambda: exports.to_csv(job.rows(), classes),
            file_name="faces.csv",
            mime="text/csv",
            key="batch.csv",
            on_click="ignore",
            icon=":material/download:",
        )
        st.download_button(
            "Parquet",
            data=lambda: exports.to_parquet(job.rows(), classes),
            file_name="faces.parquet",
            mime="application/vnd.apache.parquet",
            key="batch.parquet",
            on_click="ignore",
            icon=":material/download:",
        )
        st.download_button(
            _("Excel with pictures"),
            data=lambda: exports.to_excel(
                job.outcomes(), classes, lambda outcome, face: job.thumbnails.get(outcome.key, face)
            ),
            file_name="faces.xlsx",
            mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            key="batch.excel",
            on_click="ignore",
            icon=":material/download:",
        )
    st.caption(
        _(
            "One row for each face and network, one for each picture without a face, one for each "
            "file that could not be read. The command line writes the same table: "
            "`python -m core classify PATHS --model ID --out faces.csv`."
        )
    )
    rows = [row for item in found for row in item.rows]
    st.dataframe(
        pd.DataFrame([rounded(row, classes) for row in rows[:LINES]]),
        hide_index=True,
        column_config={name: st.column_config.Column(width="small") for name in HASHES},
    )
    if len(rows) > LINES:
        st.caption(
            _("The first {count} of {n} rows.").format(count=number(LINES), n=number(len(rows)))
        )
