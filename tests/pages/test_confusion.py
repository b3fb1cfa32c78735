"""The confusion page: cells, images, ensembles, uploads, and what happens when something lacks."""

from __future__ import annotations

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core import paths
from core.data import store
from core.evaluation.metrics import predictions
from core.evaluation.results import load
from core.labels import CLASSES
from core.schema import PredictionTable, read_predictions, write_predictions
from core.ui import state
from tests import factories
from tests.conftest import Lab
from tests.evaluation.test_upload import matrix_csv, reordered
from tests.pages.app import check, open_page, texts


def table(model: str = "gated_net", split: str = "PrivateTest") -> PredictionTable:
    return load(model).tables[split]


def cell_count(found: PredictionTable, true: int, predicted: int) -> int:
    return int(((found.label == true) & (predictions(found) == predicted)).sum())


def select(app: AppTest, key: str, value: str) -> AppTest:
    app.selectbox(key=state.widget_key(key)).select(value)
    return check(app.run())


def test_opens_on_the_pair_and_the_worst_mistake(lab: Lab) -> None:
    app = open_page("confusion")
    found = texts(app)
    assert "Gated Net" in found
    assert "Plain Net" in found
    assert "The images are not here" in found, "no dataset in this lab"
    off = np.array(load("gated_net").metrics.report.confusion)
    np.fill_diagonal(off, 0)
    assert f"takes {off.max()} of 40 images" in found
    assert app.query_params.keys() <= {"lang"}, "what is default stays out of the address"


def test_chosen_cell_is_said_and_kept_while_switching(lab: Lab) -> None:
    app = open_page("confusion", true="happy", predicted="sad", norm="none")
    count = cell_count(table(), 3, 4)
    sentence = f"**Gated Net** takes {count} of 40 images of **happy** for **sad**"
    assert sentence in texts(app)
    for norm in ("row", "column", "all"):
        assert sentence in texts(select(app, "norm", norm))
    select(app, "predicted", "happy")
    assert f"recognises {cell_count(table(), 3, 3)} of 40 images of **happy**" in texts(app)
    assert app.query_params["predicted"] == "happy"
    assert app.query_params["norm"] == "all"


def test_images_of_the_cell_sorted_and_filtered(lab_with_data: Lab) -> None:
    app = open_page("confusion", true="angry", predicted="angry", order="unsurest")
    rows = np.flatnonzero((table().label == 0) & (predictions(table()) == 0))
    shares = np.sort(table().probabilities[rows, 0])
    captions = [item.value for item in app.caption if ":material/check:" in item.value]
    assert len(captions) == min(24, len(rows))
    assert f"Angry {100 * shares[0]:.0f}%" in captions[0]
    assert f"Angry {100 * shares[1]:.0f}%" in captions[1]
    assert "10/10" in captions[0], "the crowd's votes"
    assert "First line: Gated Net. Second line: Plain Net." in texts(app)

    other = table("plain_net")
    right = (predictions(other) == other.label)[rows].sum()
    app.segmented_control(key=state.widget_key("only")).set_value("other_right")
    check(app.run())
    assert f"of {right} image" in texts(app)
    app.segmented_control(key=state.widget_key("side")).set_value("second")
    check(app.run())
    assert "Most confused pairs: Plain Net" in texts(app)
    assert "First line: Plain Net. Second line: Gated Net." in texts(app)
    assert "First line" not in texts(select(app, "other", "none"))


def test_pages_of_a_large_cell_begin_anew_with_another_cell(lab_with_data: Lab) -> None:
    app = open_page("confusion", true="happy", predicted="happy", page="2")
    count = cell_count(table(), 3, 3)
    assert count > 24, "the test needs two pages"
    assert f"25–{count} of {count} images" in texts(app)
    app.segmented_control(key=state.widget_key("order")).set_value("row")
    check(app.run())
    assert f"1–24 of {count} images" in texts(app), "another order begins anew too"
    app.query_params["page"] = "2"
    assert f"25–{count} of {count} images" in texts(check(app.run()))
    select(app, "true", "fear")
    assert app.query_params["true"] == "fear"
    assert "page" not in app.query_params


def test_another_dataset_is_noticed(lab_with_data: Lab) -> None:
    dataset = store.load()
    store.save(store.Dataset(dataset.faces, (dataset.labels + 1) % 7, dataset.splits))
    app = open_page("confusion")
    assert "other labels than the predictions" in app.error[0].value


def test_ensemble_beside_a_network(lab_with_data: Lab) -> None:
    app = open_page("confusion", model="ensemble", other="plain_net", weight_plain_net="0")
    found = texts(app)
    assert "Gated Net 100%, Plain Net 0%" in found
    right = (predictions(table()) == table().label).mean()
    assert f"{100 * right:.1f}% of 280 right" in found
    assert "Mean faces are kept for single networks" in found
    app.slider(key=state.widget_key("weight_gated_net")).set_value(0)
    app = check(app.run())
    assert "All weights are zero" in app.error[0].value
    app.button(key="fit_weights").click()
    app = check(app.run())
    assert not app.error
    assert sum(int(app.query_params[f"weight_{name}"]) for name in lab_with_data.ids) == 100


def test_a_network_of_three_classes_meets_one_of_seven(lab: Lab) -> None:
    factories.make_network(
        lab.models, lab.results, "small_net", classes=("surprise", "angry", "sad")
    )
    app = open_page("confusion", model="small_net", other="gated_net")
    found = texts(app)
    assert "Small Net tells fewer expressions apart" in found
    assert found.count(" of 120 right") == 2
    assert set(app.selectbox(key=state.widget_key("true")).options) == {
        "😠 Angry",
        "😢 Sad",
        "😲 Surprise",
    }
    assert "120 right" in texts(select(app, "other", "none"))


def upload(app: AppTest, name: str, content: str) -> AppTest:
    app.file_uploader(key="upload.widget").set_value([(name, content.encode(), "text/csv")])
    return check(app.run())


def test_uploaded_matrix_becomes_a_column(lab: Lab) -> None:
    app = upload(open_page("confusion"), "khaireddin.csv", matrix_csv())
    app = select(app, "other", "upload")
    found = texts(app)
    assert "73.3% of 3,589 right" in found
    assert "PublicTest, verified by its row sums" in found
    assert "do not count the same images" in found
    assert "Only the matrix is known" in found
    assert not app.error
    app = upload(app, "broken.csv", "1,2,3")
    assert "7 rows of counts" in app.error[0].value
    assert "Gated Net" in texts(app)


def test_a_matrix_in_another_order_is_asked_about(lab: Lab) -> None:
    content = "\n".join(",".join(map(str, row)) for row in reordered(sorted(CLASSES)))
    app = upload(open_page("confusion"), "keras.csv", content)
    assert "alphabetical order" in app.error[0].value
    order = app.selectbox(key="upload.order")
    assert order.value == "alphabetical"
    check(app.button(key="upload.again").click().run())
    assert not app.error
    assert "73.3% of 3,589 right" in texts(select(app, "other", "upload"))


def test_uploaded_predictions_are_joined_to_their_images(lab_with_data: Lab) -> None:
    found = table("plain_net")
    lines = ["image,label,p0,p1,p2,p3,p4,p5,p6"]
    for place, label in enumerate(found.label):
        shares = ",".join(f"{value:.6f}" for value in found.probabilities[place])
        lines.append(f"{found.index[place]},{label},{shares}")
    app = upload(open_page("confusion"), "mine.csv", "\n".join(lines))
    assert "joined to the images of PrivateTest" in app.success[0].value
    app = select(app, "model", "upload")
    right = (predictions(found) == found.label).mean()
    assert f"{100 * right:.1f}% of 280 right" in texts(app)
    assert any(":material/check:" in item.value for item in app.caption)


@pytest.mark.parametrize("split", ["PrivateTest", "PublicTest"])
def test_one_against_the_rest_adds_up(lab: Lab, split: str) -> None:
    app = open_page("confusion", split=split, **{"class": "fear"})
    found = table(split=split)
    hits, called = cell_count(found, 2, 2), int((predictions(found) == 2).sum())
    assert f"{hits} / 40 = {100 * hits / 40:.1f}%" in texts(app)
    assert f"{hits} / {called} = {100 * hits / called:.1f}%" in texts(app)


def damage_missing(lab: Lab) -> None:
    (lab.results / "plain_net" / "metrics.json").unlink()


def damage_half(lab: Lab) -> None:
    for name in ("metrics.json", "predictions.npz", "cells.npz"):
        path = lab.results / "plain_net" / name
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def damage_schema(lab: Lab) -> None:
    path = lab.results / "plain_net" / "metrics.json"
    path.write_text(path.read_text().replace('"schema_version": 1', '"schema_version": 9'))


def damage_nan(lab: Lab) -> None:
    path = lab.results / "plain_net" / "predictions.npz"
    tables = read_predictions(path)
    tables["PrivateTest"].probabilities[3, 2] = np.nan
    write_predictions(path, list(tables.values()))


def damage_split(lab: Lab) -> None:
    """The tables of the two splits are exchanged."""
    path = lab.results / "plain_net" / "predictions.npz"
    public, private = read_predictions(path).values()
    exchanged = [
        public.model_copy(update={"split": private.split}),
        private.model_copy(update={"split": public.split}),
    ]
    write_predictions(path, exchanged)


@pytest.mark.parametrize("page", ["confusion", "comparison"])
@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (damage_missing, "metrics.json is missing"),
        (damage_half, "not readable JSON"),
        (damage_schema, "schema_version"),
        (damage_nan, "finite numbers"),
        (damage_split, "do not give the confusion matrix"),
    ],
)
def test_damaged_results_leave_the_others_usable(lab: Lab, page: str, damage, message: str) -> None:
    damage(lab)
    app = open_page(page)
    assert any(message.replace("_", r"\_") in item.value for item in app.error)
    assert "Gated Net" in texts(app)
    assert paths.results() == lab.results
