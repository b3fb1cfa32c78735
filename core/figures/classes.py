"""Precision, recall and F1 of each class, networks beside each other, with intervals."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from core.evaluation.metrics import SCORES, ClassScore, class_interval
from core.figures.chart import Chart, drawn_once
from core.figures.entries import Matrix
from core.figures.labels import class_label, class_name
from core.figures.theme import INKS, Mode, bar_pattern, blank, network_styles
from core.labels import CLASSES
from core.text import _, percent


def score_name(score: ClassScore) -> str:
    """Name of a score of one class."""
    return {"precision": _("Precision"), "recall": _("Recall"), "f1": _("F1")}[score]


def _order(networks: Sequence[Matrix]) -> list[str]:
    named = {name for network in networks for name in network.classes}
    return sorted(named, key=lambda name: (name not in CLASSES, [*CLASSES, name].index(name)))


@drawn_once
def per_class(networks: Sequence[Matrix], score: ClassScore = "f1", mode: Mode = "dark") -> Chart:
    """One bar a class and network with its 95% interval.

    Args:
        networks: matrices, of the same split; one of fewer classes has fewer bars.
        score: precision, recall or F1.
        mode: dark or light.
    """
    order = _order(networks)
    height = 110 + len(order) * (16 + 17 * max(len(networks), 1))
    figure = blank(mode, height)
    styles = network_styles((network.id for network in networks), mode)
    for network in networks:
        style = styles[network.id]
        values = 100 * SCORES[score](np.asarray(network.confusion))
        low, high = (100 * end for end in class_interval(network.confusion, score))
        figure.add_bar(
            y=[class_label(name) for name in network.classes],
            x=values,
            orientation="h",
            name=network.title,
            marker={
                "color": style.color,
                "pattern": bar_pattern(style.pattern, mode),
                "line": {"width": 0},
            },
            error_x={
                "type": "data",
                "symmetric": False,
                "array": high - values,
                "arrayminus": values - low,
                "color": INKS[mode].text,
                "thickness": 1.4,
                "width": 3,
            },
            text=[
                _("<b>{network}</b><br>{score} of {name}: {value} (95%: {low} to {high})").format(
                    network=network.title,
                    score=score_name(score),
                    name=class_name(name),
                    value=percent(values[place] / 100),
                    low=percent(low[place] / 100),
                    high=percent(high[place] / 100),
                )
                for place, name in enumerate(network.classes)
            ],
            textposition="none",
            hovertemplate="%{text}<extra></extra>",
        )
    figure.update_xaxes(
        title_text=_("{score} (%), whisker: 95% interval").format(score=score_name(score)),
        range=[0, 100],
        fixedrange=True,
    )
    figure.update_yaxes(
        categoryorder="array",
        categoryarray=[class_label(name) for name in order],
        autorange="reversed",
        showgrid=False,
        fixedrange=True,
    )
    figure.update_layout(barmode="group", bargap=0.28, bargroupgap=0.08, showlegend=True)
    return Chart(figure, table(networks), describe(networks, score))


def table(networks: Sequence[Matrix]) -> pd.DataFrame:
    """All three scores with their intervals, one row a network and class."""
    rows = []
    for network in networks:
        matrix = np.asarray(network.confusion)
        scores = {score: SCORES[score](matrix) for score in SCORES}
        ends = {score: class_interval(matrix, score) for score in SCORES}
        for place, name in enumerate(network.classes):
            row: dict[str, object] = {"network": network.id, "class": name}
            row["support"] = int(matrix[place].sum())
            for score in SCORES:
                row[score] = scores[score][place]
                row[f"{score}_low"], row[f"{score}_high"] = (end[place] for end in ends[score])
            rows.append(row)
    return pd.DataFrame(rows)


def describe(networks: Sequence[Matrix], score: ClassScore = "f1") -> str:
    """Best and worst class of each network in a sentence each."""
    sentences = []
    for network in networks:
        values = SCORES[score](np.asarray(network.confusion))
        best, worst = int(values.argmax()), int(values.argmin())
        sentences.append(
            _(
                "{network}: {score} is highest for {best} ({high}) and lowest for {worst} ({low})."
            ).format(
                network=network.title,
                score=score_name(score),
                best=class_name(network.classes[best]),
                high=percent(values[best]),
                worst=class_name(network.classes[worst]),
                low=percent(values[worst]),
            )
        )
    return " ".join(sentences)
