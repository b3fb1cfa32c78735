"""What a file is by its content, whatever it is called, and what is said of the others."""

from __future__ import annotations

import zipfile
from collections import Counter
from pathlib import Path

import pytest
from PIL import Image

from core.batch import kinds
from core.batch.pipeline import steps
from core.batch.sources import Item, LeftOut, Photo, Problem, Video, given, items, wanted

MTS = b"".join(b"\0\0\0\0\x47" + bytes(187) for _packet in range(4))
TS = b"".join(b"\x47" + bytes(187) for _packet in range(4))


@pytest.mark.parametrize(
    ("name", "start", "kind"),
    [
        ("noending", b"\xff\xd8\xff\xe0", "photo"),
        ("photo.txt", b"\x89PNG\r\n\x1a\n", "photo"),
        ("x.jpg", b"\0\0\0\x18ftypmp42", "video"),
        ("x.jpg", b"\0\0\0\x18ftypheic\0\0\0\0mif1", "heic"),
        ("x.heic", b"\xff\xd8\xff\xe0", "photo"),  # renamed on its way
        ("x.avif", b"\0\0\0\x1cftypmif1\0\0\0\0avif", "photo"),
        ("x.CR2", b"II*\0\x10\0\0\0CR", "raw"),
        ("x.cr3", b"\0\0\0\x18ftypcrx ", "raw"),
        ("x.tif", b"II*\0", "photo"),
        ("x.mpo", b"\xff\xd8\xff\xe1", "photo"),
        ("clip", MTS, "video"),
        ("clip.xyz", TS, "video"),
        ("clip", b"FLV\x01\x05", "video"),
        ("clip.mjpeg", b"\xff\xd8\xff", "video"),
        ("x.webp", b"RIFF\0\0\0\0WEBP", "photo"),
        ("x.wav", b"RIFF\0\0\0\0WAVE", "other"),
        ("x.bin", b"PK\3\4", "archive"),
        ("x.docx", b"PK\3\4", "other"),
        ("BMI.txt", b"BMI is a number", "other"),
        ("P5 plan.txt", b"P5 is a plan", "other"),
        ("x", b"P5\n# made by hand\n3 3 255\n", "photo"),
        ("notes.txt", b"hello", "other"),
        ("empty.jpg", b"", "photo"),
        ("damaged.mts", bytes(188), "video"),
        ("x.nef", b"", "raw"),
    ],
)
def test_kinds(name: str, start: bytes, kind: str) -> None:
    assert kinds.kind_of(name, start) == kind


def found(place: Path) -> dict[str, Item]:
    return {item.name.removeprefix(f"{place}/"): item for item in items(given([str(place)]))}


def test_a_folder_is_looked_at_by_content(tmp_path: Path, portrait: bytes) -> None:
    (tmp_path / "IMG_1234").write_bytes(portrait)
    (tmp_path / "stereo.mpo").write_bytes(portrait)
    (tmp_path / "clip.MTS").write_bytes(MTS)
    (tmp_path / "raw.ARW").write_bytes(b"II*\0")
    (tmp_path / "phone.HIF").write_bytes(bytes(100))
    (tmp_path / "notes.txt").write_text("x")
    (tmp_path / "README").write_text("x")
    (tmp_path / "Thumbs.db").write_text("x")
    with zipfile.ZipFile(tmp_path / "inner.zip", "w") as archive:
        archive.writestr("deep/IMG_5678", portrait)
        archive.writestr("deep/raw.dng", b"II*\0")
        archive.writestr("deep/readme.md", b"x")
    items_ = found(tmp_path)
    assert {name: type(item) for name, item in items_.items()} == {
        "IMG_1234": Photo,
        "stereo.mpo": Photo,
        "clip.MTS": Video,
        "raw.ARW": Problem,
        "phone.HIF": Problem,
        "notes.txt": LeftOut,
        "README": LeftOut,
        "inner.zip/deep/IMG_5678": Photo,
        "inner.zip/deep/raw.dng": Problem,
        "inner.zip/deep/readme.md": LeftOut,
    }
    raw, heic = items_["raw.ARW"], items_["phone.HIF"]
    assert isinstance(raw, Problem)
    assert isinstance(heic, Problem)
    assert "RAW photos (ARW) cannot be read" in str(raw.sentence)
    assert "HEIC pictures cannot be read" in str(heic.sentence)
    left_out: Counter[str] = Counter()
    assert len(list(wanted(items_.values(), left_out))) == 7
    sentence = kinds.left_out_sentence(left_out)
    assert "1 .txt" in sentence
    assert "1 without an ending" in sentence
    assert "1 .md" in sentence


def test_names_cannot_write_to_the_terminal(tmp_path: Path, portrait: bytes) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("\x1b]0;PWNED\x07.jpg", portrait)
    (tmp_path / "\x1b[31mred.jpg").write_bytes(portrait)
    names = "".join(found(tmp_path))
    assert "\\x1b[31mred.jpg" in names
    assert "\x1b" not in names
    assert "\x07" not in names


def test_a_named_file_is_tried_whatever_it_is(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("x")
    (item,) = items(given([str(path)]))
    assert isinstance(item, Photo)


FOREIGN = {
    "DSC1.ARW": b"II*\0" + bytes(96),
    "IMG.HIF": bytes(100),
    "phone.jpg": b"\0\0\0\x18ftypheic\0\0\0\0mif1",
    "clip.MTS": TS[:188],
    "c.flv": b"FLV\x01",
}


@pytest.mark.parametrize("packed", [False, True])
def test_nothing_but_kinds_that_are_not_read_is_nothing_to_do(
    packed: bool, tmp_path: Path, portrait: bytes
) -> None:
    place = tmp_path / ("a.zip" if packed else "folder")

    def fill(files: dict[str, bytes]) -> list[Item]:
        if packed:
            with zipfile.ZipFile(place, "w") as archive:
                for name, content in files.items():
                    archive.writestr(name, content)
        else:
            place.mkdir(exist_ok=True)
            for name, content in files.items():
                (place / name).write_bytes(content)
        return list(items(given([str(place)])))

    left_out: Counter[str] = Counter()
    items_ = fill(FOREIGN | {"notes.txt": b"x"})
    assert not list(wanted(items_, left_out))
    assert steps(items_, 1.0) == 0
    assert left_out == dict.fromkeys((".arw", ".hif", ".heic", ".mts", ".flv", ".txt"), 1)
    sentence = kinds.left_out_sentence(left_out)
    assert "no pictures: 1 .txt." in sentence
    assert all(f"1 {end}" in sentence.split("cannot be read: ")[1] for end in (".arw", ".heic"))
    # Beside a photo none of them is lost: each has its row.
    left_out.clear()
    mixed = list(wanted(fill(FOREIGN | {"z.jpg": portrait}), left_out))
    assert [isinstance(item, Problem) for item in mixed] == [True] * 5 + [False]
    assert not left_out.keys() - {".txt"}


def test_members_of_archives_are_known_by_content(tmp_path: Path, portrait: bytes) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("clip.jpg", MTS)
        archive.writestr("inner.png", b"PK\3\4" + bytes(30))
        archive.writestr("photo.heic", portrait)
        archive.writestr("photo.txt", portrait)
    items_ = {name.rpartition("/")[2]: item for name, item in found(tmp_path).items()}
    assert {name: type(item) for name, item in items_.items()} == {
        "clip.jpg": Video,
        "inner.png": Problem,
        "photo.heic": Photo,
        "photo.txt": Photo,
    }


def test_nothing_left_out_is_not_mentioned() -> None:
    assert kinds.left_out_sentence(Counter()) == ""


@pytest.mark.parametrize("form", ["PNG", "BMP", "TIFF", "WEBP", "GIF", "PPM", "JPEG2000", "AVIF"])
def test_what_pillow_writes_is_known_without_its_ending(form: str, tmp_path: Path) -> None:
    path = tmp_path / "picture"
    Image.new("RGB", (32, 32), "red").save(path, form)
    assert kinds.kind_of("picture", path.read_bytes()[: kinds.START]) == "photo"
