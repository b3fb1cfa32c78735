from __future__ import annotations

import re

import pytest
from streamlit.testing.v1 import AppTest

from core import paths
from core.engine.showcase import PHOTO, NetworkAnswer, Showcase
from core.evaluation import seeds, significance
from core.evaluation.results import load
from core.files import sha256
from core.records import Made
from core.schema import Card, Metrics, PredictionTable, read_predictions
from core.text import percent
from tests.conftest import Lab
from tests.factories import make_network, make_seed
from tests.pages.app import open_page, texts


def chart(app: AppTest) -> list[tuple[str, str]]:
    """Networks and accuracies of the interval chart, from top to bottom."""
    (found,) = (item.proto.body for item in app.get("html") if "fer-intervals" in item.proto.body)
    rows = re.findall(r'scope="row">(.*?)</th>.*?class="number">(.*?)</td>', found, re.DOTALL)
    return [(title, value) for title, value in rows]


def accuracy(lab: Lab, name: str) -> str:
    return percent(Metrics.read(lab.results / name / "metrics.json").report.accuracy)


def table(lab: Lab, name: str) -> PredictionTable:
    return read_predictions(lab.results / name / "predictions.npz")["PrivateTest"]


def test_the_chart_shows_what_the_results_say_the_best_first(lab: Lab) -> None:
    for name, skill in (("se_vgg16", 1.0), ("vgg16_frozen", 0.5)):
        make_network(lab.models, lab.results, name, skill=skill)
    found = chart(open_page("home"))
    names = ["se_vgg16", "vgg16_frozen", *lab.ids]
    assert {value for _title, value in found} == {accuracy(lab, name) for name in names}
    shares = [float(value.rstrip("%")) for _title, value in found]
    assert shares == sorted(shares, reverse=True)


@pytest.mark.parametrize(("skill", "words"), [(9.0, "seldom give"), (2.0, "could be chance")])
def test_the_answer_names_the_leader_and_whether_its_lead_is_chance(
    lab: Lab, skill: float, words: str
) -> None:
    for name in lab.ids:
        make_network(lab.models, lab.results, name, skill=1.9)
    make_network(lab.models, lab.results, "best", skill=skill)
    first, second = chart(open_page("home"))[:2]
    answer = texts(open_page("home"))
    assert f"**{first[0]}** is ahead: it is right on **{first[1]}** of" in answer
    assert f"It leads {second[0]} by" in answer
    assert words in answer


def test_the_tests_stand_behind_why(lab: Lab) -> None:
    for name, skill in (("se_vgg16", 1.0), ("vgg16_frozen", 0.5), ("vgg16_finetuned", 1.1)):
        make_network(lab.models, lab.results, name, skill=skill)
    app = open_page("home")
    (why,) = app.expander
    inside = " ".join(item.value for item in why.markdown)
    pair = significance.compare(table(lab, "se_vgg16"), table(lab, "vgg16_frozen"))
    assert significance.sentence(pair, "Se Vgg16", "Vgg16 Frozen") in inside
    assert "**Is it squeeze-and-excitation that helps?**" in inside
    assert "**Apakah" in texts(open_page("home", lang="id"))


def test_what_helps_is_asked_of_further_seeds_too(lab: Lab) -> None:
    for name in ("se_vgg16", "vgg16_frozen", "vgg16_finetuned"):
        make_network(lab.models, lab.results, name)
        if name != "vgg16_frozen":
            for number in (1, 2):
                make_seed(lab.results, name, number, size=96)
    paired = [load(name, lab.results, lab.models) for name in ("vgg16_finetuned", "se_vgg16")]
    (contest,) = seeds.contests(seeds.spreads(paired, "PrivateTest"))
    answer = seeds.sentence(contest)
    assert answer.startswith("Over 2 seeds")
    assert [text for text in texts(open_page("home")).splitlines() if text.endswith(answer)]


def test_one_network_is_enough(lab: Lab) -> None:
    for file in (lab.results / "gated_net").iterdir():
        file.unlink()
    app = open_page("home")
    assert len(chart(app)) == 1
    assert "It leads" not in texts(app)


def shown(app: AppTest) -> list[str]:
    return [item.proto.body for item in app.get("html") if "fer-shown" in item.proto.body]


def test_the_photo_has_an_answer_of_the_networks_own_weights_or_is_not_shown(lab: Lab) -> None:
    assert not shown(open_page("home")), "nobody asked yet"
    card = Card.of(lab.models / "plain_net")
    showcase = Showcase(
        photo=PHOTO,
        photo_sha256=sha256(paths.EXAMPLES / PHOTO),
        boxes=[(0.3, 0.1, 0.2, 0.2)],
        networks={
            "plain_net": NetworkAnswer(
                model_sha256=card.model_sha256,
                classes=["sad", "happy"],
                probabilities=[[0.25, 0.75]],
            )
        },
        made=Made(command="test", date="2026-01-01", versions={}),
    )
    showcase.write(lab.results / "showcase.json")
    assert "Happy 75%" in shown(open_page("home"))[0]
    changed = showcase.networks["plain_net"].model_copy(update={"model_sha256": "0" * 64})
    showcase.model_copy(update={"networks": {"plain_net": changed}}).write(
        lab.results / "showcase.json"
    )
    assert not shown(open_page("home"))
    (lab.results / "showcase.json").write_text("{}")
    assert not shown(open_page("home"))


def test_the_shipped_answers_are_those_of_shipped_networks() -> None:
    """Else: python -m core showcase."""
    found = Showcase.read(paths.ROOT / "results" / "showcase.json")
    cards = [Card.of(path.parent) for path in paths.ROOT.glob("models/*/card.json")]
    asked = {name: answer.model_sha256 for name, answer in found.networks.items()}
    assert asked == {card.id: card.model_sha256 for card in cards}
    assert found.photo_sha256 == sha256(paths.EXAMPLES / found.photo)


def test_every_page_is_linked_in_the_body(lab: Lab) -> None:
    """On a phone the sidebar is folded away."""
    from tests.pages.test_every_page import PAGES

    linked = {item.proto.page for item in open_page("home").get("page_link")}
    assert linked == set(PAGES) - {"home"}


def test_links_keep_the_language(lab: Lab) -> None:
    links = open_page("home", lang="id").get("page_link")
    assert {item.proto.query_string for item in links} == {"lang=id"}
