"""What is promised for a single face is what stands in the files."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.evaluation.robustness import Robustness
from core.evaluation.trust import WATCHED, Trust, expectation, trust_in
from core.schema import Card
from core.words.robustness import cost
from tests import factories
from tests.conftest import Lab


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Robustness:
    folder = factories.make_robustness(tmp_path_factory.mktemp("results"), "net")
    return Robustness.read(folder / "robustness.json")


@pytest.mark.parametrize("kind", sorted(WATCHED))
@pytest.mark.parametrize("level", [1, 3, 5])
def test_at_a_measured_picture_the_accuracy_is_the_measured_one(
    found: Robustness, kind: str, level: int
) -> None:
    measure, result = WATCHED[kind], found.kinds[kind]
    value = (
        result.strengths[level - 1]
        if measure == "side"
        else result.levels[level - 1].picture[measure]
    )
    expected = expectation(found, {measure: value})
    assert expected is not None
    assert expected.accuracy == pytest.approx(result.levels[level - 1].accuracy)
    assert expected.kind == kind


def test_a_picture_like_the_clean_ones_and_better_costs_nothing(found: Robustness) -> None:
    for value in (found.clean.picture["noise"], 0.0):
        expected = expectation(found, {"noise": value})
        assert expected is not None
        assert expected.loss == 0
        assert cost(expected, "Net") == ""


@given(
    noise=st.floats(0, 100), sharpness=st.floats(0, 3), brightness=st.floats(0, 255),
    side=st.floats(1, 2000),
)  # fmt: skip
def test_the_worst_kind_counts_and_no_value_is_beyond_the_measured_ones(
    found: Robustness, noise: float, sharpness: float, brightness: float, side: float
) -> None:
    picture = {"noise": noise, "sharpness": sharpness, "brightness": brightness, "side": side}
    expected = expectation(found, picture)
    alone = [expectation(found, {name: value}) for name, value in picture.items()]
    assert expected is not None
    assert expected.accuracy == min(entry.accuracy for entry in alone if entry)
    accuracies = [condition.accuracy for _name, condition in found.conditions()]
    assert min(accuracies) <= expected.accuracy <= max(accuracies)


def test_sentences_tell_the_files_numbers(found: Robustness) -> None:
    result = found.kinds["gaussian_noise"].levels[4]
    expected = expectation(found, {"noise": result.picture["noise"]})
    assert expected is not None
    points = 100 * (found.clean.accuracy - result.accuracy)
    assert cost(expected, "Net") == (
        f"Noise like this costs Net {points:.0f} points: expect {100 * result.accuracy:.0f}% right."
    )


def test_every_watched_kind_has_a_sentence(found: Robustness) -> None:
    worst = {"noise": 99.0, "sharpness": 0.0, "brightness": 0.0, "side": 1.0}
    for measure, value in worst.items():
        expected = expectation(found, {measure: value})
        assert expected is not None
        assert "costs Net" in cost(expected, "Net")


def test_what_is_damaged_or_of_other_files_promises_nothing(lab: Lab) -> None:
    card = Card.of(lab.models / "plain_net")
    factories.make_robustness(lab.results, "plain_net", model_sha256=card.model_sha256)
    known = trust_in(card)
    assert known.robustness is not None
    assert known.rule(0.9) is not None
    factories.make_robustness(lab.results, "plain_net", model_sha256="1" * 64)
    assert trust_in(card).robustness is None
    (lab.results / "plain_net" / "robustness.json").write_text("[")
    (lab.results / "plain_net" / "predictions.npz").write_bytes(b"half")
    lost = trust_in(card)
    assert (lost.robustness, lost.selection, lost.rule(0.9)) == (None, None, None)
    assert lost.expected({"noise": 50.0}) is None


def test_rules_are_those_of_the_table(lab: Lab) -> None:
    known = trust_in(Card.of(lab.models / "plain_net"))
    rules = [known.rule(level) for level in (0.8, 0.9, 0.8)]
    assert rules[0] is rules[2]
    assert rules[0] is not None
    assert rules[1] is not None
    assert (rules[0].least >= rules[1].least).all()
    assert Trust(selection=known.selection) == known
    assert np.isfinite(rules[0].least).all()
