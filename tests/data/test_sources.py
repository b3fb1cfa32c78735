from __future__ import annotations

import gzip
import io
import lzma
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.data import sources
from core.data.store import Dataset
from core.errors import DataError
from core.roles import SPLITS
from tests.data.conftest import csv_rows, csv_text, write_images
from tests.data.test_archives import MAKERS, make_zip


def read(path: Path) -> list[sources.Record]:
    return list(sources.records(path))


def assert_same(records: list[sources.Record], dataset: Dataset) -> None:
    assert (np.stack([record.face for record in records]) == dataset.faces).all()
    assert [record.label for record in records] == dataset.labels.tolist()
    assert [record.split for record in records] == dataset.splits.tolist()


@pytest.mark.parametrize(
    ("suffix", "pack"), [(".csv", bytes), (".csv.gz", gzip.compress), (".csv.xz", lzma.compress)]
)
def test_a_table_alone(
    suffix: str, pack: type[bytes], small: Dataset, csv_file: Path, tmp_path: Path
) -> None:
    path = tmp_path / f"fer2013{suffix}"
    path.write_bytes(pack(csv_file.read_bytes()))
    assert_same(read(path), small)


@pytest.mark.parametrize("kind", MAKERS)
@pytest.mark.parametrize(
    "names",
    [
        ("fer2013/README", "fer2013/fer2013.csv"),  # the competition's tar file
        ("train.csv", "test.csv", "example_submission.csv", "icml_face_data.csv"),  # its zip
        ("My Faces.csv",),  # the only file
    ],
)
def test_a_table_in_an_archive(
    kind: str, names: tuple[str, ...], small: Dataset, csv_file: Path, tmp_path: Path
) -> None:
    files = dict.fromkeys(names[:-1], b"emotion,pixels\n") | {names[-1]: csv_file.read_bytes()}
    assert_same(read(MAKERS[kind](tmp_path / "it", files)), small)


def test_columns_of_the_newer_table(small: Dataset, tmp_path: Path) -> None:
    columns = {"emotion": "emotion", " Usage": "Usage", " pixels": "pixels"}
    path = tmp_path / "icml_face_data.csv"
    path.write_text(csv_text(csv_rows(small), columns))
    assert_same(read(path), small)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("train/angry/Training_3908.jpg", (0, 0)),
        ("archive/test/Happy/PublicTest_17.jpg", (3, 1)),
        ("test/neutral/PrivateTest_4.JPEG", (6, 2)),
        ("validation/surprised/im7.png", (5, sources.UNKNOWN)),
        ("train/angry/notes.txt", None),
        ("train/Training_3908.jpg", None),
        ("__MACOSX/train/angry/._Training_3908.jpg", None),
        ("train/angry/.Training_3908.jpg", None),
    ],
)
def test_what_the_name_of_an_image_says(
    name: str, expected: tuple[int, int] | None, tmp_path: Path
) -> None:
    content = io.BytesIO()
    Image.new("L", (48, 48), 99).save(content, "JPEG")
    files = {name: content.getvalue(), "test/sad/PublicTest_1.jpg": content.getvalue()}
    found = [(record.label, record.split) for record in read(make_zip(tmp_path / "it.zip", files))]
    assert sorted(found) == sorted([(4, 1), *([expected] if expected else [])])


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.encode("utf-16"),
        lambda text: text.replace("\n", "\r").encode(),
        lambda text: text.replace(",", ";").encode(),
        lambda text: text.replace("\n", ",\n").encode(),
        lambda text: text.replace("Usage", "Usage,\u00e9t\u00e9", 1).encode("cp1252"),
    ],
    ids=["UTF-16", "CR alone", "semicolons", "trailing commas", "Windows-1252"],
)
def test_a_table_that_went_through_a_spreadsheet(
    change: Callable[[str], bytes], small: Dataset, csv_file: Path, tmp_path: Path
) -> None:
    path = tmp_path / "fer2013.csv"
    path.write_bytes(change(csv_file.read_text(encoding="utf-8")))
    assert_same(read(path), small)


def test_folders_that_are_left_out_are_counted(tmp_path: Path) -> None:
    content = io.BytesIO()
    Image.new("L", (48, 48), 99).save(content, "PNG")
    names = (
        "train/suprise/1.png",
        "train/suprise/2.png",
        "train/contempt/1.png",
        "train/Sad/1.png",
    )
    path = make_zip(tmp_path / "it.zip", dict.fromkeys(names, content.getvalue()))
    left_out: Counter[str] = Counter()
    assert [record.label for record in sources.records(path, left_out=left_out)] == [4]
    sentence = sources.left_out_sentence(left_out)
    assert "suprise (2, perhaps surprise?), contempt (1)" in sentence


@pytest.mark.parametrize("mode", ["L", "RGB", "P"])
def test_images_become_grey(mode: str, tmp_path: Path) -> None:
    file = tmp_path / "train" / "fear" / "Training_1.png"
    file.parent.mkdir(parents=True)
    Image.fromarray(np.full((48, 48), 77, np.uint8)).convert(mode).save(file)
    (record,) = read(tmp_path)
    assert record.face.dtype == np.uint8
    assert (record.face == 77).all()


def test_a_folder_of_images(small: Dataset, tmp_path: Path) -> None:
    records = read(write_images(tmp_path, small))
    assert len(records) == len(small.labels)
    assert {SPLITS[record.split] for record in records} == set(SPLITS)


PIXELS = " ".join(["7"] * 2304)
HEADER = "emotion,pixels,Usage\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "lacks the column emotion. Expected emotion, pixels, Usage. Received: an empty file"),
        (f"emotion,pixels\n0,{PIXELS}\n", "lacks the column Usage"),  # the competition's train.csv
        (f"{HEADER}7,{PIXELS},Training\n", "image 1: expected an emotion from 0 to 6"),
        (f"{HEADER},{PIXELS},Training\n", "from 0 to 6. Received: an empty cell"),
        (f"{HEADER}bored,{PIXELS},Training\n", "expected an emotion from 0 to 6"),
        (f"{HEADER}0,{PIXELS},Train\n", "Usage to be one of Training, PublicTest, PrivateTest"),
        (f"{HEADER}0,{PIXELS[:-2]},Training\n", "expected 2304 pixels. Received: 2303"),
        (f"{HEADER}0,{PIXELS} 7,Training\n", "expected 2304 pixels. Received: 2305"),
        (f"{HEADER}0,{PIXELS[:-1]}256,Training\n", "expected pixels from 0 to 255"),
        (f"{HEADER}0,{PIXELS[:-1]}-1,Training\n", "expected pixels from 0 to 255"),
        (f"{HEADER}0,{PIXELS[:-1]}x,Training\n", "expected pixels to be whole numbers"),
        (f"{HEADER}0,{PIXELS},Training\n0,7 7", "ends or breaks off in line 3"),
        ("\x00\x01binary\xff\n", "is no text file"),
    ],
)
def test_what_is_wrong_with_a_table_is_said(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "fer2013.csv"
    path.write_bytes(text.encode())
    with pytest.raises(DataError, match=message) as caught:
        read(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress])
def test_a_truncated_table_is_said_to_be(pack: type[bytes], csv_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "fer2013.csv.packed"
    path.write_bytes(pack(csv_file.read_bytes())[:-3000])
    with pytest.raises(DataError, match=r"truncated or damaged .* Download it again"):
        read(path)


def test_a_bomb_of_one_line(tmp_path: Path) -> None:
    path = tmp_path / "fer2013.csv.gz"
    with gzip.open(path, "wb", compresslevel=1) as stream:
        for _ in range(64):
            stream.write(b"7" * (1 << 20))
    with pytest.raises(DataError, match="a line of more than 65,536 characters"):
        read(path)


def png(size: tuple[int, int]) -> bytes:
    content = io.BytesIO()
    Image.new("1", size).save(content, "PNG")
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"no image", "expected a JPEG or PNG image that can be decoded"),
        (b"", "expected a JPEG or PNG image that can be decoded"),
        (png((48, 48))[:-30], "expected a JPEG or PNG image that can be decoded"),
        (png((49, 48)), "expected a 48x48 image. Received: 49x48"),
        (png((12_000, 12_000)), "expected a 48x48 image. Received: 12000x12000"),
        (png((30_000, 30_000)), "expected a (48x48 image. Received: 30000|JPEG or PNG image)"),
        (bytes(sources.MAX_IMAGE + 1), "expected a 48x48 image. Received: more than 1 MB"),
    ],
)
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_what_is_wrong_with_an_image_is_said(content: bytes, message: str, tmp_path: Path) -> None:
    path = make_zip(tmp_path / "faces.zip", {"train/happy/Training_1.jpg": content})
    with pytest.raises(DataError, match=f"Training_1.jpg: {message}"):
        read(path)


@pytest.mark.parametrize("kind", MAKERS)
@pytest.mark.parametrize("files", [{}, {"photo.jpg": b"x"}, {"a.csv": b"x", "b.csv": b"y"}])
def test_an_archive_of_something_else(kind: str, files: dict[str, bytes], tmp_path: Path) -> None:
    (tmp_path / "it").mkdir() if kind == "folder" else None
    with pytest.raises(DataError, match=r"No FER-2013 in .* Expected fer2013\.csv or"):
        read(MAKERS[kind](tmp_path / "it", files))


def test_an_encrypted_zip(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "it.zip", {"fer2013.csv": b"emotion,pixels,Usage\n"})
    content = bytearray(path.read_bytes())
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    with pytest.raises(DataError, match="encrypted"):
        read(path)
