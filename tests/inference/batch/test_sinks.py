from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import ResultsError
from core.inference.batch.rows import Row, columns
from core.inference.batch.sinks import CsvSink, JsonLines, cell, csv_text
from core.labels import CLASSES

ANSWER = dict.fromkeys(CLASSES, 0.1) | {"happy": 0.4}


def row(name: str, face: int = 0, **changes: object) -> Row:
    values = {"network": "net", "probabilities": ANSWER, "score": 0.98765432, **changes}
    return Row(name, "f" * 64, face=face, box=(1.0, 2.0, 3.123, 4.0), **values)  # type: ignore[arg-type]


def read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def sink(path: Path, networks: tuple[str, ...] = ("net",)) -> CsvSink:
    return CsvSink(path, CLASSES, networks)


def test_a_table_says_everything(tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "out.csv"
    with sink(path) as file:
        file.write([row("a.jpg", seconds=1.5, warning="blurred")])
        file.write([Row("bad.jpg", error="The file is empty.")])
    good, bad = read(path)
    assert list(good) == columns(CLASSES)
    assert good["label"] == "happy"
    assert good["second"] == "angry"
    assert (good["probability"], good["p_happy"], good["p_sad"]) == ("0.4", "0.4", "0.1")
    assert (good["x"], good["width"], good["score"]) == ("1.0", "3.12", "0.987654")
    assert (good["seconds"], good["warning"], good["error"]) == ("1.5", "blurred", "")
    assert bad["error"] == "The file is empty."
    assert {name for name, value in bad.items() if value} == {"file", "version", "error"}


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "'="])
def test_formulas_are_only_text(tmp_path: Path, start: str) -> None:
    name = f"{start}cmd|' /C calc'!A0.jpg"
    path = tmp_path / "out.csv"
    with sink(path) as file:
        file.write([row(name)])
        file.write([row("b.jpg")])
    assert read(path)[0]["file"] == f"'{name}"
    with sink(path) as file:
        assert file.done == {(name, None)}


@given(st.text())
def test_no_text_cell_begins_as_a_formula(text: str) -> None:
    assert not str(cell(text)).startswith(("=", "+", "-", "@", "\t", "\r"))
    assert cell(text) in (text, f"'{text}")


@given(st.lists(st.text(min_size=1, max_size=30).filter(lambda t: t.isprintable()), unique=True))
def test_any_name_is_found_again(names: list[str]) -> None:
    rows = [row(name) for name in names]
    found = list(csv.DictReader(io.StringIO(csv_text(rows, CLASSES), newline="")))
    assert [item["file"] for item in found] == [cell(name) for name in names]


def test_a_run_goes_on_where_the_last_one_stopped(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    everything = [
        [row("a.jpg"), row("a.jpg", face=1)],
        [Row('odd "name",\nwith a line break.jpg', error="Bad.")],
        [row("film.mp4", seconds=0.0)],
        [row("film.mp4", seconds=1.0)],
        [row("z.jpg"), row("z.jpg", face=1)],
    ]
    with sink(path) as file:
        for rows in everything:
            file.write(rows)
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with sink(path) as file:
            assert file.failed == sum(key[0].startswith("odd") for key in file.done)
            for rows in everything:
                if (rows[0].file, rows[0].seconds) not in file.done:
                    file.write(rows)
        assert path.read_bytes() == whole


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("something,else\r\n1,2\r\n", "Name another file"),
        (csv_text([row("a.jpg", network="other")], CLASSES), "answers of other"),
        (csv_text([row("a.jpg")], [*CLASSES, "contempt"]), "Name another file"),
    ],
)
def test_a_foreign_file_is_left_as_it_is(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "out.csv"
    path.write_text(content, newline="")
    with pytest.raises(ResultsError, match=message), sink(path):
        pass
    assert path.read_text() == content.replace("\r\n", "\n")


def test_lines_of_json_hold_the_same(tmp_path: Path) -> None:
    stream = io.StringIO()
    with JsonLines(stream, CLASSES) as file:
        file.write([row("=a.jpg"), Row("bad.jpg", error="Bad.")])
    first, second = (json.loads(line) for line in stream.getvalue().splitlines())
    assert list(first) == columns(CLASSES)
    assert (first["file"], first["p_happy"], first["face"]) == ("=a.jpg", 0.4, 0)
    assert (second["label"], second["p_happy"], second["error"]) == ("", None, "Bad.")
