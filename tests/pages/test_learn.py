from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from core import paths
from core.data import store
from core.evaluation.metrics import accuracy, restrict, table_confusion
from core.evaluation.quiz import QUESTIONS, from_dataset
from core.labels import CLASSES
from core.schema import Card, Metrics, read_predictions
from core.text import in_language, percent
from core.ui.learn import matrix_editor
from tests import factories
from tests.conftest import Lab
from tests.pages.app import check, open_page, texts


@pytest.mark.parametrize("part", ["terms", "matrix", "quiz"])
@pytest.mark.parametrize("lang", ["en", "id"])
def test_every_part_in_both_languages(lab: Lab, part: str, lang: str) -> None:
    app = open_page("learn", lang, part=part)
    with in_language(lang):
        check(app.run())
    assert not app.error


def test_glossary_is_worked_with_the_chosen_network(lab: Lab) -> None:
    app = open_page("learn", model="gated_net", **{"class": "fear"})
    report = Metrics.read(lab.results / "gated_net" / "metrics.json").report
    row = next(item for item in report.per_class if item.name == "fear")
    assert percent(report.accuracy) in texts(app)
    assert f"Fear: {round(row.recall * row.support)} / {row.support}" in texts(app)
    assert "against Plain Net" in texts(app)


def test_glossary_without_results(lab: Lab) -> None:
    for name in lab.ids:
        (lab.results / name / "metrics.json").unlink()
    assert "No results yet" in texts(open_page("learn"))


@pytest.mark.parametrize(
    ("start", "accuracy"), [("even", "81.7%"), ("rare", "93.5%"), ("always", "80.0%")]
)
def test_examples(lab: Lab, start: str, accuracy: str) -> None:
    app = open_page("learn", part="matrix", start=start)
    assert {item.label: item.value for item in app.metric}["Accuracy"] == accuracy


def test_an_edited_matrix_reopens_from_its_address_and_starts_again(lab: Lab) -> None:
    app = open_page("learn", part="matrix", start="even", cells_even="1-0-0-0-1-0-0-0-2")
    assert {item.label: item.value for item in app.metric}["Accuracy"] == "100.0%"
    app.button[0].click()
    check(app.run())
    assert {item.label: item.value for item in app.metric}["Accuracy"] == "81.7%"


@pytest.mark.parametrize("cells", ["1-2", "a-b-c-d-e-f-g-h-i", "1-1-1-1-1-1-1-1-9999999"])
def test_a_broken_matrix_in_the_address_is_not_given(lab: Lab, cells: str) -> None:
    app = open_page("learn", part="matrix", cells_even=cells)
    assert {item.label: item.value for item in app.metric}["Accuracy"] == "81.7%"


def test_an_empty_matrix_does_not_divide_by_zero(lab: Lab) -> None:
    app = open_page("learn", part="matrix", cells_even="-".join("0" * 9))
    assert {item.label: item.value for item in app.metric}["Macro F1"] == "0.0%"


def test_networks_are_offered_narrowed_to_three_classes(lab: Lab) -> None:
    app = open_page("learn", part="matrix", start="plain_net")
    table = read_predictions(lab.results / "plain_net" / "predictions.npz")["PrivateTest"]
    narrowed = table_confusion(restrict(table, matrix_editor.CLASSES))
    cards = {item.label: item.value for item in app.metric}
    assert cards["Accuracy"] == percent(float(accuracy(narrowed)))


def answer(app: AppTest, name: str) -> AppTest:
    return check(app.button(key=f"quiz_{name}").click().run())


def test_quiz_from_the_first_face_to_the_result(lab_with_data: Lab) -> None:
    questions = from_dataset(store.load(), 1)
    app = open_page("learn", part="quiz")
    assert "Ten images of PrivateTest" in texts(app)
    for question in questions[:-1]:
        answer(app, question.label)
    wrong = next(name for name in CLASSES if name != questions[-1].label)
    answer(app, wrong)
    cards = {item.label: item.value for item in app.metric}
    assert cards["You"] == f"{QUESTIONS - 1} of {QUESTIONS}"
    ranking = app.table[0].value
    assert set(ranking.index) == {"**You**", "Plain Net", "Gated Net"}
    assert ranking["Right of ten"].is_monotonic_decreasing
    assert len(str(app.query_params["quiz"])) >= QUESTIONS


def test_quiz_undo_restart_and_other_faces(lab_with_data: Lab) -> None:
    app = open_page("learn", part="quiz", quiz="1.012")
    assert "Face 4 of 10" in app.get("progress")[0].proto.text
    for button, text in (("undo", "Face 3"), ("restart_alt", "Face 1"), ("shuffle", "Face 1")):
        answer(app, button)
        assert text in app.get("progress")[0].proto.text
    assert "2." in str(app.query_params["quiz"])


def test_quiz_on_mean_faces_says_so(lab: Lab) -> None:
    app = open_page("learn", part="quiz")
    assert "these are mean faces" in texts(app)


def test_quiz_without_anything(lab: Lab) -> None:
    for name in lab.ids:
        (lab.results / name / "cells.npz").unlink()
    assert "No faces to guess" in texts(open_page("learn", part="quiz"))


def test_quiz_with_a_damaged_dataset_goes_on_with_mean_faces(lab: Lab) -> None:
    store.save(factories.make_dataset())
    path = lab.data / "fer2013.npz"
    path.write_bytes(b"no")
    app = open_page("learn", part="quiz")
    assert any("damaged" in item.value for item in app.error)
    assert "these are mean faces" in texts(app)


def test_formulas_speak_the_language_of_the_page(lab: Lab) -> None:
    formulas = [item.value for item in open_page("learn", "id", part="terms").latex]
    assert any(r"\text{benar}" in text for text in formulas)
    assert not any(r"\text{right}" in text for text in formulas)


def test_a_network_shows_its_layers_as_a_drawing_and_a_table() -> None:
    """With the networks that are shipped."""
    app = open_page("learn", part="networks", model="se_vgg16")
    assert not app.error
    table = app.dataframe[0].value
    assert "block3_se" in table["Layer"].tolist()
    assert table["Parameters"].sum() == Card.of(paths.models() / "se_vgg16").parameters
    assert "squeeze-and-excitation in 3 places" in texts(app)
    assert "What changed between scenario 1 and scenario 2" in texts(app)


def test_a_network_whose_file_is_damaged_is_named(lab: Lab) -> None:
    path = lab.models / "plain_net" / "model.onnx"
    path.write_bytes(b"no network")
    app = open_page("learn", part="networks", model="plain_net")
    assert "cannot be read as a network" in app.error[0].value


def test_ideas_have_their_pictures_or_say_why_not(lab: Lab) -> None:
    found = texts(open_page("learn", part="ideas"))
    for title in ("Convolution", "Transfer learning", "Distillation"):
        assert f"### {title}" in found
    assert "No picture" in found
