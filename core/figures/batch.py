"""What networks found in a pile of pictures: how often, how sure, and when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.figures.chart import Chart, drawn_once
from core.figures.labels import class_color, class_label, class_name
from core.figures.theme import Mode, bar_pattern, blank, network_styles
from core.text import _, number, percent

BINS = 20
"""Equal steps of confidence between 0 and 1."""


@dataclass(frozen=True)
class Answers:
    """What one network said of n faces.

    Attributes:
        id: of the network.
        title: what to call it.
        labels: class names (n,).
        confidence: probabilities of these, (n,).
    """

    id: str
    title: str
    labels: Sequence[str]
    confidence: np.ndarray

    def count(self, name: str) -> int:
        """How many faces it gave a class."""
        return sum(label == name for label in self.labels)


@drawn_once
def counts(networks: Sequence[Answers], classes: Sequence[str], mode: Mode = "dark") -> Chart:
    """How many faces each network gave each expression."""
    figure = blank(mode, 110 + len(classes) * (16 + 17 * max(1, len(networks))))
    styles = network_styles((item.id for item in networks), mode)
    for item in networks:
        values = [item.count(name) for name in classes]
        figure.add_bar(
            y=[class_label(name) for name in classes],
            x=values,
            orientation="h",
            name=item.title,
            marker={
                "color": styles[item.id].color,
                "pattern": bar_pattern(styles[item.id].pattern, mode),
                "line": {"width": 0},
            },
            text=[number(value) for value in values],
            textposition="outside",
            textangle=0,
            cliponaxis=False,
            hovertemplate="%{y}: %{x}<extra></extra>",
        )
    figure.update_xaxes(title_text=_("Faces"), rangemode="tozero", fixedrange=True)
    figure.update_yaxes(autorange="reversed", showgrid=False, fixedrange=True)
    figure.update_layout(
        barmode="group", bargap=0.28, bargroupgap=0.08, showlegend=len(networks) > 1
    )
    return Chart(figure, counts_table(networks, classes), describe_counts(networks, classes))


def counts_table(networks: Sequence[Answers], classes: Sequence[str]) -> pd.DataFrame:
    """Faces by class, one column a network."""
    values = {item.id: [item.count(name) for name in classes] for item in networks}
    return pd.DataFrame({"class": list(classes), **values})


def describe_counts(networks: Sequence[Answers], classes: Sequence[str]) -> str:
    """The most frequent expression of each network in a sentence."""
    sentences = []
    for item in networks:
        most = max(classes, key=item.count)
        sentences.append(
            _("{network}: most often {expression}, {count} of {n} faces.").format(
                network=item.title,
                expression=class_name(most),
                count=number(item.count(most)),
                n=number(len(item.labels)),
            )
        )
    return " ".join(sentences)


@drawn_once
def confidence(networks: Sequence[Answers], mode: Mode = "dark") -> Chart:
    """How sure the networks are of their answers, faces by step of confidence."""
    figure = blank(mode, 320)
    styles = network_styles((item.id for item in networks), mode)
    frame = confidence_table(networks)
    edges = [100 * edge for edge in [*frame["from"], 1.0]]
    for item in networks:
        values = frame[item.id]
        figure.add_scatter(
            x=edges,
            y=[*values, values.iloc[-1]],
            mode="lines",
            line={
                "shape": "hv",
                "color": styles[item.id].color,
                "dash": styles[item.id].dash,
                "width": 2.4,
            },
            name=item.title,
            text=[
                _("{low} to {high} sure: {count} faces").format(
                    low=percent(low, 0), high=percent(high, 0), count=number(count)
                )
                for low, high, count in frame[["from", "to", item.id]].itertuples(index=False)
            ],
            hovertemplate="%{text}<extra></extra>",
        )
    figure.update_xaxes(title_text=_("Confidence (%)"), range=[0, 100], fixedrange=True)
    figure.update_yaxes(title_text=_("Faces"), rangemode="tozero", fixedrange=True)
    figure.update_layout(showlegend=len(networks) > 1)
    return Chart(figure, frame, describe_confidence(networks))


def confidence_table(networks: Sequence[Answers]) -> pd.DataFrame:
    """Faces by step of confidence, one column a network."""
    edges = np.linspace(0, 1, BINS + 1)
    values = {item.id: np.histogram(np.clip(item.confidence, 0, 1), edges)[0] for item in networks}
    return pd.DataFrame({"from": edges[:-1], "to": edges[1:], **values})


def describe_confidence(networks: Sequence[Answers]) -> str:
    """The median confidence of each network in a sentence."""
    return " ".join(
        _("{network}: half of the answers are at least {share} sure.").format(
            network=item.title, share=percent(float(np.median(item.confidence)), 0)
        )
        for item in networks
        if len(item.confidence)
    )


@drawn_once
def over_time(
    seconds: Sequence[float],
    probabilities: Mapping[str, Sequence[float]],
    video: str,
    mode: Mode = "dark",
) -> Chart:
    """Probabilities of the expressions of a video's largest face.

    Args:
        seconds: times of the frames with a face, ascending.
        probabilities: of each class at these times.
        video: its name.
        mode: dark or light.
    """
    figure = blank(mode, 360)
    for name, values in probabilities.items():
        figure.add_scatter(
            x=list(seconds),
            y=[100 * value for value in values],
            mode="lines+markers",
            line={"color": class_color(name), "width": 2},
            marker={"size": 5},
            name=class_label(name),
            hovertemplate=f"{class_label(name)}: %{{y:.1f}}%<extra></extra>",
        )
    figure.update_xaxes(title_text=_("Time (s)"), fixedrange=True)
    figure.update_yaxes(title_text=_("Probability (%)"), range=[0, 100], fixedrange=True)
    figure.update_layout(hovermode="x unified", showlegend=True)
    return Chart(
        figure,
        time_table(seconds, probabilities),
        _("Probabilities of the expressions of the largest face of {name} over time").format(
            name=video
        ),
    )


def time_table(
    seconds: Sequence[float], probabilities: Mapping[str, Sequence[float]]
) -> pd.DataFrame:
    """One row a frame."""
    return pd.DataFrame({"seconds": list(seconds), **probabilities})
