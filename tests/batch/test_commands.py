from __future__ import annotations

import csv
import io
import json
import os
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from core import cli
from core.batch.commands import SETS
from core.engine.catalogue import available_models, default_network
from core.evaluation.conformal import LEVELS
from tests.batch.conftest import encoded
from tests.conftest import Lab


def classify(*arguments: str | Path) -> int:
    with pytest.raises(SystemExit) as done:
        cli.main(["classify", *map(str, arguments)])
    return int(done.value.code or 0)


@pytest.fixture
def photos(tmp_path: Path, portrait: bytes, scene: bytes, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "photos"
    (folder / "deep").mkdir(parents=True)
    (folder / "a.jpg").write_bytes(portrait)
    (folder / "deep" / "a.jpg").write_bytes(portrait)
    (folder / "none.jpg").write_bytes(scene)
    monkeypatch.chdir(tmp_path)
    return folder


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


MODELS = ("--model", "plain_net", "--model", "gated_net")


def test_a_folder_becomes_a_table(photos: Path, lab: Lab) -> None:
    out = Path("out.csv")
    assert classify("photos", *MODELS, "--out", out) == 0
    assert [(row["file"], row["network"]) for row in rows(out)] == [
        ("photos/a.jpg", "plain_net"),
        ("photos/a.jpg", "gated_net"),
        ("photos/deep/a.jpg", "plain_net"),
        ("photos/deep/a.jpg", "gated_net"),
        ("photos/none.jpg", ""),
    ]


def test_what_is_done_is_not_done_again(
    photos: Path, lab: Lab, capsys: pytest.CaptureFixture[str]
) -> None:
    classify("photos", *MODELS, "--out", "once.csv")
    classify("photos/a.jpg", "photos/deep", *MODELS, "--out", "out.csv")
    assert classify("photos", *MODELS, "--out", "out.csv") == 0
    assert Path("out.csv").read_bytes() == Path("once.csv").read_bytes()
    assert "3 pictures" in capsys.readouterr().err
    (photos / "a.jpg").write_bytes(b"another file by this name")
    assert classify("photos", *MODELS, "--out", "out.csv") == 1
    assert "photos/a.jpg: another file than before" in capsys.readouterr().err


def test_other_pictures_join_a_table_and_nothing_is_lost(
    photos: Path, lab: Lab, capsys: pytest.CaptureFixture[str]
) -> None:
    (photos / "deep" / "z.jpg").write_bytes(b"")
    assert classify("photos/deep", *MODELS, "--out", "out.csv") == 1
    for _time in range(2):
        assert classify("photos/a.jpg", "photos/none.jpg", *MODELS, "--out", "out.csv") == 1
        assert "4 pictures" in (told := capsys.readouterr().err)
        assert "1 with an error" in told
        assert {row["file"] for row in rows(Path("out.csv"))} == {
            *("photos/a.jpg", "photos/deep/a.jpg", "photos/deep/z.jpg", "photos/none.jpg")
        }


def test_another_network_or_one_trained_anew_wants_another_table(
    photos: Path, lab: Lab, capsys: pytest.CaptureFixture[str]
) -> None:
    classify("photos", *MODELS[:2], "--out", "out.csv")
    assert classify("photos", *MODELS, "--out", "out.csv") != 0
    assert "no answers of gated_net" in capsys.readouterr().err
    digest = rows(Path("out.csv"))[0]["model_sha256"].encode()
    Path("out.csv").write_bytes(Path("out.csv").read_bytes().replace(digest, b"0" * 64))
    assert classify("photos", *MODELS[:2], "--out", "out.csv") != 0
    assert "another plain_net" in capsys.readouterr().err


def test_names_that_are_no_text_are_read_from_a_list(
    photos: Path, lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path(os.fsdecode(b"photos/caf\xe9.jpg")).write_bytes((photos / "none.jpg").read_bytes())
    listed = io.BytesIO(b"photos/caf\xe9.jpg\nph\0tos/*\nphotos/a.jpg\n")
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(listed, encoding="utf-8"))
    assert classify("-", "--model", "plain_net", "--out", "out.csv") == 1
    found = [(row["file"], row["error"]) for row in rows(Path("out.csv"))]
    assert found == [
        ("photos/caf\\xe9.jpg", ""),
        ("ph\\x00tos/*", "The file cannot be read: embedded null byte."),
        ("photos/a.jpg", ""),
    ]


def test_lines_of_json_are_utf_8_everywhere(
    photos: Path, lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    (photos / "none.jpg").rename(photos / "写真.jpg")
    written = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(written, encoding="cp1252"))
    assert classify("photos/写真.jpg", "--json-lines", "--model", "plain_net") == 0
    assert json.loads(written.getvalue())["file"] == "photos/写真.jpg"


def test_without_a_name_the_default_network_answers(
    photos: Path, lab: Lab, capsys: pytest.CaptureFixture[str]
) -> None:
    assert classify("photos/a.jpg", "--json-lines") == 0
    default = default_network(available_models()).id
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {line["network"] for line in lines} == {default}


def test_a_bad_file_makes_the_exit_code_1_now_and_when_resumed(photos: Path, lab: Lab) -> None:
    (photos / "bad.jpg").write_bytes(b"")
    for _time in range(2):
        assert classify("photos", *MODELS, "--out", "out.csv") == 1
    assert [row["error"] for row in rows(Path("out.csv")) if row["error"]] == ["The file is empty."]


def test_patterns_lists_and_lines_of_json(
    photos: Path,
    lab: Lab,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("photos/none.jpg\n\nphotos/missing.jpg\n"))
    found = classify("photos/**/a.jpg", "-", "x*.jpg", "--json-lines", "--model", "plain_net")
    assert found == 1
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["file"] for line in lines] == [
        *("photos/a.jpg", "photos/deep/a.jpg", "photos/none.jpg", "photos/missing.jpg", "x*.jpg")
    ]
    assert "No such file" in lines[3]["error"]
    assert "No file matches" in lines[4]["error"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("photos", "--model", "plain_net"), "Name a file with --out"),
        (("photos", "--model", "nothing", "--out", "x.csv"), "no network 'nothing'"),
        (("photos", "--model", "plain_net", "--out", "photos/a.jpg"), "Name another file"),
    ],
)
def test_wrong_orders_are_refused(
    photos: Path,
    lab: Lab,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    message: str,
) -> None:
    before = (photos / "a.jpg").read_bytes()
    assert classify(*arguments) != 0
    assert message in capsys.readouterr().err
    assert (photos / "a.jpg").read_bytes() == before
    shutil.rmtree(photos)


def test_nothing_to_do_is_said_with_what_was_there(
    lab: Lab, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("texts").mkdir()
    for place in range(3):
        Path(f"texts/{place}.txt").write_text("x")
    assert classify("texts", "--model", "plain_net", "--out", "out.csv") == 2
    told = capsys.readouterr().err
    assert "3 .txt" in told
    assert "Nothing to classify. Photos (JPEG" in told


def test_nothing_but_kinds_that_are_not_read_is_nothing_to_do(
    lab: Lab, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("camera").mkdir()
    for name in ("1.ARW", "2.arw", "3.HIF", "4.mts"):
        Path("camera", name).write_bytes(bytes(100))
    assert classify("camera", "--model", "plain_net", "--out", "out.csv") == 2
    told = capsys.readouterr().err
    assert "cannot be read: 2 .arw, 1 .hif, 1 .mts." in told
    assert rows(Path("out.csv")) == []
    # Named by itself, a file is tried, and its row says why it cannot be read.
    assert classify("camera/1.ARW", "--model", "plain_net", "--out", "out.csv") == 1
    assert "RAW photos (ARW) cannot be read" in rows(Path("out.csv"))[0]["error"]


def test_files_that_failed_are_counted_by_ending(
    photos: Path, lab: Lab, capsys: pytest.CaptureFixture[str]
) -> None:
    (photos / "b.CR2").write_bytes(b"II*\0")
    (photos / "c.HIF").write_bytes(bytes(100))
    assert classify("photos", "--model", "plain_net", "--out", "out.csv") == 1
    assert "2 with an error (1 .cr2, 1 .hif)" in capsys.readouterr().err


def test_a_list_with_a_byte_order_mark(
    photos: Path, lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = "\ufeffphotos/a.jpg\r\nphotos/none.jpg\r\n".encode()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content), encoding="utf-8"))
    assert classify("-", "--model", "plain_net", "--out", "out.csv") == 0
    assert [row["file"] for row in rows(Path("out.csv"))] == ["photos/a.jpg", "photos/none.jpg"]


def test_errors_of_the_system_name_the_file(
    photos: Path, lab: Lab, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("taken").mkdir()
    assert classify("photos", "--model", "plain_net", "--out", "taken") == 1
    assert "taken: Is a directory." in capsys.readouterr().err


def test_sets_are_written_for_every_face(
    photos: Path, lab: Lab, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tuple(round(100 * level) for level in LEVELS) == SETS
    assert classify("photos", *MODELS, "--out", "out.csv", "--sets", "90") == 0
    for row in rows(Path("out.csv")):
        assert row["set"].split("; ")[0] == row["label"]
    assert classify("photos", *MODELS, "--out", "other.csv", "--sets", "85") == 2
    (lab.results / "gated_net" / "predictions.npz").unlink()
    assert classify("photos", *MODELS, "--out", "other.csv", "--sets", "90") == 1
    assert "--sets: gated_net: no predictions" in capsys.readouterr().err
    assert classify("photos", "--model", "plain_net", "--out", "plain.csv") == 0
    assert {row["set"] for row in rows(Path("plain.csv"))} == {""}


def test_crops_are_proposed_and_taken_as_they_are(
    face: np.ndarray,
    lab: Lab,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("set").mkdir()
    for place in range(3):
        Path(f"set/{place}.png").write_bytes(encoded(cv2.resize(face, (100, 100)), "PNG"))
    assert classify("set", "--model", "plain_net", "--out", "out.csv") == 0
    assert "All pictures have 100 x 100 pixels" in capsys.readouterr().err
    assert classify("set", "--model", "plain_net", "--out", "crops.csv", "--crops") == 0
    assert "--crops" not in capsys.readouterr().err
    assert {row["found"] for row in rows(Path("crops.csv"))} == {"crop"}


def test_notes_name_the_pictures_and_libraries_say_nothing(
    portrait: bytes,
    lab: Lab,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("cut.jpg").write_bytes(portrait[:-2])
    Path("clip.mp4").write_bytes(b"\0\0\0\x18ftypmp42" + bytes(300))
    assert classify("cut.jpg", "clip.mp4", "--model", "plain_net", "--out", "out.csv") == 1
    told = capfd.readouterr().err
    assert "Damaged file, picture whole: cut.jpg." in told
    assert "[mov" not in told
    assert " @ 0x" not in told
    assert rows(Path("out.csv"))[0]["warning"].endswith("mended")
