from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.data import audit
from core.data.summary import DatasetSummary
from core.labels import CLASSES
from core.roles import SPLITS
from core.text import number
from core.ui.dataset import samples
from tests import factories
from tests.conftest import Lab
from tests.pages.app import check, open_page, texts


@pytest.fixture
def summary(lab: Lab) -> DatasetSummary:
    found = audit.summarise(factories.make_dataset(), "test")
    found.write(lab.results / "dataset.json")
    return found


def test_counts_and_findings_without_the_data(lab: Lab, summary: DatasetSummary) -> None:
    app = open_page("dataset")
    cards = {item.label: item for item in app.metric}
    assert cards["Images"].value == number(3 * factories.N)
    assert cards["PrivateTest (test)"].delta == "not as published"
    assert cards["Exact copies"].value == number(summary.audit.copies)
    assert "python -m core data import PATH" in [item.value for item in app.main.code]


def samples_of(app: AppTest) -> list:
    return [item for item in app.image if "#" in item.captions[0]]


def test_samples_where_the_data_is(lab_with_data: Lab) -> None:
    app = open_page("dataset", **{"class": "fear", "from": "PublicTest"})
    assert "row in fer2013.csv" in texts(app)
    before = [item.captions for item in samples_of(app)]
    assert len(before) == samples.COUNT
    app.main.button[0].click()
    check(app.run())
    assert [item.captions for item in samples_of(app)] != before
    assert "sample" in app.query_params


def test_damaged_summary_leaves_the_samples(lab_with_data: Lab) -> None:
    (lab_with_data.results / "dataset.json").write_text("{}")
    app = open_page("dataset")
    assert "dataset.json" in app.error[0].value
    assert len(samples_of(app)) == samples.COUNT


def test_damaged_data_leaves_the_summary(lab: Lab, summary: DatasetSummary) -> None:
    lab.data.mkdir()
    (lab.data / "fer2013.npz").write_bytes(b"half")
    app = open_page("dataset")
    assert "is damaged" in app.error[0].value
    assert app.metric


def test_picked_images_are_of_the_class_and_split() -> None:
    dataset = factories.make_dataset()
    rows = samples.pick(dataset, "fear", "PublicTest", seed=3)
    assert set(dataset.labels[rows]) == {CLASSES.index("fear")}
    assert set(dataset.splits[rows]) == {SPLITS.index("PublicTest")}
    assert len(set(rows)) == samples.COUNT
    assert np.array_equal(rows, samples.pick(dataset, "fear", "PublicTest", seed=3))
    assert not np.array_equal(rows, samples.pick(dataset, "fear", "PublicTest", seed=4))


def test_captions_say_where_the_crowd_differs() -> None:
    dataset = factories.make_dataset()
    rows = np.array([5])
    assert samples.captions(dataset, rows) == ["#5"]
    assert dataset.votes is not None
    dataset.votes[5] = 0
    assert samples.captions(dataset, rows) == ["#5 no expression"]


def test_a_blank_image_is_called_blank() -> None:
    dataset = factories.make_dataset()
    faces = dataset.faces.copy()
    faces[3] = 0
    changed = replace(dataset, faces=faces, votes=None)
    assert samples.captions(changed, np.array([2, 3])) == ["#2", "#3 blank image"]
