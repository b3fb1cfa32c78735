"""McNemar's test against SciPy, by hand, and its sentences."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from core.errors import ResultsError
from core.evaluation.metrics import predictions, restrict
from core.evaluation.significance import Paired, compare, p_text, sentence
from core.schema import PredictionTable
from tests.factories import make_table

counts = st.integers(0, 500)
pairs = st.builds(Paired, counts, counts, counts, counts)


@given(pairs.filter(lambda pair: pair.only_a + pair.only_b > 0))
def test_p_value_equals_scipy(pair: Paired) -> None:
    expected = binomtest(pair.only_a, pair.only_a + pair.only_b).pvalue
    assert pair.p_value == pytest.approx(expected, rel=1e-9)


def test_equal_networks_do_not_differ() -> None:
    pair = Paired(10, 0, 0, 5)
    assert pair.p_value == 1
    assert not pair.significant
    assert pair.difference == 0


@given(pairs)
def test_swapping_the_networks_mirrors_everything(pair: Paired) -> None:
    swapped = Paired(pair.both, pair.only_b, pair.only_a, pair.neither)
    assert swapped.p_value == pytest.approx(pair.p_value)
    assert swapped.difference == pytest.approx(-pair.difference)
    low, high = pair.interval()
    assert swapped.interval() == pytest.approx((-high, -low))


@given(pairs)
def test_interval_contains_the_difference(pair: Paired) -> None:
    low, high = pair.interval()
    assert -1 <= low <= pair.difference <= high <= 1


def test_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    generator = np.random.default_rng(0)
    share = (0.55, 0.14, 0.10, 0.21)
    draws = generator.multinomial(300, share, size=2000)
    covered = 0
    for draw in draws:
        low, high = Paired(*map(int, draw)).interval()
        covered += low <= share[1] - share[2] <= high
    assert covered / len(draws) == pytest.approx(0.95, abs=0.015)


def test_tables_are_paired_by_image() -> None:
    a, b = make_table(seed=1), make_table(seed=2)
    order = np.random.default_rng(0).permutation(len(b.label))
    shuffled = PredictionTable(
        split=b.split,
        index=b.index[order],
        label=b.label[order],
        probabilities=b.probabilities[order],
    )
    pair = compare(a, shuffled)
    right_a, right_b = predictions(a) == a.label, predictions(b) == b.label
    assert pair == Paired(
        int((right_a & right_b).sum()),
        int((right_a & ~right_b).sum()),
        int((~right_a & right_b).sum()),
        int((~right_a & ~right_b).sum()),
    )
    assert pair.difference == pytest.approx(right_a.mean() - right_b.mean())


def test_networks_of_other_classes_are_paired_after_restricting() -> None:
    three = ("angry", "sad", "surprise")
    small = make_table(classes=three)
    pair = compare(restrict(make_table(), three), small)
    assert pair.n == len(small.label)


def test_tables_without_a_common_image_are_refused() -> None:
    with pytest.raises(ResultsError, match="share no image"):
        compare(make_table("PrivateTest"), make_table("PublicTest"))


def test_tables_with_other_labels_are_refused() -> None:
    table = make_table()
    other = table.model_copy(update={"label": (table.label + 1) % 7})
    with pytest.raises(ResultsError, match="different labels"):
        compare(table, other)


@pytest.mark.parametrize(
    ("p_value", "text"),
    [(0.0000001, "p < 0.001"), (0.0324, "p = 0.032"), (1.0, "p = 1.000")],
)
def test_p_values_are_printed_with_three_digits(p_value: float, text: str) -> None:
    assert p_text(p_value) == text


@pytest.mark.parametrize(
    ("pair", "parts"),
    [
        (Paired(500, 100, 40, 360), ["A beats B by 6.0 percentage points"]),
        (Paired(500, 40, 100, 360), ["B beats A by 6.0 percentage points"]),
        (Paired(500, 52, 48, 400), ["A leads B by 0.4", "10.0%", "no significant difference"]),
        (Paired(500, 50, 50, 400), ["A and B are right equally often"]),
        (Paired(500, 0, 0, 400), ["exactly the same images"]),
    ],
)
def test_sentence_says_what_the_numbers_say(pair: Paired, parts: list[str]) -> None:
    text = sentence(pair, "A", "B")
    for part in parts:
        assert part in text


def test_sentence_orders_its_interval_whoever_leads() -> None:
    first = sentence(Paired(500, 100, 40, 360), "A", "B")
    second = sentence(Paired(500, 40, 100, 360), "B", "A")
    assert first == second
