"""The reading says what the curves say, and never calls a missing gap a good sign."""

from __future__ import annotations

import pytest

from core import text
from core.schema import Epoch, History
from core.words.learning import curves, read


def history(
    val_loss: list[float],
    val_accuracy: list[float],
    accuracy: list[float] | None = None,
    best: int | None = None,
) -> History:
    accuracy = accuracy or [0.5] * len(val_loss)
    best = best or val_accuracy.index(max(val_accuracy)) + 1
    rows = [
        Epoch(
            epoch=place + 1,
            stage="all",
            loss=1.0,
            accuracy=accuracy[place],
            val_loss=val_loss[place],
            val_accuracy=val_accuracy[place],
            learning_rate=0.01,
            seconds=1.0,
        )
        for place in range(len(val_loss))
    ]
    return History(model="net", selection_split="PublicTest", best_epoch=best, epochs=rows)


IMPROVING = history([1.5, 1.2, 1.0], [0.4, 0.5, 0.6])
RISING = history([1.5, 1.0, 1.1, 1.3], [0.4, 0.6, 0.6, 0.59])
SURER = history([1.5, 1.0, 1.1, 1.2], [0.4, 0.55, 0.58, 0.6])
FLAT = history([1.5, 1.0, 1.01, 1.02], [0.4, 0.6, 0.6, 0.6])


def test_numbers_are_those_of_the_curves() -> None:
    found = curves(RISING, training_accuracy=0.9)
    assert found.chosen.epoch == 2
    assert found.lowest.epoch == 2
    assert found.rise == pytest.approx(0.3)
    assert found.gap == pytest.approx(-0.1)
    assert found.clean_gap == pytest.approx(0.3)
    assert found.accuracy_change == pytest.approx(-0.01)


@pytest.mark.parametrize(
    ("curve", "training_accuracy", "verdict"),
    [
        (IMPROVING, None, "none"),  # gap of augmented images is negative
        (IMPROVING, 0.62, "none"),
        (IMPROVING, 0.70, "mild"),  # the clean gap tells more
        (IMPROVING, 0.99, "strong"),
        (RISING, 0.60, "strong"),  # the loss tells alone
        (FLAT, 0.60, "none"),
    ],
)
def test_verdict(curve: History, training_accuracy: float | None, verdict: str) -> None:
    assert curves(curve, training_accuracy).verdict == verdict


@pytest.mark.parametrize(
    ("curve", "training_accuracy", "parts"),
    [
        (IMPROVING, 0.62, ["No overfitting yet", "last epoch, 3", "62.0%", "still falling"]),
        (IMPROVING, 0.55, ["5.0 percentage points less than on validation"]),
        (IMPROVING, None, ["That is no sign against overfitting"]),
        (FLAT, 0.60, ["Hardly any", "epoch 2 of 4", "2 later epochs", "stayed near it"]),
        (RISING, 0.9, ["clearly overfits", "rose by 30%", "lost 1.0 percentage points"]),
        (SURER, 0.7, ["surer of its mistakes", "gained 5.0 percentage points"]),
    ],
)
def test_sentences(curve: History, training_accuracy: float | None, parts: list[str]) -> None:
    found = " ".join(read(curve, training_accuracy))
    for part in parts:
        assert part in found


def test_one_later_epoch_is_singular() -> None:
    found = read(history([1.5, 1.0, 1.1], [0.4, 0.6, 0.5]))
    assert "1 later epoch brought" in " ".join(found)


def test_reading_is_in_the_language_of_the_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    read_in_english = read(RISING, 0.9)
    monkeypatch.setattr(text, "_source", lambda: "id")
    found = read(RISING, 0.9)
    assert "90,0%" in " ".join(found)
    assert not any(line in read_in_english for line in found)
