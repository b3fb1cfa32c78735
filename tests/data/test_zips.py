"""Archives as other programs write them: names in code pages, ways to pack."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from core.batch import zips as batch
from core.data import archives, zips
from core.errors import DataError


def archive_of(name: bytes, path: Path) -> Path:
    """An archive with one member, its name as it is and without the mark of UTF-8."""
    stand_in = "n" * len(name)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(stand_in, b"x")
    path.write_bytes(stream.getvalue().replace(stand_in.encode(), name))
    return path


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        ("\u7167\u7247\u7167\u7247.jpg", "gbk"),
        ("\u5f20\u4e09\u7684\u7167\u7247/\u5fae\u7b11.jpg", "gbk"),
        ("\u5199\u771f.jpg", "cp932"),
        ("\u7b11\u9854/\u305f\u306a\u304b.jpg", "cp932"),
        ("\u00e9t\u00e9/no\u00ebl.jpg", "cp1252"),
        ("J\u00fcrgen Gr\u00f6\u00dfe.jpg", "cp1252"),
        ("J\u00fcrgen.jpg", "cp437"),
        ("\u00e9t\u00e9.jpg", "cp850"),
        ("\u0444\u043e\u0442\u043e.jpg", "cp866"),
        ("\u5bb6\u65cf.jpg", "utf-8"),  # without the mark, as some programs write it
        ("plain.jpg", "ascii"),
    ],
)
def test_names_in_the_code_page_of_the_machine(name: str, encoding: str, tmp_path: Path) -> None:
    archive = zips.opened(archive_of(name.encode(encoding), tmp_path / "a.zip"))
    assert zips.names_of(archive.infolist()) == [name]


def test_names_marked_as_utf8_stay(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("\u00c4\u7167.jpg", b"x")
        archive.writestr("a\\b.jpg", b"x")
    assert zips.names_of(zips.opened(path).infolist()) == ["\u00c4\u7167.jpg", "a/b.jpg"]


@pytest.mark.parametrize(("method", "name"), [(9, "Deflate64"), (93, "Zstandard"), (77, "77")])
def test_ways_to_pack_that_cannot_be_undone_are_named(
    method: int, name: str, tmp_path: Path
) -> None:
    info = zipfile.ZipInfo("a.jpg")
    info.compress_type = method
    assert f"packed with {name}, which" in str(zips.problem_of("a.jpg", info))


@pytest.mark.parametrize("method", [0, 8, 12, 14])
def test_ways_to_pack_that_can(method: int) -> None:
    info = zipfile.ZipInfo("a.jpg")
    info.compress_type = method
    assert zips.problem_of("a.jpg", info) is None


@pytest.mark.parametrize(
    ("name", "outside"),
    [
        ("../a.jpg", True),
        ("/a.jpg", True),
        ("b/../../a.jpg", True),
        ("C:\\a.jpg", True),
        ("c:a.jpg", True),
        ("b/12:30.jpg", False),
        ("b/a..jpg", False),
    ],
)
def test_the_importer_and_the_batch_see_the_same_names_outside(
    name: str, outside: bool, tmp_path: Path
) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("folder/", b"")
        archive.writestr(name, b"\xff\xd8\xff")
    (entry,) = zips.entries(zips.opened(path))
    assert (entry.problem is not None) == outside
    (member,) = batch.members(path)
    assert (member.problem is not None) == outside
    if outside:
        with pytest.raises(DataError, match="outside the archive"), archives.members(path):
            pass
    else:
        with archives.members(path) as found:
            assert [inner.name for inner in found or ()] == [entry.name]
