"""What FER-2013 holds: counts by class and split, imbalance, spread of light."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from core.figures.chart import Chart, drawn_once
from core.figures.labels import class_color, class_label, class_labels, class_name
from core.figures.theme import INKS, Mode, bar_pattern, blank, entitle
from core.text import _, number, percent

_SHADES = (1.0, 0.75, 0.5)
_PATTERNS = ("", "/", "x")
_SYMBOLS = ("circle", "diamond-open", "x-thin-open")


@drawn_once
def counts(
    splits: Mapping[str, Sequence[int]], classes: Sequence[str], mode: Mode = "dark"
) -> Chart:
    """Images of each class, its splits stacked, the total beside the bar.

    Args:
        splits: images by class for each split, in the order of `classes`.
        classes: class names.
        mode: dark or light.
    """
    figure = blank(mode, 110 + 40 * len(classes))
    labels = class_labels(classes)
    for place, (split, values) in enumerate(splits.items()):
        figure.add_bar(
            y=labels,
            x=list(values),
            orientation="h",
            name=split,
            marker={
                "color": [class_color(name) for name in classes],
                "opacity": _SHADES[place % len(_SHADES)],
                "pattern": bar_pattern(_PATTERNS[place % len(_PATTERNS)], mode),
                "line": {"width": 0},
            },
            text=[
                f"<b>{class_name(name)}</b><br>{split}: {number(value)}"
                for name, value in zip(classes, values, strict=True)
            ],
            textposition="none",
            hovertemplate="%{text}<extra></extra>",
        )
    totals = np.sum(list(splits.values()), axis=0)
    figure.add_scatter(
        y=labels,
        x=totals,
        mode="text",
        text=[f"  {number(total)}" for total in totals],
        textposition="middle right",
        textfont={"color": INKS[mode].text},
        showlegend=False,
        hoverinfo="skip",
        cliponaxis=False,
    )
    figure.update_xaxes(
        title_text=_("Images"),
        range=[0, 1.16 * max(totals, default=1)],
        tickformat=",d",
        nticks=5,
        fixedrange=True,
    )
    figure.update_yaxes(autorange="reversed", showgrid=False, fixedrange=True)
    figure.update_layout(barmode="stack", bargap=0.3, legend_traceorder="normal")
    return Chart(figure, _table(splits, classes).reset_index(), describe(splits, classes))


def _table(splits: Mapping[str, Sequence[int]], classes: Sequence[str]) -> pd.DataFrame:
    """Images of each class, a column a split."""
    return pd.DataFrame(splits, index=pd.Index(classes, name="expression"))


@drawn_once
def shares(
    splits: Mapping[str, Sequence[int]], classes: Sequence[str], mode: Mode = "dark"
) -> Chart:
    """Each class's share of its split: how unequal classes are, and how alike the splits.

    A dotted line marks the share that every class would have if all had as many images.
    """
    ink = INKS[mode]
    figure = blank(mode, 110 + 36 * len(classes))
    labels = class_labels(classes)
    for place, (split, values) in enumerate(splits.items()):
        share = np.asarray(values) / max(sum(values), 1)
        figure.add_scatter(
            y=labels,
            x=100 * share,
            mode="markers",
            name=split,
            marker={
                "symbol": _SYMBOLS[place % len(_SYMBOLS)],
                "size": 11,
                "color": (ink.accent, ink.text, ink.bad)[place % 3],
                "line": {"width": 2},
            },
            text=[
                f"<b>{class_name(name)}</b><br>{split}: {percent(value)}"
                for name, value in zip(classes, share, strict=True)
            ],
            hovertemplate="%{text}<extra></extra>",
        )
    equal = 100 / len(classes)
    dotted = {"color": ink.muted, "dash": "dot", "width": 1.5}
    figure.add_vline(x=equal, line=dotted)
    figure.add_scatter(
        x=[None],
        y=[None],
        mode="lines",
        line=dotted,
        name=_("equal shares, {share}").format(share=percent(equal / 100)),
        hoverinfo="skip",
    )
    figure.update_xaxes(title_text=_("Share of the split (%)"), rangemode="tozero", fixedrange=True)
    figure.update_yaxes(autorange="reversed", fixedrange=True)
    images = _table(splits, classes)
    return Chart(
        figure,
        (images / images.sum()).reset_index(),
        _("The share of every expression in its split."),
    )


@dataclass(frozen=True)
class Percentiles:
    """How a grey-level statistic of the images of one class is spread, 0 to 255."""

    name: str
    mean: float
    p5: float
    p25: float
    p50: float
    p75: float
    p95: float


@drawn_once
def spread(rows: Sequence[Percentiles], title: str, mode: Mode = "dark") -> Chart:
    """A box a class: quartiles, whiskers from the 5th to the 95th percentile, the mean.

    Args:
        rows: one a class, e.g. of brightness or of contrast.
        title: of the axis, with the unit.
        mode: dark or light.
    """
    figure = blank(mode, 110 + 40 * len(rows))
    entitle(
        figure,
        _("Box: the middle half of the images. Whiskers: 5th to 95th percentile. Dashed: mean."),
    )
    for row in rows:
        figure.add_box(
            y=[class_label(row.name)],
            orientation="h",
            lowerfence=[row.p5],
            q1=[row.p25],
            median=[row.p50],
            mean=[row.mean],
            q3=[row.p75],
            upperfence=[row.p95],
            line={"color": class_color(row.name), "width": 2},
            fillcolor="rgba(0,0,0,0)",
            showlegend=False,
            name="",
            hoverinfo="x",
        )
    figure.update_xaxes(title_text=title, hoverformat=".0f", fixedrange=True)
    figure.update_yaxes(autorange="reversed", showgrid=False, fixedrange=True)
    return Chart(figure, pd.DataFrame([asdict(row) for row in rows]), title)


def describe(splits: Mapping[str, Sequence[int]], classes: Sequence[str]) -> str:
    """Largest and smallest class in a sentence."""
    totals = np.sum(list(splits.values()), axis=0)
    most, least = int(totals.argmax()), int(totals.argmin())
    return _(
        "{n} images. The largest class is {most} with {most_count}, the smallest {least} with "
        "{least_count}: {ratio} to one."
    ).format(
        n=number(int(totals.sum())),
        most=class_name(classes[most]),
        most_count=number(int(totals[most])),
        least=class_name(classes[least]),
        least_count=number(int(totals[least])),
        ratio=number(totals[most] / max(totals[least], 1), 1),
    )
