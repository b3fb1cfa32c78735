from __future__ import annotations

from core.evaluation import seeds, significance
from core.evaluation.results import load
from core.schema import Metrics, read_predictions
from core.text import percent
from tests.conftest import Lab
from tests.factories import make_network, make_seed
from tests.pages.app import open_page, texts


def test_headline_numbers_are_those_of_the_results(lab: Lab) -> None:
    app = open_page("home")
    accuracies = {
        percent(Metrics.read(lab.results / name / "metrics.json").report.accuracy)
        for name in lab.ids
    }
    assert {item.value for item in app.metric} == accuracies


def test_the_two_scenarios_come_first(lab: Lab) -> None:
    make_network(lab.models, lab.results, "se_vgg16", skill=1)
    make_network(lab.models, lab.results, "vgg16_frozen", skill=0.5)
    app = open_page("home")
    assert [item.label for item in app.metric] == ["Vgg16 Frozen: accuracy", "Se Vgg16: accuracy"]
    tables = [
        read_predictions(lab.results / name / "predictions.npz")["PrivateTest"]
        for name in ("vgg16_frozen", "se_vgg16")
    ]
    expected = significance.sentence(significance.compare(*tables), "Vgg16 Frozen", "Se Vgg16")
    assert expected in texts(app)


def test_the_ablation_stands_between_them_and_answers_what_helps(lab: Lab) -> None:
    for name, skill in (("se_vgg16", 1.0), ("vgg16_frozen", 0.5), ("vgg16_finetuned", 1.1)):
        make_network(lab.models, lab.results, name, skill=skill)
    app = open_page("home")
    titles = ("Vgg16 Frozen", "Vgg16 Finetuned", "Se Vgg16")
    assert [item.label for item in app.metric] == [f"{title}: accuracy" for title in titles]
    tables = [
        read_predictions(lab.results / name / "predictions.npz")["PrivateTest"]
        for name in ("vgg16_finetuned", "se_vgg16")
    ]
    answer = significance.sentence(significance.compare(*tables), *titles[1:])
    assert f"**Is it squeeze-and-excitation that helps?** {answer}" in texts(app)
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


def test_the_best_network_is_named_where_no_card_shows_it(lab: Lab) -> None:
    for name, skill in (("se_vgg16", 1.0), ("vgg16_frozen", 0.5), ("se_vgg16_full", 3.0)):
        make_network(lab.models, lab.results, name, skill=skill)
    scores = Metrics.read(lab.results / "se_vgg16_full" / "metrics.json").report
    start = "**Which network is the best here?** Se Vgg16 Full, with "
    assert f"{start}{percent(scores.accuracy)} (95%: " in texts(open_page("home"))
    (lab.results / "se_vgg16_full" / "metrics.json").unlink()
    (lab.results / "plain_net" / "metrics.json").unlink()
    (lab.results / "gated_net" / "metrics.json").unlink()
    assert "Which network is the best" not in texts(open_page("home"))


def test_one_network_is_enough(lab: Lab) -> None:
    for file in (lab.results / "gated_net").iterdir():
        file.unlink()
    assert len(open_page("home").metric) == 1


def test_every_page_is_linked_in_the_body(lab: Lab) -> None:
    """On a phone the sidebar is folded away."""
    from tests.pages.test_every_page import PAGES

    linked = {item.proto.page for item in open_page("home").get("page_link")}
    assert linked == set(PAGES) - {"home"}


def test_links_keep_the_language(lab: Lab) -> None:
    links = open_page("home", lang="id").get("page_link")
    assert {item.proto.query_string for item in links} == {"lang=id"}
