"""The table of a batch, as it stands, in three kinds of file."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from core.batch.workbook import workbook
from core.rows import csv_text, parquet
from core.text import _, number
from core.ui import widgets
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
        widgets.download(
            "CSV", lambda: csv_text(job.rows(), classes), "faces.csv", "batch.csv", quiet=False
        )
        widgets.download(
            "Parquet",
            lambda: parquet(job.rows(), classes),
            "faces.parquet",
            "batch.parquet",
            quiet=False,
        )
        widgets.download(
            _("Excel with pictures"),
            lambda: workbook(
                job.outcomes(), classes, lambda outcome, face: job.thumbnails.get(outcome.key, face)
            ),
            "faces.xlsx",
            "batch.excel",
            quiet=False,
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
        pd.DataFrame([row.values(classes) for row in rows[:LINES]]),
        hide_index=True,
        column_config={name: st.column_config.Column(width="small") for name in HASHES},
    )
    if len(rows) > LINES:
        st.caption(
            _("The first {count} of {n} rows.").format(count=number(LINES), n=number(len(rows)))
        )
