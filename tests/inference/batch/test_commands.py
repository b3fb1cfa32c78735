from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path

import pytest

from core import cli
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
    (photos / "a.jpg").write_bytes(b"changed, but held already")
    assert classify("photos", *MODELS, "--out", "out.csv") == 0
    assert Path("out.csv").read_bytes() == Path("once.csv").read_bytes()
    assert "3 pictures" in capsys.readouterr().err


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
