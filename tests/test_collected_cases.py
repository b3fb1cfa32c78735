"""Small inputs that once failed, each against what is right for it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from core import cli
from core.errors import FerLabError
from core.evaluation import upload
from core.faces.photo import decode

CASES = Path(__file__).parents[2] / "shared" / "cases"

pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason="the collected cases are not here")

Rows = list[dict[str, str]]

READ = {
    "pictures/bad_crc_text.png": "mended",
    "pictures/ztxt_3mb.png": "mended",
    "pictures/no_eoi.jpg": "mended",
    "pictures/bmp_444.bmp": "",
    "pictures/rgb16_planar.tif": "",
    "pictures/stereo.mpo": "",
}
"""Pictures with one face, and the note they are read with."""

WHOLE = "pictures/no_eoi.jpg"

VIDEOS = {
    # One still for three seconds: there is one face in it, happy.
    "videos/front_mirrored.mp4": [0.0, 1.0, 2.0],
    "videos/vfr.mp4": [0.0, 1.5, 3.0, 6.0],
    "videos/av1.mp4": [0.0],
    "videos/AVCHD.MTS": [0.0, 1.0, 2.0],
}
"""Seconds of the frames that are looked at; a happy face is in each."""

REFUSED = {
    "pictures/grey_float16.tif": "floating-point TIFF",
    "archives/deflate64.zip": "Deflate64, which cannot be read here. Unpack the archive",
    "archives/esc_member.zip": "points out of the archive",
}

NOTHING = {
    "archives/only_text.zip": ["1 .txt"],
    "archives/raw_and_hif.zip": ["1 .arw", "1 .cr2", "1 .dng", "1 .hif", "1 .mts", "1 .flv"],
}

TABLES: dict[str, int | str] = {
    "tables/p_alpha_order_p.csv": "alphabetical order",
    "tables/p_rounded2.csv": 60,
    "tables/m_pandas_default.csv": 3589,
    "tables/m_missing_class.csv": 3491,
    "tables/y_true_y_pred.csv": 3589,
    "tables/long_label.csv": "Line 2: label: Expected 0 to 6 or a class name",
}
"""Number of images of the tables that are read, words of the refusal of the others."""

OTHERS = ["pictures/panorama_33000x1000.jpg", "archives/gbk.zip", "tables/list_with_bom.txt"]


def classified(arguments: Sequence[str | Path], folder: Path) -> tuple[int, Rows]:
    """Exit code and rows of the default network."""
    out = folder / "out.csv"
    with pytest.raises(SystemExit) as done:
        cli.main(["classify", *map(str, arguments), "--out", str(out)])
    with out.open(newline="", encoding="utf-8") as stream:
        return int(done.value.code or 0), list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def by_file(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Rows]:
    """Rows of all that is in folders, as a batch finds it, by file."""
    code, rows = classified(
        [CASES / "pictures", CASES / "videos", CASES / "archives"],
        tmp_path_factory.mktemp("cases"),
    )
    assert code == 1  # for the refused ones
    found: dict[str, Rows] = {}
    for row in rows:
        parts = row["file"].removeprefix(f"{CASES.as_posix()}/").split("/")
        found.setdefault("/".join(parts[:2]), []).append(row)
    return found


def test_every_case_is_tried() -> None:
    text = (CASES / "README.md").read_text(encoding="utf-8")
    told = set(re.findall(r"^\| (\w+/\S+) \|", text, re.MULTILINE))
    assert told == {*READ, *VIDEOS, *REFUSED, *NOTHING, *TABLES, *OTHERS}


@pytest.mark.parametrize("name", READ)
def test_pictures_are_read(name: str, by_file: dict[str, Rows]) -> None:
    (row,) = by_file[name]
    assert (row["found"], row["face"], row["error"]) == ("detected", "1", "")
    assert READ[name] in row["warning"]
    # All show one portrait: the face is the JPEG's, neither a stripe's nor a plane's.
    assert place(name, row) == pytest.approx(place(WHOLE, by_file[WHOLE][0]), abs=0.01)


def place(name: str, row: dict[str, str]) -> list[float]:
    """Box of the face in heights of the picture."""
    height = len(decode((CASES / name).read_bytes()))
    return [float(row[side]) / height for side in ("x", "y", "width", "height")]


def test_a_panorama_is_read_reduced(by_file: dict[str, Rows]) -> None:
    (row,) = by_file["pictures/panorama_33000x1000.jpg"]
    assert row["error"] == ""
    assert "reduced" in row["warning"]


@pytest.mark.parametrize("name", VIDEOS)
def test_videos_are_read_upright(name: str, by_file: dict[str, Rows]) -> None:
    rows = by_file[name]
    assert [float(row["seconds"]) for row in rows] == VIDEOS[name]
    assert {(row["face"], row["label"], row["error"]) for row in rows} == {("1", "happy", "")}


@pytest.mark.parametrize("name", REFUSED)
def test_the_reason_of_a_refusal_is_told(name: str, by_file: dict[str, Rows]) -> None:
    (row,) = by_file[name]
    assert REFUSED[name] in row["error"]
    assert "\x1b" not in row["file"]


def test_names_in_a_chinese_code_page(by_file: dict[str, Rows]) -> None:
    (row,) = by_file["archives/gbk.zip"]
    assert row["file"].endswith("/\u7167\u7247\u7167\u7247.jpg")


@pytest.mark.parametrize("name", NOTHING)
def test_nothing_to_do(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, rows = classified([CASES / name], tmp_path)
    assert (code, rows) == (2, [])
    told = capsys.readouterr().err
    assert all(counted in told for counted in NOTHING[name])


@pytest.mark.parametrize("name", TABLES)
def test_tables(name: str) -> None:
    content, outcome = (CASES / name).read_bytes(), TABLES[name]
    if isinstance(outcome, int):
        assert upload.read(content, Path(name).name).n == outcome
    else:
        with pytest.raises(FerLabError, match=outcome):
            upload.read(content, Path(name).name)


def test_a_missing_class_is_told() -> None:
    content = (CASES / "tables/m_missing_class.csv").read_bytes()
    found = upload.read(content, "m_missing_class.csv")
    assert found.matrix.shape == (7, 7)
    assert found.matrix[1].sum() == found.matrix[:, 1].sum() == 0
    assert any("isgust" in str(note) for note in found.notes)


def test_a_list_with_a_byte_order_mark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    content = (CASES / "tables/list_with_bom.txt").read_bytes()
    for name in ("p1.jpg", "p2.jpg"):
        Path(name).write_bytes((CASES / "pictures/no_eoi.jpg").read_bytes())
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content), encoding="utf-8"))
    code, rows = classified(["-"], tmp_path)
    assert (code, [row["file"] for row in rows]) == (0, ["p1.jpg", "p2.jpg"])
