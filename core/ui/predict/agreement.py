"""Answers of the networks at each face, how sure they are, and reasons to doubt them."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.figures import probabilities
from core.figures.labels import class_color
from core.figures.probabilities import Answer
from core.schema import Card
from core.text import _, percent
from core.ui import certainty, face_picker, photos, pictures, viewer, widgets
from core.ui.photos import Photo
from core.ui.predict import readings
from core.ui.trust import costs


def marks(
    photo: Photo, answers: Sequence[Sequence[Answer]], threshold: float
) -> list[face_picker.Mark]:
    """Words for the box of every face, grey where no network is sure or no face was found."""
    found = []
    for place, said in enumerate(answers):
        sure = [answer for answer in said if answer.confidence >= threshold]
        word = readings.in_short(sure) if sure else _("Uncertain") if said else ""
        label = photos.face_name(place)
        if said:
            label += ": " + ", ".join(
                certainty.word(answer.label, answer.confidence, threshold) for answer in said
            )
        quiet = bool(said) and (not sure or photo.guessed)
        found.append(face_picker.Mark(word, label, quiet))
    return found


def rows(photo: Photo, face: int, answers: Sequence[Sequence[Answer]], threshold: float) -> None:
    """One row a face with every network's answer, to be clicked."""
    cells = [
        [
            face_picker.FaceAnswer(
                certainty.word(answer.label, answer.confidence, threshold),
                percent(answer.confidence, 0),
                answer.confidence,
                class_color(answer.label),
                answer.confidence >= threshold and not photo.guessed,
            )
            for answer in said
        ]
        for said in answers
    ]
    face_picker.face_rows(
        photo.cutouts,
        [answer.title for answer in answers[0]],
        cells,
        face,
        [mark.label for mark in marks(photo, answers, threshold)],
        photos.pick,
        "predict.rows",
    )


def sentence(photo: Photo, face: int, answers: Sequence[Answer], threshold: float) -> str:
    """The networks' verdict on one face as Markdown, under its number where there are several."""
    said = readings.agreement(answers, threshold)
    if photo.guessed:
        return _("No face was found, the whole picture was read as one: {answer}").format(
            answer=said
        )
    return f"{photos.face_name(face)}: {said}" if len(photo.faces) > 1 else said


def bars(answers: Sequence[Answer], threshold: float) -> None:
    """Probability of every expression, networks beside each other."""
    widgets.figure_frame(
        probabilities.bars(answers, threshold, viewer.mode()),
        "probabilities",
    )


def warnings(photo: Photo, face: int, cards: Sequence[Card] = ()) -> None:
    """Reasons to doubt what is said of a face, and what they cost the networks."""
    quality = photo.qualities[face]
    found = [quality.sentence(weakness) for weakness in quality.weaknesses]
    found += map(widgets.plain, costs(quality.picture, cards))
    if found:
        st.warning(
            _("There is reason to doubt this answer:")
            + "\n"
            + "".join(f"\n- {text}" for text in found),
            icon=":material/warning:",
        )


def chip(photo: Photo, face: int) -> None:
    """A face as it stands in the photo, and what of it reaches the networks."""
    with st.grid(2, min_column_width=110):
        pictures.draw(pictures.smooth(photo.cutouts[face]), _("In the photo"))
        pictures.draw(
            pictures.enlarged(photo.chips[face]), _("What the networks see: 48 × 48 grey pixels")
        )
