"""The pieces every page is made of, each written once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import streamlit as st

from core.errors import FerLabError
from core.figures.chart import Chart
from core.text import _
from core.ui import state
from core.ui._compat import DeltaGenerator, written
from core.ui.sitemap import enter_through_home, has_page

if TYPE_CHECKING:
    import pandas as pd  # half a second that Home does without

PICTURES = ("png", "svg")
"""What the camera button of a figure can save."""

_KINDS = {
    "csv": "text/csv",
    "html": "text/html",
    "jsonl": "application/x-ndjson",
    "parquet": "application/vnd.apache.parquet",
    "pdf": "application/pdf",
    "png": "image/png",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}
"""Media types of what is handed out, by the ending of its name."""

_MARKDOWN = re.compile(r"([\\`*_\[\]$<>~#|]|:(?=\w))")


def plain(text: str) -> str:
    """`text` so that Streamlit's Markdown shows it letter by letter."""
    return _MARKDOWN.sub(r"\\\1", text)


def page_header(title: str, lead: str = "") -> None:
    """The page's one level-1 heading and a sentence that says what it answers; draw it first."""
    enter_through_home()
    st.title(title, anchor=False)
    if lead:
        st.markdown(f'<p class="fer-lead">{lead}</p>', unsafe_allow_html=True)


def card_grid(columns: int = 4, min_width: int = 150) -> DeltaGenerator:
    """Cells of equal width that wrap on a narrow screen; what is drawn inside is a cell each."""
    return st.grid(columns, min_column_width=min_width, gap="small")


def metric_card(label: str, value: str, help: str | None = None, delta: str | None = None) -> None:
    """A labelled number in a frame; `delta` is a neutral line below it, such as an interval."""
    st.metric(
        label,
        value,
        delta,
        delta_color="off",
        delta_arrow="off",
        help=help,
        border=True,
        height="stretch",
    )


def empty_state(
    title: str, text: str, command: str | None = None, link: tuple[str, str] | None = None
) -> None:
    """Say what is missing here and what to do next.

    Args:
        title: what is missing.
        text: why, and what the viewer gets by mending it.
        command: a line for the terminal, with a copy button.
        link: name of a page in `pages/` and the link's label.
    """
    with st.container(border=True):
        st.markdown(f"**:material/inbox: {title}**")
        st.markdown(text)
        if command:
            st.code(command, language="bash")
        if link:
            page_link(*link)


def error_box(problem: str, title: str | None = None) -> None:
    """Show a problem in its own words; the rest of the page goes on."""
    st.error(
        f"**{title or _('This could not be read')}**\n\n{plain(problem)}", icon=":material/error:"
    )


def verdict(text: str, good: bool) -> None:
    """A small line with a tick or a warning sign in front."""
    icon, color = ("verified", "green") if good else ("warning", "orange")
    st.markdown(f":{color}[:material/{icon}: {plain(text)}]")


def help_popover(label: str, markdown: str) -> None:
    """A quiet button that opens an explanation."""
    with st.popover(label, type="tertiary", icon=":material/help:"):
        st.markdown(markdown)


def page_link(page: str, label: str, icon: str | None = None, **choices: str | list[str]) -> None:
    """A link to `pages/<page>.py` that keeps the language and may set choices there."""
    if not has_page(page):
        return
    st.page_link(
        f"pages/{page}.py",
        label=label,
        icon=icon,
        query_params={"lang": state.shown("lang"), **choices},
    )


def figure_frame(
    chart: Chart,
    key: str,
    *,
    caption: str | None = None,
    on_select: Callable[[], None] | Literal["ignore", "rerun"] = "ignore",
    selection_mode: Any = "points",
) -> Any:
    """Draw a figure with its camera button (PNG or SVG), and itself and its numbers as files.

    Args:
        chart: built by `core.figures`.
        key: unique on the page; names the downloaded files.
        caption: what must be known to read it.
        on_select: as in `st.plotly_chart`.
        selection_mode: as in `st.plotly_chart`.

    Returns:
        What `st.plotly_chart` returns: the selection where `on_select` asks for one.
    """
    with st.container(border=True, key=f"{key}_frame", gap="small"):
        event = st.plotly_chart(
            written(chart.json),
            key=key,
            theme=None,
            alt=chart.sentence or None,
            on_select=on_select,
            selection_mode=selection_mode,
            config={
                "displaylogo": False,
                "responsive": True,
                "scrollZoom": False,
                "modeBarButtons": [["toImage"]],
                "toImageButtonOptions": {
                    "format": state.peek("image", PICTURES, PICTURES[0]),
                    "filename": key,
                    "scale": 3,
                },
            },
        )
        if caption:
            st.caption(caption)
        with st.container(horizontal=True, gap="small"):
            if chart.table is not None:
                csv_button(chart.table, key)
            download(
                _("Figure (HTML)"),
                partial(_page_of, chart, key),
                f"{key}.html",
                f"{key}_html",
            )
    return event


def plot(chart: Chart, key: str) -> None:
    """Draw a figure that changes several times a second: without frame, buttons and files."""
    st.plotly_chart(
        written(chart.json),
        key=key,
        theme=None,
        config={"displayModeBar": False, "responsive": True},
        alt=chart.sentence or None,
    )


def _page_of(chart: Chart, key: str) -> str:
    """The figure as a page that works without a network; made only when it is asked for."""
    return str(
        chart.figure.to_html(
            include_plotlyjs=True, div_id=key, config={"displaylogo": False, "responsive": True}
        )
    )


def table(
    frame: pd.DataFrame,
    key: str,
    alt: str,
    *,
    numeric: bool = True,
    download: pd.DataFrame | None = None,
) -> None:
    """A small table that wraps on a phone, its index as row titles.

    Args:
        frame: texts, Markdown allowed.
        key: unique on the page; names the downloaded file.
        alt: what the table shows, for those who cannot see it.
        numeric: align to the right.
        download: the same as plain numbers, offered as CSV.
    """
    if numeric:
        # No wider than needed, so that the eye finds the way from a title to its number.
        width = 340 + 200 * frame.shape[1]
        frame_of = st.container(key=f"{key}_numeric", gap="xsmall", width=width)
    else:
        frame_of = st.container(key=f"{key}_words", gap="xsmall")
    with frame_of:
        st.table(frame, border="horizontal", alt=alt)
        if download is not None:
            csv_button(download, key)


def pictures(faces: Sequence[tuple[np.ndarray, str]], width: int = 100) -> None:
    """Small pictures with captions, as many beside each other as fit.

    Args:
        faces: grey or RGB uint8 pictures, each with its caption.
        width: of each, in pixels.
    """
    with st.container(horizontal=True, gap="small"):
        for face, caption in faces:
            st.image(face, caption=plain(caption), width=width, alt=caption)


def download(
    label: str,
    data: bytes | str | Callable[[], bytes | str],
    file_name: str,
    key: str,
    *,
    quiet: bool = True,
    help: str | None = None,
) -> None:
    """A button that hands out a file; the page does not run again.

    Args:
        label: what the button says.
        data: the content, or what makes it, which runs only when the button is pressed.
        file_name: its ending says what kind of file it is.
        key: unique on the page.
        quiet: look like a link, not like a button.
        help: a tooltip.
    """
    st.download_button(
        label,
        data=data,
        file_name=file_name,
        mime=_KINDS.get(file_name.rpartition(".")[2], "application/octet-stream"),
        key=key,
        on_click="ignore",
        type="tertiary" if quiet else "secondary",
        icon=":material/download:",
        help=help,
    )


def csv_button(data: pd.DataFrame, key: str) -> None:
    """A quiet button that hands out numbers as `<key>.csv`."""
    download(
        _("Numbers (CSV)"), lambda: data.to_csv(index=False).encode(), f"{key}.csv", f"{key}_csv"
    )


@contextmanager
def problems_in_boxes() -> Iterator[None]:
    """Turn an error that a viewer can mend into a box, so that the rest of the page goes on."""
    try:
        yield
    except FerLabError as problem:
        error_box(str(problem))
