from __future__ import annotations

import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from core.data import archives, zips
from core.errors import DataError


def make_zip(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def make_tar(path: Path, files: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as tape:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tape.addfile(info, io.BytesIO(content))
    return path


def make_folder(path: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(content)
    return path


MAKERS = {"zip": make_zip, "tar": make_tar, "folder": make_folder}


def contents(path: Path) -> dict[str, bytes]:
    with archives.readable(path), archives.members(path) as found:
        assert found is not None
        return {member.name: member.open().read() for member in found}


@pytest.mark.parametrize("kind", MAKERS)
def test_members_of_every_kind(kind: str, tmp_path: Path) -> None:
    files = {"a/one.txt": b"1", "a/b/two.txt": b"22", "zero": b""}
    assert contents(MAKERS[kind](tmp_path / "it", files)) == files


def test_a_single_file_has_no_members(tmp_path: Path) -> None:
    (tmp_path / "some.csv").write_text("a,b\n")
    with archives.members(tmp_path / "some.csv") as found:
        assert found is None


@pytest.mark.parametrize("kind", ["zip", "tar"])
@pytest.mark.parametrize(
    "name", ["../evil.csv", "/etc/fer2013.csv", "a/../../b.csv", "..\\evil.csv", "C:\\evil.csv"]
)
def test_names_that_leave_the_archive(kind: str, name: str, tmp_path: Path) -> None:
    path = MAKERS[kind](tmp_path / "it", {name: b"x"})
    with pytest.raises(DataError, match=r"outside the archive. Expected names inside it"):
        contents(path)


@pytest.mark.parametrize("kind", ["zip", "tar"])
@pytest.mark.parametrize(("limit", "value"), [("MAX_BYTES", 1_000_000), ("MAX_MEMBERS", 2)])
def test_bombs_are_refused_before_they_are_read(
    kind: str, limit: str, value: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = MAKERS[kind](tmp_path / "it", {f"{n}.csv": bytes(400_000) for n in range(3)})
    assert path.stat().st_size < 5_000
    monkeypatch.setattr(archives if limit == "MAX_BYTES" else zips, limit, value)
    with pytest.raises(
        DataError, match=r"expands too far. Expected FER-2013: at|holds more than 2"
    ):
        contents(path)


def test_links_in_a_tar_file_are_not_followed(tmp_path: Path) -> None:
    path = tmp_path / "it.tar"
    with tarfile.open(path, "w") as tape:
        link = tarfile.TarInfo("fer2013.csv")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tape.addfile(link)
    assert contents(path) == {}


@pytest.mark.parametrize("kind", ["zip", "tar"])
@pytest.mark.parametrize("share", [0.5, 0.97])
def test_truncated_archives(kind: str, share: float, tmp_path: Path) -> None:
    noise = bytes(range(256)) * 40
    files = {f"{n}.bin": bytes((n * byte) % 251 for byte in noise) for n in range(5)}
    path = MAKERS[kind](tmp_path / "it", files)
    path.write_bytes(path.read_bytes()[: int(share * path.stat().st_size)])
    with pytest.raises(DataError, match="it is truncated or damaged"):
        contents(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"nothing\.csv does not exist"):
        contents(tmp_path / "nothing.csv")
