"""Spread over seeds and paired comparison of two recipes over them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from core import paths
from core.evaluation import seeds
from core.evaluation.metrics import predictions
from core.evaluation.results import load, load_all
from core.evaluation.significance import Paired
from core.roles import SQUEEZE
from core.schema import Card
from core.training.recipe import read
from core.training.seeds import reseed
from tests.conftest import Lab
from tests.factories import make_network, make_seed


def found(split: str = "PrivateTest") -> dict[tuple[str, int], seeds.Spread]:
    return {(item.id, item.size): item for item in seeds.spreads(load_all(), split)}


def test_one_run_is_no_spread(lab: Lab) -> None:
    make_seed(lab.results, "plain_net", 4, size=96)
    assert found() == {}


def test_the_network_is_a_run_of_its_own_recipe_only(lab: Lab) -> None:
    for seed in (3, 2):
        make_seed(lab.results, "plain_net", seed)
        make_seed(lab.results, "plain_net", seed, size=96)
    spread = found()
    own, other = spread["plain_net", 48], spread["plain_net", 96]
    assert [run.seed for run in own.runs] == [0, 2, 3]
    assert [run.seed for run in other.runs] == [2, 3]
    assert (own.own_size, other.own_size) == (True, False)
    assert own.runs[0].accuracy == pytest.approx(load("plain_net").metrics.report.accuracy)


def test_mean_and_deviation_are_numpys(lab: Lab) -> None:
    for seed in (1, 2, 3):
        make_seed(lab.results, "plain_net", seed, skill=1 + seed / 4)
    spread = found()["plain_net", 48]
    shares = []
    for run in spread.runs:
        shares.append((predictions(run.table) == run.table.label).mean())
    assert spread.mean == pytest.approx(np.mean(shares))
    assert spread.deviation == pytest.approx(np.std(shares, ddof=1))


def test_other_settings_stand_apart(lab: Lab) -> None:
    for seed, rate in ((1, 0.01), (2, 0.01), (3, 0.5), (4, 0.5)):
        optimizer = {"name": "sgd", "rate": rate}
        make_seed(lab.results, "plain_net", seed, recipe={"optimizer": optimizer})
    runs = [[run.seed for run in item.runs] for item in seeds.spreads(load_all(), "PrivateTest")]
    assert sorted(runs) == [[0, 1, 2], [3, 4]]


def test_what_a_recipe_does_not_use_tells_nothing_apart(lab: Lab) -> None:
    """A card written before a setting existed, and a run with that setting switched off."""
    make_seed(lab.results, "plain_net", 1, recipe={"data": {"mixup": 0.0, "split": None}})
    assert [run.seed for run in found()["plain_net", 48].runs] == [0, 1]


def test_a_zero_among_the_settings_of_a_network_counts(lab: Lab) -> None:
    network = {"name": "test", "settings": {"dropout": 0}}
    make_seed(lab.results, "plain_net", 1, recipe={"network": network})
    assert found() == {}


RECIPE_CHANGED_SINCE = {"mobilenet_v2", "emotion3_mobilenet_v2"}
"""Networks whose recipe says by now that they start from random weights, which the one that they
were trained by left to what lay at hand: a run of today is no twin of theirs."""


@pytest.mark.parametrize("folder", sorted((paths.ROOT / "models").glob("*/card.json")), ids=str)
def test_a_run_of_today_counts_beside_the_network_that_is_there(folder: Path) -> None:
    card = Card.of(folder.parent)
    again = reseed(read(card.id), card.training.seed + 1).recipe.model_dump(mode="json")
    same = seeds.settings_text(again) == seeds.settings_text(card.recipe)
    assert same is (card.id not in RECIPE_CHANGED_SINCE)


def test_contest_is_scipys_paired_t_test(lab: Lab) -> None:
    for seed in (1, 2, 3):
        make_seed(lab.results, "plain_net", seed, size=96, skill=1.5 + seed / 5)
        make_seed(lab.results, "gated_net", seed, size=96, skill=2.0)
    make_seed(lab.results, "gated_net", 9, size=96)  # no partner
    a, b = found()["gated_net", 96], found()["plain_net", 96]
    contest = seeds.contest(a, b)
    assert contest is not None
    assert contest.seeds == (1, 2, 3)
    expected = stats.ttest_rel(a.accuracies[:3], b.accuracies)
    interval = expected.confidence_interval()
    assert contest.mean == pytest.approx((a.accuracies[:3] - b.accuracies).mean())
    assert contest.p_value == pytest.approx(expected.pvalue)
    assert contest.interval() == pytest.approx((interval.low, interval.high))


def test_what_cannot_be_paired(lab: Lab) -> None:
    for seed in (1, 2):
        make_seed(lab.results, "plain_net", seed, size=96)
        make_seed(lab.results, "gated_net", seed + 10, size=96)
        make_seed(lab.results, "gated_net", seed, size=64)
    spread = found()
    assert seeds.contest(spread["plain_net", 96], spread["gated_net", 96]) is None  # other seeds
    assert seeds.contest(spread["plain_net", 96], spread["gated_net", 64]) is None  # other size


def test_runs_at_a_recipes_own_size_are_not_paired_with_resized_ones(lab: Lab) -> None:
    for seed in (1, 2):
        for name in ("plain_net", "gated_net"):
            make_seed(lab.results, name, seed, size=96)
    a, b = found()["plain_net", 96], found()["gated_net", 96]
    assert seeds.contest(a, b) is not None
    assert seeds.contest(a, replace(b, own_size=True)) is None


def test_the_question_of_squeeze_and_excitation_comes_first(lab: Lab) -> None:
    for name, skill in (("vgg16_finetuned", 3.0), ("se_vgg16", 1.0)):
        make_network(lab.models, lab.results, name)
        for seed in (1, 2):
            make_seed(lab.results, name, seed, size=96, skill=skill)
            make_seed(lab.results, "gated_net", seed, size=96)
    made = seeds.contests(seeds.spreads(load_all(), "PrivateTest"))
    assert len(made) == 3
    assert (made[0].a.id, made[0].b.id) == SQUEEZE  # the proposed one first, though worse
    assert all(contest.mean >= 0 for contest in made[1:])
    assert "Vgg16 Finetuned, 96 px leads Se Vgg16, 96 px" in seeds.sentence(made[0])


def spread_of(name: str) -> seeds.Spread:
    return seeds.Spread(name, name.upper(), 48, True, "PrivateTest", ("a", "b"), ())


def contest_of(*leads: int) -> seeds.Contest:
    pairs = tuple(Paired(both=60, only_a=20 + lead, only_b=20, neither=0) for lead in leads)
    return seeds.Contest(spread_of("a"), spread_of("b"), tuple(range(len(leads))), pairs)


@pytest.mark.parametrize(
    ("leads", "text"),
    [
        ((10, 11, 12), "A, 48 px leads B, 48 px by 9.9 percentage points on average, more than"),
        ((10, -6, 3), "may bring about (95% interval"),
        ((4, 5), "show no difference, and so few rule out none"),
        ((1, -1), "come out equal on average, to a tenth of a percentage point (95% interval"),
        ((5, 5), "A, 48 px and B, 48 px differ by 4.8 percentage points every time"),
        ((-10, -11, -12), "B, 48 px leads A, 48 px"),
    ],
)
def test_sentence(leads: tuple[int, ...], text: str) -> None:
    assert text in seeds.sentence(contest_of(*leads))


def test_equal_runs_have_no_spread_to_test_against() -> None:
    assert contest_of(0, 0).p_value is None
    assert contest_of(5, 5).p_value is None
    assert contest_of(5, 5).interval() == pytest.approx((5 / 105, 5 / 105))
