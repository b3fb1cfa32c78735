"""Which networks there are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.engine.catalogue import available_models, catalogue, default_network
from core.roles import QUICK, TEACHERS
from core.schema import Card
from tests.conftest import Lab


def test_networks_in_the_order_of_their_ids(lab: Lab) -> None:
    assert [card.id for card in available_models()] == ["gated_net", "plain_net"]
    assert catalogue().problems == []


def test_broken_networks_are_reported_and_left_out(lab: Lab) -> None:
    (lab.models / "gated_net" / "card.json").write_text("{")
    (lab.models / "plain_net").rename(lab.models / "renamed_net")
    found = catalogue()
    assert found.cards == []
    assert len(found.problems) == 2
    assert "not readable JSON" in found.problems[0]
    assert "Expected renamed_net. Received: plain_net" in found.problems[1]


def test_a_card_without_a_model_is_a_problem(lab: Lab) -> None:
    (lab.models / "plain_net" / "model.onnx").unlink()
    assert [card.id for card in catalogue().cards] == ["gated_net"]
    assert "model.onnx is missing" in catalogue().problems[0]


def test_folders_without_a_card_are_something_else(lab: Lab) -> None:
    (lab.models / "face_detection").mkdir()
    assert catalogue().problems == []


def test_no_models_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FER_MODELS", str(tmp_path / "none"))
    assert available_models() == []


def test_a_card_with_an_unknown_key_names_it(lab: Lab) -> None:
    path = lab.models / "plain_net" / "card.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"colour": "red"}))
    assert "colour" in catalogue().problems[0]


def test_the_quick_network_answers_where_nobody_chose_and_a_teacher_last(lab: Lab) -> None:
    (card, *_) = available_models()

    def named(name: str, parameters: int, classes: int = 7) -> Card:
        some = card.classes[:classes]
        return card.model_copy(update={"id": name, "parameters": parameters, "classes": some})

    quick, small, large = named(QUICK, 9), named("small", 2), named("large", 8)
    three, teacher = named("three", 1, classes=3), named(TEACHERS[0], 1)
    assert default_network([large, small, three, quick, teacher]).id == QUICK
    assert default_network([large, teacher, three, small]).id == "small"
    assert default_network([teacher, three]).id == "three"
    assert default_network([teacher]).id == TEACHERS[0]
