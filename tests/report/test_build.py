"""The files that tell of the results."""

from __future__ import annotations

import re
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from fpdf import FPDF

from core import cli
from core.evaluation.calibration import reliability
from core.evaluation.metrics import agreement
from core.figures import theme
from core.figures.accuracy import Context
from core.figures.entries import Curve, Score
from core.labels import CLASSES
from core.report import build, html, markdown, pdf, vector
from core.report.blocks import (
    Block,
    Bullets,
    Curves,
    Diagram,
    Dots,
    Heading,
    Heatmap,
    Paragraph,
    Table,
)
from core.report.gather import gather
from core.schema import Card, Metrics, OwnDivision
from core.speed import runs as speed
from core.text import percent
from core.training.recipe import read
from tests import factories
from tests.conftest import Lab

VOID = {"meta", "br", "img", "link", "input", "hr"}


class Tags(HTMLParser):
    """Checks that every tag is closed, and gathers what the page would fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.fetched: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        self.ids += [given["id"]] if "id" in given else []
        self.fetched += [
            given[key] for key in ("src", "href") if key in given and given[key][:1] != "#"
        ]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        cli.main(["report", *arguments])
    return int(ended.value.code or 0)


def test_readme_holds_the_numbers_and_the_reservations(lab: Lab) -> None:
    text = build.readme().decode()
    for name in lab.ids:
        metrics = Metrics.read(lab.results / name / "metrics.json")
        assert percent(metrics.report.accuracy) in text
    assert "## Protocol" in text
    assert "## What is weak about these numbers" in text
    assert "one training run" in text
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert all(line.count("|") > 3 for line in rows)


def test_a_divided_training_is_told(lab: Lab) -> None:
    path = lab.results / "plain_net" / "metrics.json"
    metrics = Metrics.read(path)
    own = OwnDivision(
        learned=224, validation=agreement(np.ones(28, bool)), test=agreement(np.arange(28) < 21)
    )
    metrics.model_copy(update={"own_division": own}).write(path)
    card = Card.of(lab.models / "plain_net")
    recipe = card.recipe | {"data": {"smote": 5}}
    card.model_copy(update={"recipe": recipe}).write(lab.models / "plain_net" / "card.json")
    text = build.readme().decode()
    assert "All other networks: learned from Training; PublicTest chose the epoch" in text
    assert "Plain Net: divided Training itself" in text
    assert "learned from 224 images; another 28 chose the epoch" in text
    assert "right on 75.0%" in text
    assert "SMOTE with 5 neighbours" in text


def test_a_network_made_from_others_says_so(lab: Lab) -> None:
    assert "was made from other networks" not in build.readme().decode()
    path = lab.models / "plain_net"
    card = Card.of(path)
    recipe = card.recipe | {
        "network": {"start": "gated_net"},
        "data": {"teachers": ["gated_net", "forgotten"]},
    }
    card.model_copy(update={"recipe": recipe}).write(path / "card.json")
    text = build.readme().decode()
    assert "Plain Net was made from other networks (Gated Net, forgotten)" in text


def test_the_ensemble_is_a_line_of_the_table(lab: Lab) -> None:
    text = build.readme().decode()
    found = gather().ensemble
    assert found is not None
    (line,) = (line for line in text.splitlines() if line.startswith("| Ensemble |"))
    assert line.startswith(f"| Ensemble | {percent(found[0].report.accuracy)} |")
    assert "### Ensemble" in text
    assert f"Gated Net {found[0].members[0].weight}%" in text
    (lab.results / "gated_net" / "predictions.npz").unlink()
    assert "Ensemble" not in build.readme().decode()


def test_speed_is_told_of_the_files_that_were_timed(lab: Lab) -> None:
    assert "How fast" not in build.readme().decode()
    path = lab.results / speed.FILE
    digest = Metrics.read(lab.results / "plain_net" / "metrics.json").model_sha256
    for rate in (100.0, 110.0):
        speed.keep(factories.make_chips_bench("plain_net", rate, digest), path)
        speed.keep(factories.make_batch_bench("plain_net", rate, digest), path)
        speed.keep(factories.make_batch_bench("gated_net", rate, "b" * 64), path)
    for streams in (4, 1):
        made = factories.make_live_bench("plain_net", 10.0, digest, streams, 20 * (streams == 1))
        speed.keep(made, path)
    speed.keep(factories.make_load_bench(12.0), path)
    text = build.readme().decode()
    part = text.split("## How fast they are")[1].split("## ")[0]
    assert "| 50 | 3.0 | – | 12.0 | 1.50 | 4.25 | 0 | 90 / 400 / 410 | 380 | 5 / 5 / 5 |" in part
    net = "| Plain Net | Test processor, f32"
    assert f"{net} | – / – | 1.00 / 1.00 | 2.00 / 2.00 | 1.25 / 1.25 | 2.5 / 2.5 |" in part
    careful = (
        f"{net} | careful | 100 / 110 | – / – | 2.0 / 2.0 | – / – | 9 / 9 | 7 / 7 | 300 / 300 |"
    )
    quick = f"{net} | quick | 300 / 330 | – / – | 6.0 / 6.0 | – / – | 8 / 8 | 7 / 7 | – / – |"
    assert f"{careful}\n{quick}\n" in part
    one = "| Plain Net | 1 | 30 | 0 | 2 | 10.0 | 140 – 150 | 21 | 290 / – / 310 | 4 (20) |"
    four = "| Plain Net | 4 | 30 | 0 | 2 | 10.0 – 13.0 | 140 – 150 | 21 | 290 / – / 310 | – |"
    assert f"{one}\n{four}\n" in part
    assert "Gated Net" not in part
    assert "2 cores" in part
    assert build.readme().decode() == text


def test_seeds_are_told_where_they_are(lab: Lab) -> None:
    assert "Spread over seeds" not in build.readme().decode()
    for name in ("se_vgg16", "vgg16_finetuned"):
        factories.make_network(lab.models, lab.results, name)
        for seed in (1, 2, 3):
            factories.make_seed(lab.results, name, seed, size=96)
    text = build.readme().decode()
    assert "### Spread over seeds" in text
    assert "### Does squeeze-and-excitation help?" in text
    assert "Se Vgg16, 96 px and Vgg16 Finetuned, seed 2" in text
    assert "### Other pairs" not in text
    assert "several seeds exist only of Se Vgg16, 96 px; Vgg16 Finetuned, 96 px;" in text
    assert "One run at 48 px, the network of the tables above" in text
    assert "Runs at another input size than a network's own" in text
    assert "Sebaran" in build.page("id").decode()


def test_a_question_and_the_lead_of_the_best_are_one_sentence(lab: Lab) -> None:
    for name, skill in (("se_vgg16", 5.0), ("vgg16_finetuned", 6.0)):
        factories.make_network(lab.models, lab.results, name, 7, skill=skill)
    text = build.readme().decode()
    (asked,) = (line for line in text.splitlines() if "Is it squeeze-and-excitation" in line)
    assert text.count(asked.split("? ")[1]) == 1


def test_nothing_changes_when_it_is_run_twice(
    lab: Lab, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--html", str(tmp_path / "r.html"), "--pdf", str(tmp_path / "r.pdf")]
    assert run(*arguments) == 0
    assert capsys.readouterr().out.count("written") == 4
    files = [lab.results / "README.md", *tmp_path.glob("r.*")]
    before = [(path.read_bytes(), path.stat().st_mtime_ns) for path in files]
    assert run(*arguments) == 0
    assert capsys.readouterr().out.count("unchanged") == 4
    assert before == [(path.read_bytes(), path.stat().st_mtime_ns) for path in files]


def test_readme_is_english_whatever_the_language_of_the_report(lab: Lab, tmp_path: Path) -> None:
    run("--lang", "id", "--html", str(tmp_path / "r.html"))
    assert "What is weak" in (lab.results / "README.md").read_text()
    assert '<html lang="id">' in (tmp_path / "r.html").read_text()


@pytest.mark.parametrize("arguments", [["--lang", "xx"]])
def test_bad_arguments(lab: Lab, arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*arguments) == 1
    assert "Expected a language among en, id. Received: xx." in capsys.readouterr().err


def test_no_results_is_one_line(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    for name in lab.ids:
        (lab.results / name / "metrics.json").unlink()
    assert run() == 1
    assert "has readable scores" in capsys.readouterr().err
    assert not (lab.results / "README.md").exists()


@pytest.mark.parametrize("lang", ["en", "id"])
def test_the_page_stands_alone(lab: Lab, lang: str) -> None:
    text = build.page(lang).decode()
    assert f'<html lang="{lang}">' in text
    assert text.count("plotly.js v") == 1
    body = re.sub(r"<script[^>]*>.*?</script>", "", text, flags=re.DOTALL)
    tags = Tags()
    tags.feed(body)
    assert not tags.open
    assert not tags.fetched
    assert len(tags.ids) == len(set(tags.ids))
    assert body.count("<figure>") == 1 + 3 * len(lab.ids)


def test_what_a_card_says_is_told_in_the_reports_language(lab: Lab) -> None:
    folder = lab.models / lab.ids[0]
    recipe = read("cnn_48")
    card = Card.of(folder).model_copy(update={"summary": recipe.summary})
    card.write(folder / "card.json")
    english, indonesian = (build.page(lang).decode() for lang in ("en", "id"))
    assert escape(recipe.summary) in english
    assert escape(recipe.summary) not in indonesian
    assert "2 CPU cores" in english
    assert "2 inti CPU" in indonesian


def test_a_title_cannot_break_out(lab: Lab) -> None:
    path = lab.models / "plain_net" / "card.json"
    path.write_text(path.read_text().replace("Plain Net", "<script>x()</script> | _a_"))
    assert "<script>x()" not in build.page("en").decode()
    assert "\\| _a_" in build.readme().decode()
    assert build.paper("en").startswith(b"%PDF")


@pytest.mark.parametrize("lang", ["en", "id"])
def test_the_pdf_has_pages_an_outline_and_no_missing_letters(lab: Lab, lang: str) -> None:
    content = build.paper(lang)
    assert content.startswith(b"%PDF")
    assert content.count(b"/Type /Page\n") >= 5
    assert b"/Outlines" in content
    assert b"/FontFile" not in content  # built-in fonts: small, and the same everywhere


def test_an_unreadable_network_is_named_and_the_others_stay(lab: Lab) -> None:
    (lab.results / "plain_net" / "predictions.npz").write_bytes(b"no")
    (lab.results / "plain_net" / "history.json").unlink()
    text = build.readme().decode()
    assert "Left out:" in text
    assert "predictions.npz is damaged" in text
    assert build.paper("en").startswith(b"%PDF")
    assert build.page("en")


BLOCKS: list[Block] = [
    Heading("Title", 1),
    Paragraph("Text with – dashes −1 → 2."),
    Bullets(["one", "two"]),
    Table(["Name", "A", "B"], [["x|y", "1", "2"]] * 40, "A note."),
    Dots("dots", [Score("a", "A", 0.6, 0.55, 0.65)], [Context("People", 0.65, 0.05, "note")]),
    Heatmap("matrix", np.eye(7, dtype=int), CLASSES),
    Diagram("ece", reliability(factories.make_table().probabilities, factories.make_table().label)),
    Curves("curves", [Curve("a", "A", factories.make_history("a", epochs=1, best=1))]),
]


def test_every_block_is_drawn_in_every_form() -> None:
    text = markdown.render(BLOCKS)
    assert text.startswith("# Title\n\nWritten by")
    assert "x\\|y" in text
    page = html.render(BLOCKS)
    assert all(f'id="{key}"' in page for key in ("dots", "matrix", "ece", "curves"))
    assert pdf.render(BLOCKS, "2024-01-01T00:00:00+00:00").startswith(b"%PDF")


@pytest.mark.parametrize("diagonal", [5, 50, 5000])
def test_equal_shares_have_equal_colours_in_every_report(diagonal: int) -> None:
    counts = np.full((7, 7), 10) + np.diag([diagonal] * 7)
    share = (10 + diagonal) / (70 + diagonal)
    expected = theme.color_at(theme.SEQUENTIAL["light"], share)

    class Brush(FPDF):
        used: ClassVar[set[tuple[int, ...]]] = set()

        def set_fill_color(self, *color: int) -> None:  # type: ignore[override]
            self.used.add(color)

    paper = Brush()
    paper.add_page()
    vector.draw(Heatmap("m", counts, CLASSES), paper, 10, 10, 180)
    assert vector.rgb(expected) in Brush.used
    page = html.render([Heading("Title", 1), Heatmap("m", counts, CLASSES)])
    assert re.search(r'"zmax":100(\.0)?\b', page)


def test_an_empty_matrix_is_drawn() -> None:
    matrix = Heatmap("m", np.zeros((2, 2), int), ["sad", "happy"])
    assert pdf.render([Heading("Title", 1), matrix], "2024-01-01").startswith(b"%PDF")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("65 ± 5%", "65 ± 5%"),
        ("a – b — c", "a - b - c"),
        ("−0.5", "-0.5"),
        ("≥ …", ">= ..."),
        ("😄", "?"),
    ],
)
def test_text_in_the_letters_of_the_pdf(text: str, expected: str) -> None:
    assert vector.latin(text) == expected


def test_reservations_rest_on_what_is_there(lab: Lab) -> None:
    text = build.readme().decode()
    assert "FER+ taggers agrees" not in text  # no dataset.json here
    assert gather().dataset is None
