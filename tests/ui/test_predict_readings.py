from __future__ import annotations

import numpy as np
import pytest
from skimage.data import astronaut

from core.engine.engine import Engine
from core.figures.probabilities import Answer
from core.labels import CLASSES
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
        ([UNSURE], "C is **uncertain**; at most it is 😄 Happy."),
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


@pytest.mark.parametrize("name", ["=1+1.jpg", "+x", "-x", "@x", "\tx"])
def test_a_file_name_cannot_be_a_formula(name: str) -> None:
    assert readings.harmless(name) == f"'{name}"


def test_numbers_of_every_face_and_network(lab: Lab) -> None:
    scene = np.full((300, 600, 3), 128, np.uint8)
    scene[20:280, 20:280] = scene[20:280, 320:580] = astronaut()[:260, 100:360]
    photo = photos.prepare("=pair.png", "0" * 64, scene)
    found = [
        Reading(Card.of(lab.models / name), Engine().predict(name, photo.chips)) for name in lab.ids
    ]
    table = readings.numbers(photo, found, threshold=0.3)
    assert len(table) == len(photo.faces) * len(lab.ids) == 4
    assert set(table.file) == {"'=pair.png"}
    shares = table[[f"p_{name}" for name in CLASSES]]
    assert np.allclose(shares.sum(axis=1), 1, atol=1e-5)
    assert np.allclose(shares.max(axis=1), table.confidence)
    assert (table.certain == (table.confidence >= 0.3)).all()
    assert not np.allclose(shares, table[[f"uncalibrated_{name}" for name in CLASSES]])


def test_an_ordinary_name_stays() -> None:
    assert readings.harmless("a=b.jpg") == "a=b.jpg"
