"""What pages say about networks: recipes, scores, the headline pair."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from core.evaluation import results
from core.roles import TEACHERS
from core.schema import Card, InitialWeights, Machine, SelectionImages, Software
from core.text import in_language, number, signed
from core.training.recipe import Recipe, read
from core.ui import networks, parameters, widgets
from core.ui.results import scores
from core.words import provenance as origin
from tests.conftest import Lab
from tests.factories import make_network, make_results


def card_of(recipe: Recipe, card: Card, **changes: Any) -> Card:
    return card.model_copy(update={"recipe": recipe.model_dump(mode="json"), **changes})


@pytest.fixture
def card(lab: Lab) -> Card:
    return Card.of(lab.models / "plain_net")


RANDOM = InitialWeights(kind="random", source="keras")
IMAGENET = InitialWeights(kind="imagenet")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("random (He et al. 2015)", {"kind": "random", "source": "He et al. 2015", "through": ()}),
        ("random", {"kind": "random", "source": "", "through": ()}),
        (
            "B ← A ← ImageNet (torchvision, BSD-3-Clause)",
            {"kind": "imagenet", "source": "torchvision, BSD-3-Clause", "through": ("B", "A")},
        ),
        ("weights of a friend", {"kind": "other", "source": "weights of a friend", "through": ()}),
    ],
)
def test_sentences_of_older_cards_become_values(card: Card, old: str, new: dict) -> None:
    content = card.model_dump(mode="json") | {"initial_weights": old}
    read_back = Card.model_validate(content)
    assert read_back.initial_weights.model_dump() == new
    assert origin.initial_weights(read_back) == old
    assert Card.model_validate(read_back.model_dump(mode="json")) == read_back


def test_a_recipe_in_words(card: Card) -> None:
    rows = parameters.rows(card_of(read("cnn_48"), card), {})
    recipe = read("cnn_48")
    assert rows["Optimizer"] == "Adam"
    assert rows["Batch size"] == str(recipe.batch)
    assert rows["Learning rate"] == f"{recipe.stages[0].learning_rate:g}, cosine decay"
    assert rows["Augmentation"].startswith("mirror, rotation ±12°")
    assert parameters.UNKNOWN not in rows.values()


def test_stages_that_differ_are_joined_by_arrows(card: Card) -> None:
    recipe = read("vgg16_frozen")
    head = recipe.stages[0]
    rest = head.model_copy(update={"trainable": "block4_conv1", "learning_rate": 1e-5})
    staged = recipe.model_copy(update={"stages": (head, rest)})
    rows = parameters.rows(card_of(staged, card, initial_weights=IMAGENET), {})
    assert rows["Trained layers"] == "head only → from block4_conv1 on"
    assert rows["Learning rate"] == "0.001, constant → 0.00001, constant"
    assert rows["Optimizer"] == "Adam"


def test_without_the_pretrained_weights_every_stage_trained_the_whole_network(card: Card) -> None:
    recipe = read("imagenet/mobilenet_v2_imagenet")
    assert [stage.trainable for stage in recipe.stages] == ["head", "block_8_expand"]
    rows = parameters.rows(card_of(recipe, card, initial_weights=RANDOM), {})
    assert rows["Trained layers"] == "all"
    handed_on = card_of(recipe, card, initial_weights=RANDOM.after("MobileNetV2"))
    assert parameters.rows(handed_on, {})["Trained layers"].startswith("head only")


def test_a_running_mean_of_the_weights_is_told_with_the_optimizer(card: Card) -> None:
    recipe = read("se_vgg16_full")
    assert recipe.stages[0].ema == 0.999
    rows = parameters.rows(card_of(recipe, card), {})
    assert rows["Optimizer"] == "SGD (Nesterov 0.9), mean of the weights (0.999)"


def test_teachers_stand_by_their_titles(card: Card) -> None:
    rows = parameters.rows(card_of(read("se_vgg16_full"), card), {"se_vgg16_clean": "Clean"})
    assert "90% from Clean, se_vgg16_bn" in rows["Targets"]


def test_the_machine_is_told_in_the_language_of_the_page(card: Card) -> None:
    training = card.training.model_copy(update={"hardware": Machine(cores=2, device="AMD EPYC")})
    with in_language("id"):
        rows = parameters.rows(card.model_copy(update={"training": training}), {})
        assert rows["Perangkat keras"].startswith("2 inti CPU, AMD EPYC")


def test_an_unknown_recipe_gives_dashes(card: Card) -> None:
    rows = parameters.rows(card.model_copy(update={"recipe": {"stages": 3}}), {})
    assert rows["Optimizer"] == parameters.UNKNOWN
    assert rows["Parameters"] == str(card.parameters)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (29, "29 s"), (31, "1 min"), (3570, "1 h 0 min"), (7380, "2 h 3 min")],
)
def test_duration(seconds: float, text: str) -> None:
    assert parameters.duration(seconds) == text


def test_scores_of_the_report_split_only_there(lab: Lab) -> None:
    item = results.load("plain_net")
    report, selection = (scores.rows(item, name) for name in ("PrivateTest", "PublicTest"))
    assert report["Agreement with the FER+ crowd"] is not None
    assert "Agreement with the FER+ crowd" not in selection
    assert scores.value(report["Accuracy"]) == item.metrics.report.accuracy
    assert scores.text(None) == scores.UNKNOWN


def test_score_table_and_its_numbers_agree(lab: Lab) -> None:
    chosen = [results.load(name) for name in lab.ids]
    texts, plain = scores.table(chosen, "PrivateTest")
    assert list(texts.columns) == [item.title for item in chosen]
    assert set(plain["network"]) == set(lab.ids)
    assert len(plain) == texts.size
    assert plain["value"].between(0, 1).all()


def test_classes_that_one_network_lacks(lab: Lab) -> None:
    make_results(lab.results, "three", classes=("happy", "sad", "neutral"))
    chosen = [results.load(name) for name in ("plain_net", "three")]
    texts, plain = scores.per_class(chosen, "PrivateTest", "recall")
    assert len(texts) == 7
    assert (texts["three"] == scores.UNKNOWN).sum() == 4
    assert len(plain) == 10


def test_a_split_that_was_not_measured(lab: Lab) -> None:
    texts, _plain = scores.table([results.load("plain_net")], "Training")
    assert texts.empty


def stand_in(name: str, accuracy: float, classes: int = 7) -> Any:
    from core.labels import CLASSES

    report = SimpleNamespace(accuracy=accuracy)
    return SimpleNamespace(
        id=name,
        usable=accuracy >= 0,
        classes=CLASSES[:classes],
        metrics=SimpleNamespace(report=report),
    )


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([], []),
        ([("a", 0.5)], ["a"]),
        ([("a", 0.5), ("b", 0.6), ("c", 0.4)], ["b", "a"]),  # the most accurate
        ([("a", 0.9), ("vgg16_frozen", 0.5)], ["vgg16_frozen", "a"]),  # a scenario first
        ([("se_vgg16", 0.7), ("a", 0.9), ("vgg16_frozen", 0.5)], ["vgg16_frozen", "se_vgg16"]),
        ([("se_vgg16", -1), ("a", 0.9)], ["a"]),  # without readable scores
    ],
)
def test_headline(given: list[tuple[str, float]], expected: list[str]) -> None:
    pair = networks.headline([stand_in(*item) for item in given])
    assert [item.id for item in pair] == expected


def test_networks_of_fewer_classes_are_no_headline() -> None:
    pair = networks.headline([stand_in("three", 0.9, classes=3), stand_in("seven", 0.6)])
    assert [item.id for item in pair] == ["seven"]


def test_a_teacher_is_chosen_nowhere() -> None:
    teacher, pupil = stand_in(TEACHERS[0], 0.9), stand_in("pupil", 0.6)
    assert [item.id for item in networks.best_pair([teacher, pupil])] == ["pupil"]
    assert [item.id for item in networks.headline([teacher, pupil])] == ["pupil"]
    leader = networks.leader([teacher, pupil])
    assert leader is not None
    assert leader.id == "pupil"


def test_the_leader_of_a_pair_comes_first_and_the_best_pair_is_of_seven_classes() -> None:
    weak, strong, three = (
        stand_in("weak", 0.5),
        stand_in("strong", 0.7),
        stand_in("three", 0.9, classes=3),
    )
    assert [item.id for item in networks.leading(weak, strong)] == ["strong", "weak"]
    assert [item.id for item in networks.best_pair([three, weak, strong])] == ["strong", "weak"]


def test_networks_without_scores_come_last(lab: Lab) -> None:
    make_network(lab.models, lab.results, "aaa")
    (lab.results / "aaa" / "metrics.json").write_text("{}")
    found = networks.in_order(results.load_all())
    assert [item.id for item in found][-1] == "aaa"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a_b/c*d.json", r"a\_b/c\*d.json"),
        ("key[0]: $x$ <b>", r"key\[0\]: \$x\$ \<b\>"),
        (":material/home: ~x~", r"\:material/home: \~x\~"),
    ],
)
def test_plain_text_is_not_markdown(text: str, shown: str) -> None:
    assert widgets.plain(text) == shown


def test_a_part_of_training_and_the_software_are_told_in_the_words_of_the_page(card: Card) -> None:
    protocol = card.protocol.model_copy(
        update={"selection": SelectionImages(split="FER-2013 Training", share=0.1)}
    )
    training = card.training.model_copy(
        update={"backend": Software(library="Keras 3.15.1", backend="tensorflow, Python 3")}
    )
    told = card.model_copy(update={"protocol": protocol, "training": training})
    assert origin.selection(told) == "another 10% of FER-2013 Training"
    assert origin.software(told) == "Keras 3.15.1 on tensorflow, Python 3"
    with in_language("id"):
        assert "another" not in origin.selection(told)
        assert " on " not in origin.software(told)
    plain = card.model_copy(
        update={"training": training.model_copy(update={"backend": Software(library="by hand")})}
    )
    assert origin.selection(plain) == card.protocol.selection.split
    assert origin.software(plain) == "by hand"
    rows = parameters.rows(card_of(read("vgg16_smote"), told), {})
    assert "on another 10% of FER-2013 Training, " in rows["Epoch chosen by"]


@pytest.mark.parametrize(
    ("value", "plain", "with_sign"),
    [(1.25, "1.2", "+1.2"), (-3, "−3.0", "−3.0"), (-0.04, "0.0", "0.0"), (0.04, "0.0", "0.0")],
)
def test_what_rounds_to_zero_has_no_sign(value: float, plain: str, with_sign: str) -> None:
    assert number(value, 1) == plain
    assert signed(value, 1) == with_sign
