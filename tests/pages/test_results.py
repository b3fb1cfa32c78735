from __future__ import annotations

import shutil

import pytest

from core import paths
from core.schema import Metrics
from core.text import percent
from core.ui import state
from tests.conftest import Lab
from tests.pages.app import check, open_page, texts


def test_accuracy_comes_from_the_results_with_its_interval(lab: Lab) -> None:
    app = open_page("results")
    for name in lab.ids:
        report = Metrics.read(lab.results / name / "metrics.json").report
        card = next(item for item in app.metric if item.value == percent(report.accuracy))
        low, high = report.accuracy_interval
        expected = f"95%: {percent(low)} to {percent(high)}"
        assert card.delta == expected


def test_the_split_changes_the_scores(lab: Lab) -> None:
    app = open_page("results", split="PublicTest", models="plain_net")
    selection = Metrics.read(lab.results / "plain_net" / "metrics.json").selection
    assert [item.value for item in app.metric] == [percent(selection.accuracy)]
    assert "crowd" not in app.table[0].value.index.str.lower()


def test_a_matrix_of_other_images_is_called_out(lab: Lab) -> None:
    assert "its row sums match no split of FER-2013" in texts(open_page("results"))


@pytest.mark.parametrize("score", ["recall", "precision", "f1"])
def test_per_class_table(lab: Lab, score: str) -> None:
    app = open_page("results", models="plain_net", score=score)
    rows = Metrics.read(lab.results / "plain_net" / "metrics.json").report.per_class
    table = app.table[1].value
    shown = list(table["Plain Net"])
    assert shown == [percent(getattr(row, score)) for row in rows]
    assert list(table["Images"]) == [str(row.support) for row in rows]


def test_only_differing_settings_on_demand(lab: Lab) -> None:
    app = open_page("results")
    everything = app.table[2].value
    app.toggle(key=state.widget_key("differences")).set_value(True)
    check(app.run())
    different = app.table[2].value
    assert 0 < len(different) < len(everything)
    assert (different.nunique(axis=1) > 1).all()


def test_no_network_chosen(lab: Lab) -> None:
    assert "Choose at least one network." in texts(open_page("results", models=""))


def test_a_broken_network_leaves_the_other(lab: Lab) -> None:
    (lab.results / "plain_net" / "metrics.json").write_text("{}")
    app = open_page("results")
    assert [item.label for item in app.metric] == ["Gated Net: accuracy"]
    assert any("plain\\_net/metrics.json" in item.value for item in app.error)


def test_empty(lab: Lab) -> None:
    for name in lab.ids:
        for file in (lab.results / name).iterdir():
            file.unlink()
    app = open_page("results")
    assert "No results yet" in texts(app)
    assert "python -m core train cnn_48" in app.main.code[0].value


def test_the_study_is_told_where_it_was_made(lab: Lab) -> None:
    assert "core study augmentation" in texts(open_page("results"))
    source = paths.ROOT / "results" / "study_augmentation.json"
    if not source.is_file():
        pytest.skip("the study was not made here")
    shutil.copy(source, lab.results)
    app = open_page("results", "id")
    assert not app.error
    assert "Apa yang membuat perbedaan?" in {item.value for item in app.header}
    (lab.results / source.name).write_text("{}")
    assert any("augmentation.json" in item.value for item in open_page("results").error)
