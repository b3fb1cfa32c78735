"""What networks say of the faces of a photo, and what to make of it in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from core.errors import FerLabError
from core.evaluation.calibration import coverage_accuracy
from core.figures.labels import class_label, class_name
from core.figures.probabilities import Answer
from core.roles import REPORT, apply_temperature
from core.rows import Row
from core.schema import Card
from core.text import _, percent
from core.ui import resources, widgets
from core.ui.photos import Photo
from core.words.networks import title

if TYPE_CHECKING:
    from core.engine.engine import Prediction
    from core.roles import Averaging


@dataclass(frozen=True, eq=False)
class Reading:
    """One network's prediction for every face of a photo."""

    card: Card
    prediction: Prediction

    def answer(self, face: int, calibrated: bool) -> Answer:
        """Its probabilities for one face."""
        table = self.prediction.calibrated if calibrated else self.prediction.probabilities
        return Answer(self.card.id, title(self.card), self.card.classes, table[face])


def read(cards: Sequence[Card], photo: Photo, averaging: Averaging) -> list[Reading]:
    """Ask every network about every face; a network that fails is reported and left out."""
    found = []
    for card in cards:
        try:
            found.append(Reading(card, ask(card, averaging, photo.chips)))
        except FerLabError as problem:
            widgets.error_box(str(problem), title(card))
    return found


def ask(card: Card, averaging: Averaging, chips: np.ndarray) -> Prediction:
    """One network's prediction for chips, uint8 (n, 48, 48); asked before, not asked again."""
    version = f"{card.files.get('model.onnx')} {card.temperature}"
    return _ask(card.id, version, averaging, chips)


@st.cache_resource(max_entries=64, show_spinner=False)
def _ask(model: str, version: str, averaging: Averaging, chips: np.ndarray) -> Prediction:
    return resources.engine().predict(model, chips, averaging=averaging)


def agreement(answers: Sequence[Answer], threshold: float) -> str:
    """Whether the networks agree on a face, in a sentence of Markdown.

    Those below the threshold are named as uncertain, whatever they lean to.
    """
    sure = [answer for answer in answers if answer.confidence >= threshold]
    unsure = [answer.title for answer in answers if answer.confidence < threshold]
    if not sure:
        if len(answers) > 1:
            return _("**No network is sure** about this face.")
        return _("{network} is **uncertain**; its best guess is {expression}.").format(
            network=answers[0].title, expression=class_label(answers[0].label)
        )
    sentence = _verdict(sure, len(answers))
    if unsure:
        sentence += " " + _("Uncertain: {networks}.").format(networks=", ".join(unsure))
    return sentence


def _verdict(sure: Sequence[Answer], asked: int) -> str:
    if len({answer.label for answer in sure}) > 1:
        parts = [
            _("{network} says {expression}").format(
                network=answer.title, expression=class_label(answer.label)
            )
            for answer in sure
        ]
        return _("The networks **disagree**: {list}.").format(list=", ".join(parts))
    if len(sure) == 1:
        sentence = _("{network} says **{expression}**.")
    elif len(sure) < asked:
        sentence = _("{networks} say **{expression}**.")
    elif asked == 2:
        sentence = _("Both networks say **{expression}**.")
    else:
        sentence = _("All {count} networks say **{expression}**.")
    return sentence.format(
        network=sure[0].title,
        networks=", ".join(answer.title for answer in sure),
        count=len(sure),
        expression=class_label(sure[0].label),
    )


def in_short(answers: Sequence[Answer]) -> str:
    """The networks' answers for a face in a few words, each only once."""
    return " / ".join(dict.fromkeys(class_name(answer.label) for answer in answers))


def runner_up(answer: Answer) -> str:
    """The two likeliest expressions with their probabilities."""
    first, second = answer.order[:2]
    return _("{first} {share}, {second} {second_share}").format(
        first=class_name(answer.classes[first]),
        share=percent(float(answer.probabilities[first])),
        second=class_name(answer.classes[second]),
        second_share=percent(float(answer.probabilities[second])),
    )


def price_of(threshold: float, ids: Sequence[str], calibrated: bool) -> list[str]:
    """What the threshold means on the test split, a sentence for each network measured."""
    sentences = []
    for item in resources.results():
        table = item.tables.get(REPORT)
        if item.id not in ids or not item.usable or table is None:
            continue
        temperature = item.metrics.temperature if calibrated else 1.0
        shares = apply_temperature(table.probabilities, temperature)
        coverage, accuracy = coverage_accuracy(shares, table.label).at(threshold)
        if coverage:
            sentences.append(
                _(
                    "{network} answers {coverage} of the test faces and is right on {accuracy} "
                    "of them."
                ).format(
                    network=item.title, coverage=percent(coverage, 0), accuracy=percent(accuracy, 0)
                )
            )
    return sentences


def rows(photo: Photo, readings: Sequence[Reading], level: float = 0.9) -> list[Row]:
    """Everything that was found, as every table has it; `level` is the coverage of its sets."""
    height, width = photo.size[::-1]
    return [
        Row(
            photo.name,
            photo.digest,
            face=number,
            box=face.inside(width, height),
            score=face.score,
            found=photo.found.value,
            network=reading.card.id,
            model_sha256=reading.card.model_sha256,
            probabilities=dict(zip(reading.card.classes, shares.tolist(), strict=True)),
            answers=_set_of(reading, number - 1, level),
            expected=expected.accuracy if expected else None,
            warning="; ".join(quality.weaknesses),
        )
        for number, (face, quality) in enumerate(zip(photo.faces, photo.qualities, strict=True), 1)
        for reading in readings
        for shares in [reading.prediction.calibrated[number - 1]]
        for expected in [resources.trust(reading.card).expected(quality.picture)]
    ]


def _set_of(reading: Reading, face: int, level: float) -> tuple[str, ...]:
    """The classes of a face's set, most probable first; none without a rule for sets."""
    rule = resources.trust(reading.card).rule(level)
    if rule is None:
        return ()
    shares = reading.prediction.probabilities[face]
    inside = rule.members(shares[None])[0]
    return tuple(reading.card.classes[place] for place in np.argsort(-shares) if inside[place])
