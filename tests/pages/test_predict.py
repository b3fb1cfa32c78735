"""The Predict page as a viewer uses it."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image
from skimage.data import astronaut
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button

from core.data import audit
from core.ui import state
from tests import factories
from tests.conftest import Lab
from tests.pages.app import check, components, open_page, texts


def png(picture: np.ndarray) -> bytes:
    return cv2.imencode(".png", picture[:, :, ::-1])[1].tobytes()


@pytest.fixture(scope="module")
def portrait() -> bytes:
    return png(astronaut())


@pytest.fixture(scope="module")
def pair() -> bytes:
    """Two copies of a face, the right one smaller."""
    face = astronaut()[:260, 100:360]
    small = cv2.resize(face, (130, 130), interpolation=cv2.INTER_AREA)
    scene = np.full((300, 500, 3), 128, np.uint8)
    scene[20:280, 10:270] = face
    scene[80:210, 330:460] = small
    return png(scene)


def upload(app: AppTest, content: bytes, name: str = "photo.png") -> AppTest:
    app.file_uploader[0].set_value((name, content, "image/png"))
    return check(app.run())


def button(app: AppTest, label: str) -> Button:
    (found,) = (item for item in app.button if item.label == label)
    return found


def answers(app: AppTest) -> list[list[tuple[str, bool]]]:
    """Each row's words with whether they are certain; empty where no row is drawn."""
    return [
        [(cell["word"], cell["certain"]) for cell in row["answers"]]
        for drawn in components(app, "face_rows")
        for row in drawn["rows"]
    ]


def test_an_uploaded_photo_is_read_by_both_networks(lab: Lab, portrait: bytes) -> None:
    app = upload(open_page("predict"), portrait)
    (rows,) = components(app, "face_rows")
    assert rows["networks"] == ["Gated Net", "Plain Net"]
    assert "photo.png · 512 × 512 pixels · 1 face" in texts(app)
    assert app.query_params["source"] == "upload"
    assert len(app.get("plotly_chart")) == 2, "probabilities, and the gates of the gated network"
    assert len(app.image) == 4, "cutout, chip and a map for each network"


def test_one_example_is_answered_on_entry_and_the_others_can_be_clicked(lab: Lab) -> None:
    app = open_page("predict")
    (strip,) = components(app, "thumbs")
    assert [title for _url, title in strip["pictures"]] == ["Astronaut", "Officer", "Group of 29"]
    assert strip["chosen"] == 0
    assert len(answers(app)) == 1
    app = open_page("predict", photo="solvay_1927.jpg", face="7")
    assert len(answers(app)) == 29
    (picker,) = components(app, "face_picker")
    (rows,) = components(app, "face_rows")
    assert picker["chosen"] == rows["chosen"] == 6, "the same number in the photo and in the list"


def test_a_host_offers_photos_of_his_own(
    lab: Lab, portrait: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.png").write_bytes(portrait)
    (tmp_path / "broken.jpg").write_bytes(b"no picture")
    (tmp_path / "notes.txt").write_text("no picture either")
    monkeypatch.setenv("FER_EXAMPLES", str(tmp_path))
    app = open_page("predict", photo="mine.png")
    (strip,) = components(app, "thumbs")
    assert [title for _url, title in strip["pictures"]] == ["broken.jpg", "mine.png"]
    assert "mine.png · 512 × 512 pixels · 1 face" in texts(app)
    assert "NASA" not in texts(app)
    assert "cannot be read" in open_page("predict", photo="broken.jpg").error[0].value
    monkeypatch.setenv("FER_EXAMPLES", str(tmp_path / "none"))
    app = open_page("predict")
    assert not components(app, "thumbs")
    assert not components(app, "face_picker")
    assert len(answers(upload(app, portrait))) == 1


def test_a_removed_photo_gives_way_to_the_example(lab: Lab, portrait: bytes) -> None:
    app = upload(open_page("predict"), portrait)
    button(app, "Remove the photo").click()
    check(app.run())
    assert "Astronaut · 512 × 512" in texts(app)
    assert "Remove the photo" not in [item.label for item in app.button]


def test_uncertain_below_the_threshold(lab: Lab, portrait: bytes) -> None:
    app = upload(open_page("predict", threshold="99"), portrait)
    assert all(
        word.startswith("Uncertain (") and not certain
        for row in answers(app)
        for word, certain in row
    )
    (picker,) = components(app, "face_picker")
    assert (picker["words"], picker["quiet"]) == (["Uncertain"], [True])
    assert "No network is sure" in texts(app)
    app.slider(key=state.widget_key("threshold")).set_value(0)
    check(app.run())
    assert all(certain for row in answers(app) for _word, certain in row)
    (picker,) = components(app, "face_picker")
    assert picker["quiet"] == [False]


def test_a_picture_read_as_a_whole_is_marked_and_grey(lab: Lab) -> None:
    noise = np.random.default_rng(3).integers(0, 256, (60, 64, 3), dtype=np.uint8)
    app = upload(open_page("predict", threshold="0"), png(noise))
    (picker,) = components(app, "face_picker")
    assert picker["quiet"] == [True]
    assert not any(certain for row in answers(app) for _word, certain in row)
    assert "No face was found, the whole picture was read as one:" in texts(app)


def test_one_network_and_its_options(lab: Lab, portrait: bytes) -> None:
    app = upload(open_page("predict", models="plain_net"), portrait)
    (rows,) = components(app, "face_rows")
    assert rows["networks"] == ["Plain Net"]
    before = chart(app)
    app.button_group(key=state.widget_key("averaging")).set_value("ten_crop")
    check(app.run())
    assert chart(app) != before
    assert app.query_params["averaging"] == "ten_crop"


def chart(app: AppTest) -> str:
    return str(app.get("plotly_chart")[0].proto.spec)


def test_the_class_selector_changes_the_maps(lab: Lab, portrait: bytes) -> None:
    app = upload(open_page("predict", models="plain_net"), portrait)
    seen = set()
    for name in ("happy", "sad"):
        app.button_group(key=state.widget_key("explain")).set_value(name)
        check(app.run())
        seen.add(app.image[-1].captions[0])
    assert len(seen) == 2


def test_largest_face_first_and_a_new_photo_begins_with_it(lab: Lab, pair: bytes) -> None:
    app = upload(open_page("predict", face="2"), pair)
    (picker,) = components(app, "face_picker")
    widths = [right for _left, _top, right, _height in picker["boxes"]]
    assert widths[0] > widths[1]
    assert picker["chosen"] == 0, "a photo just brought begins with its largest face"
    upload(app, png(astronaut()))
    assert "face" not in app.query_params


def test_the_photo_outlives_a_change_of_page(lab: Lab, portrait: bytes) -> None:
    app = upload(open_page("predict"), portrait)
    check(app.switch_page("pages/preprocessing.py").run())
    assert "photo.png" in texts(app)
    check(app.switch_page("pages/predict.py").run())
    assert "photo.png" in texts(app)
    assert len(answers(app)) == 1


def test_what_would_change_the_answer(lab: Lab, portrait: bytes) -> None:
    app = upload(open_page("predict", models="plain_net"), portrait)
    button(app, "Measure now").click()
    check(app.run())
    assert "Covering" in texts(app)
    assert "Measure now" not in [item.label for item in app.button]
    pictures = len(app.image)
    check(app.run())
    assert len(app.image) == pictures, "the measurement is kept"


def test_the_table_shows_every_face_and_network(lab: Lab, pair: bytes) -> None:
    table = upload(open_page("predict"), pair).dataframe[0].value
    assert table.face.tolist() == [1, 1, 2, 2]
    assert table.network.tolist() == ["Gated Net", "Plain Net"] * 2


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "The file is empty."),
        (b"no picture", "The picture cannot be read."),
        (png(astronaut())[:5000], "damaged"),
    ],
)
def test_a_bad_file_is_refused_in_a_sentence(lab: Lab, content: bytes, reason: str) -> None:
    app = upload(open_page("predict"), content)
    assert reason in app.error[0].value
    assert not answers(app)


def test_a_photo_without_a_face(lab: Lab) -> None:
    noise = cv2.resize(
        np.random.default_rng(0).integers(0, 256, (6, 8, 3), dtype=np.uint8), (640, 480)
    )
    app = upload(open_page("predict"), png(noise))
    assert app.warning[0].value == "No face was found."
    assert not answers(app)


def test_without_networks_the_faces_are_still_found(
    lab: Lab, portrait: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FER_MODELS", str(lab.models / "none"))
    app = upload(open_page("predict"), portrait)
    assert "No networks yet" in texts(app)
    assert len(app.image) == 2


def test_a_damaged_network_is_reported_and_the_other_answers(lab: Lab) -> None:
    (lab.models / "gated_net" / "model.onnx").write_bytes(b"rubbish")
    # A face of its own: answers that were given before are kept.
    app = upload(open_page("predict"), png(astronaut()[:, ::-1]))
    assert "model.onnx" in app.error[0].value
    assert components(app, "face_rows")[0]["networks"] == ["Plain Net"]


def test_warnings_of_a_dark_and_small_face(lab: Lab) -> None:
    face = Image.fromarray(astronaut()).resize((80, 80))
    scene = np.zeros((240, 240, 3), np.uint8)
    scene[80:160, 80:160] = np.asarray(face) // 4
    app = upload(open_page("predict"), png(scene))
    assert "Tiny" in app.warning[0].value


def test_averaged_faces_as_an_example(lab: Lab) -> None:
    audit.summarise(factories.make_dataset(), "test").write(lab.results / "dataset.json")
    app = open_page("predict", source="example", photo="averages")
    assert "Nobody's face" in texts(app)


def test_a_test_image_as_an_example(lab_with_data: Lab) -> None:
    app = open_page("predict", source="example", photo="dataset", label="fear")
    assert "labelled it Fear" in texts(app)
    assert "has the size of a chip" in texts(app)
    assert len(answers(app)[0]) == 2


def test_indonesian(lab: Lab, portrait: bytes) -> None:
    app = upload(open_page("predict", lang="id"), portrait)
    shown = texts(app)
    assert "Setiap ekspresi" in shown
    assert "Every expression" not in shown
