"""Reading results: what is whole stays usable, what is broken says so."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.data.supports import SUPPORTS
from core.errors import ResultsError
from core.evaluation.results import load, load_all, split_badge
from core.labels import CLASSES
from core.schema import read_predictions, write_predictions
from tests.conftest import Lab
from tests.factories import make_network, make_results


def test_whole_results_have_no_problems(lab: Lab) -> None:
    found = load_all()
    assert [network.id for network in found] == ["gated_net", "plain_net"]
    for network in found:
        assert network.problems == []
        assert network.usable
        assert network.title == network.id.replace("_", " ").title()
        assert set(network.tables) == set(network.cells) == {"PublicTest", "PrivateTest"}
        assert network.history is not None
        assert network.split("PrivateTest") == network.metrics.report
        assert network.split("Training") is None


def test_no_results_is_no_error(tmp_path: Path) -> None:
    assert load_all(tmp_path / "missing") == []
    (tmp_path / "notes").mkdir()
    assert load_all(tmp_path) == []


def test_results_without_a_model_stay_usable(lab: Lab) -> None:
    make_results(lab.results, "far_net")
    found = load("far_net")
    assert found.usable
    assert found.card is None
    assert found.title == "far_net"
    assert found.problems == []


def edit(change: Callable[[dict[str, Any]], None]) -> Callable[[Path], None]:
    def apply(folder: Path) -> None:
        path = folder / "metrics.json"
        content = json.loads(path.read_text())
        change(content)
        path.write_text(json.dumps(content))

    return apply


def cut(name: str) -> Callable[[Path], None]:
    def apply(folder: Path) -> None:
        path = folder / name
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

    return apply


def remove(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (remove("metrics.json"), "metrics.json is missing"),
        (cut("metrics.json"), "metrics.json is not readable JSON"),
        (edit(lambda m: m.update(schema_version=2)), "schema_version"),
        (edit(lambda m: m.update(model="other")), "Expected plain_net. Received: other"),
        (edit(lambda m: m["report"].update(accuracy=float("nan"))), "report.accuracy"),
        (edit(lambda m: m["report"].update(accuracy=0.99)), "report.accuracy: Expected 0."),
        (edit(lambda m: m.update(classes=list(reversed(CLASSES)))), "report.per_class"),
        (edit(lambda m: m["report"]["confusion"][0].pop()), "expected 7 rows of 7 counts"),
        (edit(lambda m: m["report"]["confusion"][0].__setitem__(0, -1)), "report.confusion.0.0"),
    ],
)
def test_broken_metrics_are_named_and_spare_the_rest(
    lab: Lab, spoil: Callable[[Path], None], message: str
) -> None:
    spoil(lab.results / "plain_net")
    healthy, broken = load_all()
    assert healthy.problems == []
    assert not broken.usable
    assert len(broken.problems) == 1
    assert message in broken.problems[0]
    assert "plain_net" in broken.problems[0]
    with pytest.raises(ResultsError, match="metrics"):
        _ = broken.metrics
    assert broken.history is not None
    assert broken.cells


@pytest.mark.parametrize(
    ("name", "attribute"),
    [("history.json", "history"), ("predictions.npz", "tables"), ("cells.npz", "cells")],
)
@pytest.mark.parametrize("spoil", [cut, remove])
def test_one_broken_file_takes_only_its_own_content(
    lab: Lab, name: str, attribute: str, spoil: Callable[[str], Callable[[Path], None]]
) -> None:
    spoil(name)(lab.results / "plain_net")
    found = load("plain_net")
    assert found.usable
    assert not getattr(found, attribute)
    assert len(found.problems) == 1
    assert name in found.problems[0]


def change_table(lab: Lab, **update: Any) -> None:
    path = lab.results / "plain_net" / "predictions.npz"
    tables = read_predictions(path)
    tables["PrivateTest"] = tables["PrivateTest"].model_copy(update=update)
    write_predictions(path, list(tables.values()))


def test_table_that_contradicts_the_metrics_is_left_out(lab: Lab) -> None:
    table = load("plain_net").tables["PrivateTest"]
    change_table(lab, probabilities=table.probabilities[::-1].copy())
    found = load("plain_net")
    assert set(found.tables) == {"PublicTest"}
    assert "PrivateTest: its predictions do not give the confusion matrix" in found.problems[0]


def test_table_with_an_image_twice_is_left_out(lab: Lab) -> None:
    table = load("plain_net").tables["PrivateTest"]
    change_table(lab, index=np.full_like(table.index, 7))
    assert "an image stands in it twice" in load("plain_net").problems[0]


def test_table_with_nan_is_named(lab: Lab) -> None:
    table = load("plain_net").tables["PrivateTest"]
    change_table(lab, probabilities=np.full_like(table.probabilities, np.nan))
    found = load("plain_net")
    assert not found.tables
    assert "expected finite numbers" in found.problems[0]


def test_table_of_other_classes_is_left_out(lab: Lab) -> None:
    table = load("plain_net").tables["PrivateTest"]
    other = table.probabilities[:, :3] / table.probabilities[:, :3].sum(axis=1, keepdims=True)
    change_table(lab, probabilities=other, label=table.label % 3)
    assert "Expected 7 classes. Received: 3" in load("plain_net").problems[0]


def test_results_of_another_model_file_are_pointed_out(lab: Lab) -> None:
    make_results(lab.results, "plain_net", model_sha256="1" * 64)
    found = load("plain_net")
    assert found.usable
    assert "another model file" in found.problems[0]
    assert "python -m core evaluate plain_net" in found.problems[0]


def test_broken_card_is_pointed_out(lab: Lab) -> None:
    (lab.models / "plain_net" / "card.json").write_text("{}")
    found = load("plain_net")
    assert found.usable
    assert "card.json" in found.problems[0]


def test_network_of_three_classes_loads(lab: Lab) -> None:
    make_network(lab.models, lab.results, "three", classes=("angry", "sad", "surprise"))
    found = load("three")
    assert found.problems == []
    assert found.classes == ["angry", "sad", "surprise"]


def matrix(support: tuple[int, ...]) -> np.ndarray:
    counts = np.diag(support)
    counts[0, 0] -= 3
    counts[0, 1] += 3
    return counts


@pytest.mark.parametrize("split", list(SUPPORTS))
def test_badge_knows_every_split_by_its_row_sums(split: str) -> None:
    badge = split_badge(split, matrix(SUPPORTS[split]), list(CLASSES))
    assert badge.verified
    assert badge.text == f"{split}, verified by its row sums"


def test_badge_names_the_split_that_it_really_is() -> None:
    badge = split_badge("PrivateTest", matrix(SUPPORTS["PublicTest"]), list(CLASSES))
    assert not badge.verified
    assert badge.text == "called PrivateTest, but its row sums are those of PublicTest"


def test_badge_of_something_else(lab: Lab) -> None:
    badge = load("plain_net").badge("PrivateTest")
    assert badge is not None
    assert badge.recognised is None
    assert "match no split" in badge.text
    assert load("plain_net").badge("Training") is None
