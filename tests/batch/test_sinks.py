from __future__ import annotations

import csv
import io
import json
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from core.batch.sinks import CsvSink, JsonLines
from core.errors import ResultsError
from core.files import sha256
from core.labels import CLASSES
from core.rows import Row, columns, csv_text
from core.text import Message, later

ANSWER = dict.fromkeys(CLASSES, 0.1) | {"happy": 0.4}


def row(name: str, face: int = 1, **changes: object) -> Row:
    values = {"network": "net", "probabilities": ANSWER, "score": 0.98765432, **changes}
    return Row(name, "f" * 64, face=face, box=(1.0, 2.0, 3.123, 4.0), **values)  # type: ignore[arg-type]


def read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def sink(path: Path, networks: tuple[str, ...] = ("net",)) -> CsvSink:
    return CsvSink(path, CLASSES, dict.fromkeys(networks, ""))


@contextmanager
def room(size: int) -> Iterator[None]:
    """Within the block no file can grow beyond so many bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_table_says_everything(tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "out.csv"
    with sink(path) as file:
        file.write([row("a.jpg", seconds=1.5, warning="blurred")])
        file.write([Row("bad.jpg", error=later("The file is empty."))])
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


def test_a_run_goes_on_where_the_last_one_stopped(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    everything = [
        [row("a.jpg"), row("a.jpg", face=2)],
        [Row('odd "name",\nwith a line break.jpg', error=Message("Bad."))],
        [row("film.mp4", seconds=0.0)],
        [row("film.mp4", seconds=1.0)],
        [row("z.jpg"), row("z.jpg", face=2)],
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


def test_a_table_from_before_is_numbered_from_one(tmp_path: Path) -> None:
    """Version 0.1 numbered the faces of a picture from 0."""
    path = tmp_path / "out.csv"
    pictures = [
        [row('odd "name",\nwith a line break.jpg'), row('odd "name",\nwith a line break.jpg', 2)],
        [Row("none.jpg", warning="no face")],
        [row("=last.jpg"), row("=last.jpg", 2)],
    ]
    old = csv_text(
        [replace(r, face=r.face and r.face - 1) for rows in pictures for r in rows], CLASSES
    )
    new = csv_text([r for rows in pictures for r in rows], CLASSES)
    path.write_text(old, newline="")
    with sink(path) as file:
        assert file.renumbered
        assert file.done == {(rows[0].file, None) for rows in pictures[:-1]}
        file.write(pictures[-1])
    assert path.read_bytes() == new.encode()
    with sink(path) as file:
        assert not file.renumbered
    assert path.read_bytes() == new.encode()


def test_the_last_picture_stays_where_it_does_not_turn_up_again(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    with sink(path) as file:
        file.write([row("a.jpg")])
        file.write([row("z.jpg", error=Message("Bad.")), row("z.jpg", face=2)])
    before = path.read_bytes()
    with sink(path) as file:
        assert (file.done, file.failed) == ({("a.jpg", None)}, 0)
        assert file.tail is not None
        assert (file.tail.key, file.tail.failed) == (("z.jpg", None), True)
    assert path.read_bytes() == before
    for name in ("b.jpg", "c.jpg"):
        with sink(path) as file:
            assert ("z.jpg", None) not in file.done
            file.write([row(name)])
            # Not only once it is closed: a run may be killed.
            assert [item["file"] for item in read(path)][-3:] == [name, "z.jpg", "z.jpg"]
    with sink(path) as file:
        file.write([row("z.jpg")])
        file.write([row("y.jpg")])
        assert file.tail is None
    assert [item["file"] for item in read(path)] == [*("a.jpg", "b.jpg", "c.jpg", "z.jpg", "y.jpg")]


def test_other_pictures_behind_a_cut_cost_no_whole_row(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    several = ("net", "other")
    everything = [
        [row(name, face, network=network) for face in (1, 2) for network in several]
        for name in ("a.jpg", "film, 2.jpg", "z.jpg")
    ]
    with sink(path, several) as file:
        for rows in everything:
            file.write(rows)
    whole = path.read_bytes()
    start = len(csv_text((), CLASSES))
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        kept = [line for line in whole[start:length].splitlines(keepends=True) if b"\n" in line]
        with sink(path, several) as file:
            for rows in everything:
                complete = whole.index(csv_text(rows, CLASSES, header=False).encode())
                assert (rows[0].file, None) not in file.done or complete < length
            file.write([Row("b.jpg", error=Message("Bad."))])
        found = path.read_bytes()[start:].splitlines(keepends=True)
        assert [line for line in found if not line.startswith(b"b.jpg")] == kept


def test_a_full_disk_costs_nothing_that_stood_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    with sink(path) as file:
        file.write([row("a.jpg")])
        file.write([row("z.jpg")])
    before = path.read_bytes()
    with (
        pytest.raises(ResultsError, match=r"large\. The pictures in it are whole"),
        sink(path) as file,
        room(len(before) + 10),
    ):
        file.write([row("b.jpg")])
    assert path.read_bytes() == before


def test_a_file_without_some_of_the_networks_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    with sink(path) as file:
        file.write([Row("bad.jpg", error=Message("Bad."))])
        file.write([row("a.jpg")])
        file.write([Row("none.jpg", warning="no face")])
        file.write([row("b.jpg")])
    before = path.read_bytes()
    message = r"no answers of more for a\.jpg\. Expected those of more, net\. Name another file"
    with pytest.raises(ResultsError, match=message), sink(path, ("net", "more")):
        pass
    assert path.read_bytes() == before


def test_a_file_of_a_network_that_was_trained_anew_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    with CsvSink(path, CLASSES, {"net": "1" * 64}) as file:
        file.write([row("a.jpg", model_sha256="1" * 64)])
    with CsvSink(path, CLASSES, {"net": "1" * 64}) as file:
        assert file.tail is not None
    with (
        pytest.raises(ResultsError, match=r"another net, .* 111111111111\. Expected 222222222222"),
        CsvSink(path, CLASSES, {"net": "2" * 64}),
    ):
        pass


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (csv_text([row("a.jpg")], CLASSES) + "1,2\r\n", "a row of 2 columns. Expected"),
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
        file.write([row("=a.jpg"), Row("bad.jpg", error=Message("Bad."))])
    first, second = (json.loads(line) for line in stream.getvalue().splitlines())
    assert list(first) == columns(CLASSES)
    assert (first["file"], first["p_happy"], first["face"]) == ("=a.jpg", 0.4, 1)
    assert (second["label"], second["p_happy"], second["error"]) == ("", None, "Bad.")


def test_a_photo_that_was_replaced_is_looked_at_again(tmp_path: Path) -> None:
    photos = {name: tmp_path / f"{name}.jpg" for name in ("same", "new", "last")}
    path = tmp_path / "faces.csv"
    with sink(path) as file:
        for name, photo in photos.items():
            photo.write_bytes(name.encode())
            file.write([replace(row(name), sha256=sha256(photo))])
        file.write([row("member.zip/a.jpg")])
    for name in ("new", "last"):
        photos[name].write_bytes(b"another picture")
    with sink(path) as file:
        assert file.forget_changed(photos.get) == ["new", "last"]
        assert {name for name, _seconds in file.done} == {"same"}
        file.write([row("new")])
        file.write([row("last")])
    assert [line["file"] for line in read(path)] == ["same", "new", "last", "member.zip/a.jpg"]
    with sink(path) as file:
        assert file.forget_changed(lambda name: None) == []
