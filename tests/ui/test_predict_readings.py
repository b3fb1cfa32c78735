from __future__ import annotations

import numpy as np
import pytest
from skimage.data import astronaut

from core.engine.engine import Engine
from core.faces.photo import Picture
from core.figures.probabilities import Answer
from core.schema import Card
from core.ui import photos
from core.ui.predict import readings
from core.ui.predict.readings import Reading
from tests.conftest import Lab


def answer(title: str, **shares: float) -> Answer:
    return Answer(title.lower(), title, tuple(shares), np.array(list(shares.values())))


SURE = answer("A", happy=0.9, sad=0.1)
ALSO = answer("B", happy=0.8, sad=0.2)
UNSURE = answer("C", happy=0.55, sad=0.45)
OTHER = answer("D", happy=0.1, sad=0.9)
DOUBT = answer("E", happy=0.45, sad=0.55)


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([SURE], "A says **😄 Happy**."),
        ([UNSURE], "C is **uncertain**; its best guess is 😄 Happy."),
        ([SURE, ALSO], "Both networks say **😄 Happy**."),
        ([SURE, ALSO, SURE], "All 3 networks say **😄 Happy**."),
        ([SURE, UNSURE], "A says **😄 Happy**. Uncertain: C."),
        ([SURE, DOUBT], "A says **😄 Happy**. Uncertain: E."),
        ([SURE, ALSO, DOUBT], "A, B say **😄 Happy**. Uncertain: E."),
        (
            [SURE, OTHER, DOUBT],
            "The networks **disagree**: A says 😄 Happy, D says 😢 Sad. Uncertain: E.",
        ),
        ([SURE, OTHER], "The networks **disagree**: A says 😄 Happy, D says 😢 Sad."),
        # Two doubtful answers are no disagreement worth the name.
        ([UNSURE, DOUBT], "**No network is sure** about this face."),
    ],
)
def test_agreement_in_words(answers: list[Answer], expected: str) -> None:
    assert readings.agreement(answers, 0.6) == expected


def test_nobody_is_uncertain_without_a_threshold() -> None:
    assert "uncertain" not in readings.agreement([UNSURE], 0).lower()


def test_short_forms() -> None:
    assert readings.runner_up(SURE) == "Happy 90.0%, Sad 10.0%"
    assert readings.in_short([SURE, ALSO, OTHER]) == "Happy / Sad"


def test_a_row_for_every_face_and_network(lab: Lab) -> None:
    scene = np.full((300, 600, 3), 128, np.uint8)
    scene[20:280, 20:280] = scene[20:280, 320:580] = astronaut()[:260, 100:360]
    photo = photos.prepare("=pair.png", "0" * 64, Picture(scene))
    found = [
        Reading(Card.of(lab.models / name), Engine().predict(name, photo.chips)) for name in lab.ids
    ]
    rows = readings.rows(photo, found)
    assert [(row.face, row.network) for row in rows] == [
        (face, name) for face in (1, 2) for name in lab.ids
    ]
    for row, reading in zip(rows, found * 2, strict=True):
        assert row.file == "=pair.png"
        assert row.model_sha256 == reading.card.model_sha256
        calibrated = reading.prediction.calibrated[(row.face or 0) - 1]
        assert list(row.probabilities.values()) == calibrated.tolist()
