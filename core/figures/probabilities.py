"""What networks make of one face: a bar for every expression and network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.figures.chart import Chart, drawn_once
from core.figures.labels import class_label, class_name
from core.figures.theme import INKS, Mode, blank, network_styles
from core.labels import CLASSES
from core.text import _, percent


@dataclass(frozen=True)
class Answer:
    """One network's probabilities for one face.

    Attributes:
        id: the network.
        title: what to call it.
        classes: its classes in output order.
        probabilities: float (C,), summing to one.
    """

    id: str
    title: str
    classes: Sequence[str]
    probabilities: np.ndarray

    @property
    def order(self) -> np.ndarray:
        """Positions of the classes, the likeliest first."""
        return np.argsort(-np.asarray(self.probabilities), kind="stable")

    @property
    def label(self) -> str:
        """The likeliest class."""
        return self.classes[self.order[0]]

    @property
    def confidence(self) -> float:
        """Probability of the likeliest class, in [0, 1]."""
        return float(self.probabilities[self.order[0]])

    def of(self, name: str) -> float | None:
        """Probability of a class; None where the network does not know it."""
        if name not in self.classes:
            return None
        return float(self.probabilities[list(self.classes).index(name)])


def all_classes(answers: Sequence[Answer]) -> list[str]:
    """Every class that a network knows: FER-2013's in their order, then others."""
    named = dict.fromkeys(name for answer in answers for name in answer.classes)
    return sorted(named, key=lambda name: CLASSES.index(name) if name in CLASSES else len(CLASSES))


@drawn_once
def bars(answers: Sequence[Answer], threshold: float | None = None, mode: Mode = "dark") -> Chart:
    """Probabilities of every expression, networks beside each other.

    Args:
        answers: of one face, one a network.
        threshold: where the line is drawn below which an answer counts as uncertain.
        mode: dark or light.
    """
    names = all_classes(answers)
    styles = network_styles((answer.id for answer in answers), mode)
    figure = blank(mode, 90 + len(names) * (12 + 17 * max(len(answers), 1)))
    for answer in answers:
        style = styles[answer.id]
        values = np.asarray(answer.probabilities, dtype=np.float64)
        figure.add_bar(
            y=[class_label(name) for name in answer.classes],
            x=100 * values,
            orientation="h",
            name=answer.title,
            marker={
                "color": style.color,
                "pattern": {"shape": style.pattern, "size": 6, "solidity": 0.25},
                "line": {"width": 0},
            },
            text=[percent(value, 0 if 0.995 > value >= 0.005 else 1) for value in values],
            textposition="outside",
            textfont={"size": 12, "color": INKS[mode].text},
            cliponaxis=False,
            hovertemplate="<b>%{y}</b>: %{text}<extra>%{fullData.name}</extra>",
        )
    if threshold:
        figure.add_vline(
            x=100 * threshold, line={"color": INKS[mode].muted, "width": 1.5, "dash": "dot"}
        )
    figure.update_xaxes(
        title_text=_("Probability (%)"), range=[0, 112], tickvals=[0, 25, 50, 75, 100]
    )
    figure.update_yaxes(
        categoryorder="array",
        categoryarray=[class_label(name) for name in names],
        autorange="reversed",
        showgrid=False,
    )
    figure.update_xaxes(fixedrange=True)
    figure.update_yaxes(fixedrange=True)
    figure.update_layout(barmode="group", bargap=0.28, bargroupgap=0.08)
    return Chart(figure, table(answers), describe(answers))


def table(answers: Sequence[Answer]) -> pd.DataFrame:
    """One row a network and class."""
    return pd.DataFrame(
        [
            {"network": answer.id, "class": name, "probability": float(value)}
            for answer in answers
            for name, value in zip(answer.classes, answer.probabilities, strict=True)
        ]
    )


def describe(answers: Sequence[Answer]) -> str:
    """The bars in a sentence."""
    return " ".join(
        _("{network}: {expression} {share}, then {second} {second_share}.").format(
            network=answer.title,
            expression=class_name(answer.label),
            share=percent(answer.confidence, 0),
            second=class_name(answer.classes[answer.order[1]]),
            second_share=percent(float(answer.probabilities[answer.order[1]]), 0),
        )
        for answer in answers
    )
