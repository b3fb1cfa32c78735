from __future__ import annotations

import io
import time
import zipfile
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image
from skimage.data import astronaut
from streamlit.testing.v1 import AppTest

from core import cli
from core.faces.search import Found
from core.rows import csv_text
from core.server import janitor
from core.ui import state
from core.ui.batch import batches, gallery
from tests.conftest import Lab
from tests.pages.app import check, components, open_page, texts

PATIENCE = 60.0


@pytest.fixture(scope="module")
def portrait() -> bytes:
    stream = io.BytesIO()
    Image.fromarray(cv2.resize(astronaut()[:256, 96:352], (256, 256))).save(stream, "JPEG")
    return stream.getvalue()


@pytest.fixture(scope="module")
def blank() -> bytes:
    stream = io.BytesIO()
    Image.fromarray(np.full((300, 400, 3), 90, np.uint8)).save(stream, "PNG")
    return stream.getvalue()


def packed(**members: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def run(*files: tuple[str, bytes], lang: str = "en", **choices: str | list[str]) -> AppTest:
    """The page with a batch of these files, finished."""
    app = open_page("batch", lang, **choices)
    app.file_uploader(key="batch.upload.files").set_value(
        [(name, content, "application/octet-stream") for name, content in files]
    ).run()
    app.button(key="batch.start").click().run()
    return finished(app)


def finished(app: AppTest) -> AppTest:
    """The page once its batch is done."""
    end = time.monotonic() + PATIENCE
    while not any(button.key == "batch.discard" for button in app.button):
        assert time.monotonic() < end, texts(app)
        time.sleep(0.2)
        check(app.run())
    return check(app)


def batch_of(app: AppTest) -> batches.Batch:
    return batches._batches[app.session_state["batch.mine"]]


def key_of(app: AppTest) -> str:
    """What the address says of the batch."""
    (key,) = [app.query_params["batch"]] if "batch" in app.query_params else [""]
    return key if isinstance(key, str) else key[0]


@pytest.fixture
def files(portrait: bytes, blank: bytes) -> list[tuple[str, bytes]]:
    inner = packed(**{"happy/1.jpg": portrait, "sad/2.jpg": portrait})
    return [
        *(("happy_1.jpg", portrait), ("happy_1.jpg", portrait), ("blank.png", blank)),
        *(("bad.jpg", b"nothing"), ("more.zip", inner)),
    ]


def html(app: AppTest) -> str:
    return "".join(drawn["tiles"] for drawn in components(app, "gallery"))


def test_our_photos_are_a_batch_for_those_who_have_none(lab: Lab) -> None:
    app = open_page("batch", models="plain_net")
    app.button(key="batch.examples").click()
    app = finished(check(app.run()))
    assert "24 of 31 shown" in texts(app) or "31 of 31 shown" in texts(app)
    assert ">Face 1 · astronaut.jpg<" in html(app)


def test_uncertain_answers_are_said_so_and_quiet(lab: Lab, files: list[tuple[str, bytes]]) -> None:
    app = run(*files, threshold="99")
    assert html(app).count('class="unsure">Uncertain (') >= 4
    app = run(*files, threshold="0")
    assert "Uncertain" not in html(app)


def test_a_face_is_opened_in_its_photo(lab: Lab, files: list[tuple[str, bytes]]) -> None:
    app = run(*files)
    app.session_state["batch.opened"] = ("happy_1.jpg", 1)
    check(app.run())
    assert r"happy\_1.jpg · " in texts(app)
    assert components(app, "face_picker")


def test_without_networks_the_page_says_what_to_do(lab: Lab) -> None:
    for name in lab.ids:
        (lab.models / name / "card.json").unlink()
    app = open_page("batch")
    assert "No networks yet" in texts(app)
    assert not app.get("file_uploader")


def test_nothing_starts_without_files(lab: Lab) -> None:
    assert open_page("batch").button(key="batch.start").disabled


def test_a_batch_becomes_a_gallery(lab: Lab, files: list[tuple[str, bytes]]) -> None:
    app = run(*files)
    found = html(app)
    assert found.count("<figure>") == 6
    assert "happy_1 (2).jpg" in found
    assert "more.zip/sad/2.jpg" in found
    assert "No face" in found
    assert "The picture cannot be read" in found
    assert "6 of 6 shown" in texts(app)


@pytest.mark.parametrize(("show", "shown"), [("all", 6), ("face", 4), ("no face", 1), ("error", 1)])
def test_the_gallery_is_filtered(
    lab: Lab, files: list[tuple[str, bytes]], show: str, shown: int
) -> None:
    app = run(*files, found=show)
    assert f"{shown} of 6 shown" in texts(app)
    assert html(app).count("<figure>") == shown


def test_another_order_begins_at_the_first_pictures(
    lab: Lab, files: list[tuple[str, bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gallery, "PAGE", 2)
    app = run(*files, gallery="3")
    assert app.query_params["gallery"] == "3"
    assert "sad/2.jpg" in html(app)
    app.selectbox(key=state.widget_key("gallery_order")).set_value("sure")
    check(app.run())
    assert "gallery" not in app.query_params
    assert html(app).count("<figure>") == 2


def test_a_batch_outlives_other_pages(lab: Lab, files: list[tuple[str, bytes]]) -> None:
    app = run(*files)
    app.switch_page("pages/home.py").run()
    check(app.switch_page("pages/batch.py").run())
    assert html(app).count("<figure>") == 6
    check(app.button(key="batch.discard").click().run())
    assert app.get("file_uploader")


def test_the_summary_counts(lab: Lab, files: list[tuple[str, bytes]]) -> None:
    app = run(*files, models=list(lab.ids), results="summary")
    values = {item.label: item.value for item in app.metric}
    assert values == {"Pictures": "6", "Faces": "4", "Without a face": "1", "Errors": "1"}
    assert "How often the networks agree" in texts(app)


def test_own_labels_are_measured(lab: Lab, files: list[tuple[str, bytes]]) -> None:
    app = run(*files, results="labels")
    values = {item.label: item.value for item in app.metric}
    assert values["Labelled pictures"] == "4"
    assert values["Accuracy"] in ("0.0%", "25.0%", "75.0%")
    assert "So few pictures" in texts(app)


def test_labels_come_from_a_table_too(lab: Lab, portrait: bytes) -> None:
    app = run(("a.jpg", portrait), ("b.jpg", portrait), results="labels")
    assert "No labels yet" in texts(app)
    uploader = app.file_uploader(key="batch.labels")
    check(uploader.set_value([("l.csv", b"file;label\na.jpg;Anger\n", "text/csv")]).run())
    values = {item.label: item.value for item in app.metric}
    assert values["Labelled pictures"] == "1"
    uploader = app.file_uploader(key="batch.labels")
    check(uploader.set_value([("l.csv", b"file,label\na.jpg,bored\n", "text/csv")]).run())
    assert "Received: 'bored'" in texts(app).replace("\\", "")


def test_numbered_folders_say_how_they_were_read(lab: Lab, portrait: bytes) -> None:
    app = run(*((f"{number}/a.jpg", portrait) for number in range(1, 8)), results="labels")
    order = app.selectbox(key="batch.labels.order")
    assert order.value == "rafdb"
    assert {item.label: item.value for item in app.metric}["Labelled pictures"] == "7"
    check(order.select("affectnet").run())
    assert "contempt (1)" in texts(app)
    assert {item.label: item.value for item in app.metric}["Labelled pictures"] == "6"


def test_a_misspelt_folder_is_asked_back(lab: Lab, portrait: bytes) -> None:
    app = run(("happy/a.jpg", portrait), ("suprise/b.jpg", portrait), results="labels")
    assert "suprise (1)" in texts(app)
    check(app.button(key="batch.mend.suprise").click().run())
    assert {item.label: item.value for item in app.metric}["Labelled pictures"] == "2"
    assert "suprise (1)" not in texts(app)


def test_the_matrix_goes_to_the_confusion_page(lab: Lab, files: list[tuple[str, bytes]]) -> None:
    app = run(*files, results="labels")
    app.session_state["state.kept"]["side"] = ("second",)
    check(app.button(key="batch.confusion").click().run())
    assert app.selectbox(key=state.widget_key("model")).value == "upload"
    assert app.session_state["state.kept"]["side"] == ("first",)


def test_everything_is_said_in_indonesian(lab: Lab, files: list[tuple[str, bytes]]) -> None:
    app = run(*files, lang="id")
    assert "The picture" not in html(app)
    assert "Gambar tidak dapat dibaca" in html(app)
    assert "No face" not in html(app)
    assert "6 dari 6" in texts(app)


@pytest.mark.parametrize("quick", [False, True], ids=["careful", "quick"])
def test_the_page_and_the_command_line_write_the_same(
    lab: Lab,
    files: list[tuple[str, bytes]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    quick: bool,
) -> None:
    files = [file for place, file in enumerate(files) if place != 1]
    search = "quick" if quick else "careful"
    app = run(*files, models=list(lab.ids), results="files", search=search)
    batch = batch_of(app)
    ways = {row.found for row in batch.job.rows() if row.face is not None}
    assert ways == {Found.GLANCED if quick else Found.DETECTED}
    for name, content in files:
        (tmp_path / name).write_bytes(content)
    monkeypatch.chdir(tmp_path)
    names = [name for name, _content in files]
    models = [part for name in sorted(lab.ids) for part in ("--model", name)]
    with pytest.raises(SystemExit) as done:
        cli.main(["classify", *names, *models, "--out", "faces.csv", *["--quick"] * quick])
    assert done.value.code == 1
    assert csv_text(batch.job.rows(), batch.classes).encode() == Path("faces.csv").read_bytes()


def test_files_that_are_no_pictures_are_told(lab: Lab) -> None:
    app = run(("a.txt", b"x"), ("b.txt", b"y"))
    found = texts(app)
    assert "No pictures in these files" in found
    assert "2 .txt" in found


def test_a_reload_finds_the_batch_by_its_address(lab: Lab, files: list[tuple[str, bytes]]) -> None:
    app = run(*files[:2])
    again = open_page("batch", batch=key_of(app))
    assert html(again).count("<figure>") == 2
    assert key_of(again) == key_of(app)
    assert len(key_of(app)) > 20
    (link,) = (item.value for item in app.sidebar.code)
    assert key_of(app) not in link, "the link to hand on opens nobody's photos"


def test_another_browser_is_shown_nothing(
    lab: Lab, files: list[tuple[str, bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = run(*files[:1])
    key = key_of(app)
    monkeypatch.setattr(batches, "_browser", lambda: "another")
    stranger = open_page("batch", batch=key)
    assert "<figure>" not in html(stranger)
    assert "begun in another browser" in texts(stranger)
    assert key_of(stranger) == ""
    assert open_page("batch", batch="made-up").get("file_uploader")


def test_what_is_discarded_is_gone(lab: Lab, files: list[tuple[str, bytes]]) -> None:
    app = run(*files[:1])
    key, batch = key_of(app), batch_of(app)
    folder = Path(batch.folder.name)
    assert list(folder.iterdir())
    check(app.button(key="batch.discard").click().run())
    assert app.get("file_uploader")
    assert key_of(app) == ""
    assert not folder.exists()
    assert open_page("batch", batch=key).get("file_uploader")


def test_photos_go_with_the_viewer_and_numbers_later(
    lab: Lab, files: list[tuple[str, bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = run(*files[:2])
    key, batch = key_of(app), batch_of(app)
    folder, seen = Path(batch.folder.name), batch.seen
    connected = True
    monkeypatch.setattr(janitor, "is_connected", lambda session: connected)
    monkeypatch.setattr(time, "monotonic", lambda: seen + 1000)
    batches.tidy()
    assert folder.is_dir(), "somebody is connected"
    connected, batch.seen = False, seen
    monkeypatch.setattr(time, "monotonic", lambda: seen + batches.PHOTOS_STAY + 1)
    batches.tidy()
    assert not folder.exists()
    assert batch.job.thumbnails.get(batch.job.outcomes()[0].key, 0) is None
    monkeypatch.undo()
    again = open_page("batch", batch=key)
    assert "photos were deleted" in texts(again)
    assert html(again).count("<figure>") == 2, "what was found in them is kept"
    monkeypatch.setattr(time, "monotonic", lambda: seen + 1e9)
    monkeypatch.setattr(janitor, "is_connected", lambda session: False)
    batches.tidy()
    assert key not in batches._batches


def test_small_pictures_of_one_size_may_be_crops(lab: Lab, face_crop: bytes) -> None:
    app = open_page("batch")
    files = [(f"{place}.png", face_crop, "image/png") for place in range(3)]
    check(app.file_uploader(key="batch.upload.files").set_value(files).run())
    assert "All pictures have 100 × 100 pixels" in texts(app)
    check(app.button(key="batch.crops").click().run())
    assert "All pictures have" not in texts(app)
    assert app.session_state["state.kept"]["search"] == ("crops",)


@pytest.fixture
def face_crop() -> bytes:
    """A picture of the size in which RAF-DB has its faces."""
    stream = io.BytesIO()
    Image.fromarray(cv2.resize(astronaut()[40:180, 150:290], (100, 100))).save(stream, "PNG")
    return stream.getvalue()
