"""Confusion matrices to look at and to click on, and the difference of two.

Plotly reports clicks on a scatter but not on a heatmap, so a transparent scatter of square
markers lies over the cells; its `customdata` names the cell.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from core.evaluation.metrics import Normalisation, normalise
from core.figures.chart import Chart, drawn_once
from core.figures.entries import Matrix
from core.figures.labels import class_name
from core.figures.theme import (
    DIVERGING,
    INKS,
    SEQUENTIAL,
    Mode,
    blank,
    color_at,
    entitle,
    readable_on,
)
from core.text import _, ngettext, number, percent, signed

Cell = tuple[str, str]
"""(true class, predicted class), as names of `core.labels.CLASSES`."""

Counts = np.ndarray | Sequence[Sequence[int]]

HEIGHT = 420

FULL = 100.0
"""Percent at the dark end of every matrix's colours, so that any two can be compared by eye."""

_HEAD = 58
"""Pixels of slanted column names."""

APART = 50.0
"""Percentage points at either end of the colours of a difference of shares."""


def normalisation_name(by: Normalisation) -> str:
    """Short name of a normalisation, for a control."""
    return {
        "none": _("Counts"),
        "row": _("Share of true class"),
        "column": _("Share of predicted class"),
        "all": _("Share of all"),
    }[by]


def normalisation_text(by: Normalisation) -> str:
    """What the numbers of a matrix are, as a sentence."""
    return {
        "none": _("Number of images"),
        "row": _("% of each true class; each row sums to 100"),
        "column": _("% of each predicted class; each column sums to 100"),
        "all": _("% of all images; all cells sum to 100"),
    }[by]


@drawn_once
def matrix(
    confusion: Counts,
    classes: Sequence[str],
    by: Normalisation = "row",
    mode: Mode = "dark",
    selected: Cell | None = None,
    height: int = HEIGHT,
) -> Chart:
    """One confusion matrix, rows true, columns predicted.

    The colours run from 0 to 100% in every matrix: of the predicted class where the numbers
    are shares of it, else of the true class.

    Args:
        confusion: counts (C, C).
        classes: names of rows and columns; one that is no expression is shown as it is.
        by: normalisation of the numbers in the cells; the figure says it in words.
        mode: dark or light.
        selected: a cell to frame.
        height: in pixels.

    Returns:
        A chart whose selection events carry `customdata` [true, predicted].
    """
    counts = np.asarray(confusion, dtype=np.int64)
    values = counts if by == "none" else 100 * normalise(counts, by)
    figure = _cells(
        FULL * normalise(counts, "column" if by == "column" else "row"),
        classes,
        [[_number(value, by) for value in row] for row in values],
        _hover(counts, classes),
        (SEQUENTIAL[mode], 0, FULL),
        mode,
    )
    note = "" if by in ("row", "column") else _("Colour: % of the true class")
    _color_bar(figure, [0, 25, 50, 75, 100], [*map(str, (0, 25, 50, 75)), percent(1, 0)], note)
    _finish(figure, classes, normalisation_text(by), selected, mode)
    figure.update_layout(height=height)
    return Chart(figure, table(counts, classes), describe(counts, classes))


@drawn_once
def difference(
    base: Matrix,
    other: Matrix,
    by: Normalisation = "row",
    mode: Mode = "dark",
    selected: Cell | None = None,
) -> Chart:
    """The other matrix minus the base, cell by cell; blue is more, orange is less.

    Args:
        base: what is subtracted.
        other: over the same classes.
        by: normalisation of both before subtracting.
        mode: dark or light.
        selected: a cell to frame.
    """
    classes = base.classes
    names = (other.title, base.title)
    pair = [np.asarray(network.confusion, dtype=np.int64) for network in (other, base)]
    scale = 1 if by == "none" else 100
    a, b = (scale * normalise(counts, by) for counts in pair)
    values = a - b
    digits = 0 if by == "none" else 1
    labels = [[signed(float(value), digits) for value in row] for row in values]
    hover = [
        [
            f"{_cell_text(classes, i, j)}<br>{names[0]}: {_number(a[i, j], by)}"
            f"<br>{names[1]}: {_number(b[i, j], by)}<br>"
            + _("difference: {difference}").format(difference=labels[i][j])
            for j in range(len(classes))
        ]
        for i in range(len(classes))
    ]
    shares = by in ("row", "column")
    limit = APART if shares else max(float(np.abs(values).max()), 1e-9)
    figure = _cells(values, classes, labels, hover, (DIVERGING[mode], -limit, limit), mode)
    ends = [signed(end, digits if not shares else 0) for end in (-limit, limit)]
    if shares:
        ends = [f"\u2264 {ends[0]}", f"\u2265 {ends[1]}"]
    _color_bar(figure, [-limit, 0, limit], [ends[0], "0", ends[1]])
    unit = (
        _("images more (+) or fewer (\u2212) than {second}")
        if by == "none"
        else _("percentage points more (+) or less (\u2212) than {second}")
    ).format(second=names[1])
    _finish(figure, classes, f"{names[0]}: {unit}", selected, mode)
    sentence = _("Confusion matrix of {second} minus that of {first}.").format(
        second=other.title, first=base.title
    )
    return Chart(figure, _both(base, other), sentence)


def _both(base: Matrix, other: Matrix) -> pd.DataFrame:
    """Counts and shares of both matrices, one row a cell."""
    tables = [table(network.confusion, network.classes) for network in (base, other)]
    return tables[0].merge(
        tables[1], on=["true", "predicted"], suffixes=(f"_{base.id}", f"_{other.id}")
    )


def _number(value: float, by: Normalisation) -> str:
    return number(value, 0 if by == "none" else 1)


def _images(count: int) -> str:
    return ngettext("{count} image", "{count} images", count).format(count=number(count))


def _cell_text(classes: Sequence[str], true: int, predicted: int) -> str:
    return _("<b>true {true}, predicted {predicted}</b>").format(
        true=class_name(classes[true]), predicted=class_name(classes[predicted])
    )


def _hover(counts: np.ndarray, classes: Sequence[str]) -> list[list[str]]:
    shares = [normalise(counts, by) for by in ("row", "column", "all")]
    return [
        [
            _cell_text(classes, i, j)
            + "<br>"
            + _images(int(counts[i, j]))
            + "<br>"
            + "<br>".join(
                text.format(share=percent(share[i, j]))
                for text, share in zip(
                    (
                        _("{share} of the true class"),
                        _("{share} of the predicted class"),
                        _("{share} of all images"),
                    ),
                    shares,
                    strict=True,
                )
            )
            for j in range(len(classes))
        ]
        for i in range(len(classes))
    ]


def _cells(
    values: np.ndarray,
    classes: Sequence[str],
    labels: list[list[str]],
    hover: list[list[str]],
    colors: tuple[list[tuple[float, str]], float, float],
    mode: Mode,
) -> go.Figure:
    """The coloured cells with their numbers, and over them the markers that take clicks.

    `colors` is a scale with the values of its two ends.
    """
    figure = blank(mode, HEIGHT)
    scale, low, high = colors
    cells = [(i, j) for i in range(len(classes)) for j in range(len(classes))]
    figure.add_heatmap(
        z=values,
        colorscale=scale,
        zmin=low,
        zmax=high,
        xgap=2,
        ygap=2,
        hoverinfo="none",
    )
    figure.add_scatter(
        x=[j for _i, j in cells],
        y=[i for i, _j in cells],
        mode="markers",
        marker={"symbol": "square", "size": 34, "color": "rgba(0,0,0,0)"},
        selected={"marker": {"opacity": 0}},
        unselected={"marker": {"opacity": 0}},
        customdata=[[classes[i], classes[j]] for i, j in cells],
        text=[hover[i][j] for i, j in cells],
        hovertemplate="%{text}<extra></extra>",
        showlegend=False,
    )
    return figure.update_layout(
        annotations=[
            {
                "x": j,
                "xref": "x",
                "y": i,
                "text": labels[i][j],
                "showarrow": False,
                "font": {
                    "size": 12,
                    "color": readable_on(color_at(scale, (values[i, j] - low) / (high - low))),
                },
            }
            for i, j in cells
        ]
    )


def _color_bar(
    figure: go.Figure, values: Sequence[float], texts: Sequence[str], note: str = ""
) -> None:
    """Name the colours below the cells, where it takes no width from them."""
    figure.update_traces(
        selector={"type": "heatmap"},
        colorbar={
            "orientation": "h",
            "thickness": 8,
            "len": 1,
            "lenmode": "fraction",
            "x": 0.5,
            "y": 0,
            "ypad": 8,
            "yanchor": "top",
            "outlinewidth": 0,
            "tickvals": values,
            "ticktext": texts,
            "tickfont": {"size": 11},
            "title": {"text": note, "side": "bottom", "font": {"size": 11}},
        },
    )


def _finish(
    figure: go.Figure,
    classes: Sequence[str],
    subtitle: str,
    selected: Cell | None,
    mode: Mode,
) -> None:
    ink = INKS[mode]
    places = list(range(len(classes)))
    common = {
        "tickvals": places,
        "ticktext": [class_name(name) for name in classes],
        "tickfont": {"size": 12, "color": ink.text},
        "showgrid": False,
        "zeroline": False,
        "fixedrange": True,
        "ticks": "",
    }
    # Slanted, since seven names side by side are wider than a phone.
    figure.update_xaxes(
        side="top",
        tickangle=-40,
        ticklabeloverflow="allow",  # the last name reaches over the edge, and would be left out
        range=[-0.5, len(classes) - 0.5],
        **common,
    )
    figure.update_yaxes(range=[len(classes) - 0.5, -0.5], **common)
    entitle(figure, subtitle)
    figure.update_layout(
        hoverdistance=-1,
        clickmode="event+select",
        margin_t=figure.layout.margin.t + _HEAD,
        margin_r=26,
        margin_l=78,  # room for the corner's words
    )
    figure.add_annotation(
        text=_("Predicted \u2192<br>True \u2193"),
        x=0,
        xref="paper",
        xanchor="right",
        xshift=-6,
        align="right",
        y=1,
        yref="paper",
        yanchor="bottom",
        yshift=6,
        font={"size": 11, "color": ink.muted},
    )
    if selected and set(selected) <= set(classes):
        row, column = (list(classes).index(name) for name in selected)
        figure.add_shape(
            type="rect",
            x0=column - 0.5,
            x1=column + 0.5,
            y0=row - 0.5,
            y1=row + 0.5,
            line={"color": ink.text, "width": 3},
        )


def table(confusion: Counts, classes: Sequence[str]) -> pd.DataFrame:
    """The matrix as one row a cell: count and share of row, of column and of all."""
    counts = np.asarray(confusion, dtype=np.int64)
    true, predicted = (indices.ravel().tolist() for indices in np.indices(counts.shape))
    return pd.DataFrame(
        {
            "true": [classes[i] for i in true],
            "predicted": [classes[j] for j in predicted],
            "count": counts.ravel(),
            "share_of_true": normalise(counts, "row").ravel(),
            "share_of_predicted": normalise(counts, "column").ravel(),
            "share_of_all": normalise(counts, "all").ravel(),
        }
    )


def describe(confusion: Counts, classes: Sequence[str]) -> str:
    """The matrix in a sentence: accuracy and the most frequent mistake."""
    counts = np.asarray(confusion, dtype=np.int64)
    total = int(counts.sum())
    if not total:
        return _("An empty confusion matrix.")
    mistakes = counts.copy()
    np.fill_diagonal(mistakes, 0)
    i, j = (int(place) for place in np.unravel_index(mistakes.argmax(), mistakes.shape))
    accuracy = percent(np.trace(counts) / total)
    if not mistakes[i, j]:
        return _("Confusion matrix of {n} images, all of them right.").format(n=number(total))
    return _(
        "Confusion matrix of {n} images, {accuracy} of them right. Most frequent mistake: "
        "{true} taken for {predicted} ({count})."
    ).format(
        n=number(total),
        accuracy=accuracy,
        predicted=class_name(classes[j]),
        true=class_name(classes[i]),
        count=number(int(mistakes[i, j])),
    )
