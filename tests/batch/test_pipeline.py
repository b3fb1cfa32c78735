from __future__ import annotations

import hashlib
import os
import struct
import tempfile
import threading
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.batch import zips
from core.batch.pipeline import Outcome, Pipeline, steps
from core.batch.sources import Item, Photo, Problem, items
from core.batch.sources import given as places
from core.data import zips as guard
from core.engine.engine import Engine
from core.errors import ImageError
from core.evaluation.trust import trust_in
from core.faces.detector import FaceDetector
from core.rows import NO_FACE
from core.text import later
from tests.batch.conftest import Batch, encoded
from tests.conftest import Lab
from tests.factories import make_robustness


def chunk(kind: bytes, content: bytes) -> bytes:
    body = kind + content
    return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))


def huge_png(side: int) -> bytes:
    """A picture of side x side zeros in a few kilobytes."""
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    lines = zlib.compress(bytes((side // 8 + 1) * side), 9)
    chunks = chunk(b"IHDR", header) + chunk(b"IDAT", lines) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


GOOD = 30


@pytest.fixture
def nasty(tmp_path: Path, portrait: bytes, scene: bytes, face: np.ndarray) -> Path:
    """The folder of bad things that a batch must survive, with `GOOD` photos between them."""
    root = tmp_path / "nasty"
    for folder in ("a", "b", "中文"):
        (root / folder).mkdir(parents=True)
    for place in range(GOOD):
        folder = ("a", "b", "中文")[place % 3]
        (root / folder / f"photo{place // 3}.jpg").write_bytes(portrait)
    (root / "cut.jpg").write_bytes(portrait[: len(portrait) // 3])
    (root / "empty.jpg").write_bytes(b"")
    (root / "text.jpg").write_text("This is no picture.")
    (root / "bomb.png").write_bytes(huge_png(30_000))
    (root / "dot.png").write_bytes(encoded(np.full((1, 1, 3), 9, np.uint8), "PNG"))
    (root / "no_face.jpg").write_bytes(scene)
    (root / "film.mp4").write_bytes(b"\0\0\0\x18ftypmp42" + bytes(200))
    (root / "list.m3u8.mp4").write_text("#EXTM3U\nhttp://localhost:1/x.ts\n")
    (root / "phone.heic").write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0heicmif1")
    (root / "notes.txt").write_text("passed over")
    (root / ".hidden.jpg").write_bytes(b"passed over")
    (root / ("n" * 200 + "é.jpg")).write_bytes(portrait)
    os.mkfifo(root / "pipe.jpg")
    (root / "circle.jpg").symlink_to("circle.jpg")
    (root / "a" / "up").symlink_to("..")
    with zipfile.ZipFile(root / "flat.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("big.jpg", bytes(300_000_000))
    with zipfile.ZipFile(root / "mixed.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../out.jpg", portrait)
        archive.writestr("/etc/root.jpg", portrait)
        archive.writestr("deep/er/in.jpg", portrait)
        archive.writestr("x" * 5_000 + ".jpg", portrait)
        archive.writestr("large.png", bytes(70 * 1024**2))
        archive.writestr("inner.zip", b"PK")
        archive.writestr("__MACOSX/._in.jpg", b"passed over")
    (root / "broken.zip").write_bytes((root / "mixed.zip").read_bytes()[:-40])
    return root


BAD = {
    "cut.jpg": "damaged",
    "empty.jpg": "empty",
    "text.jpg": "cannot be read",
    "bomb.png": "megapixels",
    "film.mp4": "video cannot be read",
    "list.m3u8.mp4": "video cannot be read",
    "phone.heic": "HEIC",
    "pipe.jpg": "not a file",
    "circle.jpg": "symbolic links",
    "a/up": "back into a folder",
    "flat.zip": "zip bomb",
    "mixed.zip/../out.jpg": "points out",
    "mixed.zip//etc/root.jpg": "points out",
    "mixed.zip/large.png": "too large",
    "mixed.zip/inner.zip": "inside an archive",
    "broken.zip": "no zip file",
}
FACELESS = {"dot.png", "no_face.jpg"}


def test_every_file_of_a_nasty_folder_gets_its_row(batch: Batch, nasty: Path, lab: Lab) -> None:
    found = {key[0].removeprefix(f"{nasty}/"): outcome for key, outcome in batch(nasty).items()}
    bad = {name: outcome for name, outcome in found.items() if outcome.failed}
    assert bad.keys() == BAD.keys()
    for name, reason in BAD.items():
        (row,) = bad[name].rows
        assert reason in str(row.error)
        assert not row.probabilities
    faceless = {name for name, outcome in found.items() if outcome.rows[0].warning == NO_FACE}
    assert faceless == FACELESS
    good = found.keys() - bad.keys() - faceless
    in_archive = {"mixed.zip/deep/er/in.jpg", "mixed.zip/" + "x" * 5_000 + ".jpg"}
    assert in_archive < good
    assert len(good) == GOOD + 1 + len(in_archive)
    expected = found["a/photo0.jpg"].rows
    assert [row.network for row in expected] == list(lab.ids)
    for name in good:
        rows = found[name].rows
        assert len({row.sha256 for row in rows}) == 1
        assert [(row.label, row.probabilities, row.box) for row in rows] == [
            (row.label, row.probabilities, row.box) for row in expected
        ]


def test_a_row_says_what_the_engine_says(batch: Batch, tmp_path: Path, portrait: bytes) -> None:
    path = tmp_path / "one.jpg"
    path.write_bytes(portrait)
    row = batch(path)[str(path), None].rows[0]
    assert row.sha256 == hashlib.sha256(portrait).hexdigest()
    assert row.found == "detected"
    assert row.label == row.ranked[0]
    assert row.probability == max(row.probabilities.values())
    assert sum(row.probabilities.values()) == pytest.approx(1, abs=1e-5)
    assert len(row.model_sha256) == 64
    x, y, width, height = row.box or (0, 0, 0, 0)
    assert x >= 0
    assert x + width <= 256
    assert y >= 0
    assert y + height <= 256


def test_a_video_is_sampled_by_time(batch: Batch, clip: Path) -> None:
    found = batch(clip)
    assert [key[1] for key in found] == [0.0, 0.5, 1.0, 1.5]
    assert steps(items(places([str(clip)])), 0.5) == 4
    assert all(outcome.rows[0].label for outcome in found.values())
    assert len({outcome.rows[0].sha256 for outcome in found.values()}) == 1


def test_a_video_in_an_archive_is_read_too(batch: Batch, clip: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "films.zip", "w") as archive:
        archive.write(clip, "day 1/clip.avi")
    found = batch(tmp_path / "films.zip")
    assert [(Path(name).name, time) for name, time in found] == [
        ("clip.avi", time) for time in (0.0, 0.5, 1.0, 1.5)
    ]


def test_a_second_video_of_the_same_name_in_an_archive_is_one_too(
    batch: Batch, clip: Path, tmp_path: Path
) -> None:
    with zipfile.ZipFile(tmp_path / "films.zip", "w") as archive:
        archive.write(clip, "clip (2).avi")
        for _time in range(2):
            with warnings.catch_warnings(action="ignore"):
                archive.write(clip, "clip.avi")
    found = batch(tmp_path / "films.zip")
    assert not any(outcome.failed for outcome in found.values())
    assert list(dict.fromkeys(Path(name).name for name, _time in found)) == [
        *("clip (2).avi", "clip.avi", "clip (3).avi")
    ]


def test_a_full_disk_is_not_blamed_on_the_archive(
    batch: Batch, clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with zipfile.ZipFile(tmp_path / "films.zip", "w") as archive:
        archive.write(clip, "clip.avi")
    full = Path("/dev/full")
    monkeypatch.setattr(tempfile, "NamedTemporaryFile", lambda suffix: full.open("wb"))
    (outcome,) = batch(tmp_path / "films.zip").values()
    assert str(outcome.rows[0].error) == "The file cannot be read: No space left on device."


@pytest.mark.parametrize("wide", [False, True], ids=["zip", "zip64"])
def test_too_many_members_are_refused_before_zipfile_reads_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wide: bool
) -> None:
    path = tmp_path / "many.zip"
    if wide:
        monkeypatch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", 5)
    with zipfile.ZipFile(path, "w") as archive:
        for place in range(11):
            archive.writestr(f"{place}.jpg", b"")
    assert (b"PK\6\6" in path.read_bytes()) == wide
    assert len([*zips.members(path)]) == 11
    built: list[str] = []
    monkeypatch.setattr(zipfile, "ZipInfo", lambda name: built.append(name))
    for limit in ({"MAX_MEMBERS": 10}, {"DIRECTORY": 11 * 46}):
        with monkeypatch.context() as patch:
            for name, value in limit.items():
                patch.setattr(guard, name, value)
            (member,) = zips.members(path)
        assert str(member.problem) == "The archive holds too many files."
    assert built == []


def test_what_is_done_is_passed_over(batch: Batch, clip: Path, tmp_path: Path) -> None:
    done = {(str(clip), 0.0), (str(clip), 1.0)}
    assert [key[1] for key in batch(clip, done=done)] == [0.5, 1.5]
    (tmp_path / "bad.jpg").write_bytes(b"")
    assert batch(tmp_path, done={(f"{tmp_path}/bad.jpg", None)}) == {}


def test_names_given_twice_are_done_once(batch: Batch, tmp_path: Path, scene: bytes) -> None:
    root, deep = tmp_path / "photos", tmp_path / "photos" / "deep"
    deep.mkdir(parents=True)
    for folder in (root, deep):
        (folder / "one.jpg").write_bytes(scene)
    for given_twice in (
        (root, root / "one.jpg", deep, root),
        (deep, root),
        (root / "**",),
        (root / "*", root),
    ):
        found = batch(*given_twice)
        assert {name for name, _time in found} == {f"{root}/one.jpg", f"{deep}/one.jpg"}


def test_a_folder_by_another_name_is_named(batch: Batch, tmp_path: Path, scene: bytes) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "one.jpg").write_bytes(scene)
    (tmp_path / "link").symlink_to("deep")
    found = batch(tmp_path / "deep", tmp_path / "link")
    assert [Path(name).name for name, _time in found] == ["one.jpg", "link"]
    assert "under another name" in str(found[f"{tmp_path}/link", None].rows[0].error)


def test_a_pipe_is_no_video(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mp4")
    for place in (tmp_path, tmp_path / "pipe.mp4"):
        (item,) = items(places([str(place)]))
        assert isinstance(item, Photo)
        with pytest.raises(ImageError, match="not a file"):
            item.read()


@pytest.mark.parametrize(("end", "codec"), [("avi", "MJPG"), ("mkv", "MJPG"), ("webm", "VP80")])
def test_a_video_that_is_cut_off_is_read_as_far_as_it_goes(
    batch: Batch, tmp_path: Path, end: str, codec: str
) -> None:
    path = tmp_path / f"film.{end}"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*codec), 10, (64, 64))
    noise = np.random.default_rng(0).integers(0, 256, (50, 64, 64, 3), dtype=np.uint8)
    for frame in noise:
        writer.write(frame)
    writer.release()
    whole = batch(path)
    assert [time for _name, time in whole] == [place / 2 for place in range(10)]
    assert not any(outcome.failed for outcome in whole.values())
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 3 // 5])
    (*frames, (_name, last)) = cut = batch(path)
    assert [time for _name, time in frames] == [place / 2 for place in range(len(frames))]
    assert 4 <= len(frames) <= 7
    assert last is None
    assert "cut off. It could be read up to second 3." in str(cut[str(path), None].rows[0].error)


def test_a_failing_network_leaves_the_others_their_answers(
    lab: Lab, detector: FaceDetector, portrait: bytes
) -> None:
    engine = Engine()
    cards = [engine.card(name) for name in lab.ids]
    (lab.models / "plain_net" / "model.onnx").write_bytes(b"damaged")
    pipeline = Pipeline(cards, engine.predict, detector)
    (outcome,) = pipeline.run([Photo("one.jpg", lambda: portrait)])
    errors = {row.network: row.error for row in outcome.rows}
    assert "not the file of its card" in str(errors["plain_net"])
    assert errors["gated_net"] is None
    assert outcome.failed


def test_what_nobody_thought_of_is_a_row_too(batch: Batch) -> None:
    def read() -> bytes:
        raise ZeroDivisionError

    (outcome,) = batch.pipeline.run([Photo("odd.jpg", read)])
    assert str(outcome.rows[0].error) == "This picture could not be processed."


def test_a_stop_keeps_what_is_finished_and_the_rest_can_follow(batch: Batch, scene: bytes) -> None:
    everything: list[Item] = [Photo(f"{place}.jpg", lambda: scene) for place in range(60)]
    stop = threading.Event()

    def until_forty() -> Iterator[Item]:
        for place, item in enumerate(everything):
            if place == 40:
                stop.set()
            yield item

    first = [outcome.key for outcome in batch.pipeline.run(until_forty(), stop=stop)]
    assert first == [(item.name, None) for item in everything[: len(first)]]
    assert len(first) < 60
    second = [outcome.key for outcome in batch.pipeline.run(everything, set(first))]
    assert first + second == [(item.name, None) for item in everything]


def test_a_slow_picture_holds_nothing_back(batch: Batch, scene: bytes) -> None:
    gate = threading.Event()

    def slow() -> bytes:
        assert gate.wait(30)
        return scene

    run = batch.pipeline.run([Photo("a", lambda: scene), Photo("b", slow)])
    assert next(run).key == ("a", None)
    gate.set()
    assert next(run).key == ("b", None)


def test_only_a_few_pictures_are_begun_ahead(batch: Batch, scene: bytes) -> None:
    begun: list[int] = []

    def endless() -> Iterator[Item]:
        for place in range(10_000):
            begun.append(place)
            yield Photo(f"{place}.jpg", lambda: scene)

    run = batch.pipeline.run(endless())
    outcomes: list[Outcome] = [next(run) for _ in range(3)]
    assert [outcome.key[0] for outcome in outcomes] == ["0.jpg", "1.jpg", "2.jpg"]
    assert len(begun) < 200
    run.close()


def test_thumbnails_show_the_faces(
    lab: Lab, detector: FaceDetector, portrait: bytes, scene: bytes
) -> None:
    engine = Engine()
    pipeline = Pipeline([engine.card("plain_net")], engine.predict, detector, thumbnail=96)
    found = [
        *pipeline.run(
            [Photo("a", lambda: portrait), Photo("b", lambda: scene), Problem("c", later("No."))]
        )
    ]
    assert [len(outcome.thumbnails) for outcome in found] == [1, 1, 0]
    assert all(data.startswith(b"\xff\xd8") for data in found[0].thumbnails + found[1].thumbnails)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_mutated_pictures_never_end_a_batch(
    batch: Batch, portrait: bytes, data: st.DataObject
) -> None:
    content = bytearray(portrait[: data.draw(st.integers(0, len(portrait)))])
    for place, value in data.draw(
        st.lists(st.tuples(st.integers(0, len(portrait)), st.integers(0, 255)), max_size=20)
    ):
        if content:
            content[place % len(content)] = value
    (outcome,) = batch.pipeline.run([Photo("mutated.jpg", lambda: bytes(content))])
    row = outcome.rows[0]
    assert row.error or row.label or row.warning == NO_FACE
    assert "could not be processed" not in str(row.error)


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    changes=st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), max_size=12),
    length=st.integers(0, 10_000),
)
def test_mutated_archives_are_read_or_refused(
    tmp_path: Path, changes: list[tuple[int, int]], length: int
) -> None:
    path, film = tmp_path / "mutated.zip", b"\0\0\0\x18ftypmp42" + bytes(99)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/1.jpg", bytes(range(200)))
        archive.writestr("film.mp4", film)
        archive.writestr("2.png", bytes(500))
    content = bytearray(path.read_bytes())
    for place, value in changes:
        content[place % len(content)] = value
    path.write_bytes(content[:length])
    for member in zips.members(path):
        if member.problem is not None:
            assert str(member.problem).endswith(".")
            continue
        assert member.name
        # Whole or refused: an archive notes the sum of what it holds.
        with suppress(ImageError):
            assert member.read() in (bytes(range(200)), bytes(500), film)


def test_sets_and_expected_accuracy_stand_in_the_rows(
    lab: Lab, detector: FaceDetector, portrait: bytes
) -> None:
    engine = Engine()
    cards = [engine.card(name) for name in lab.ids]
    make_robustness(lab.results, "plain_net", model_sha256=cards[0].model_sha256)
    trust = {card.id: trust_in(card) for card in cards}
    pipeline = Pipeline(cards, engine.predict, detector, trust=trust, level=0.9)
    outcome, chips = pipeline.one(Photo("photo", lambda: portrait))
    plain, gated = outcome.rows[:2]
    rule = trust["plain_net"].rule(0.9)
    assert rule is not None
    inside = rule.members(engine.predict("plain_net", chips[:1]).probabilities)[0]
    assert set(plain.answers) == {
        name for name, there in zip(cards[0].classes, inside, strict=True) if there
    }
    assert plain.answers[0] == plain.label
    assert plain.expected is not None
    assert gated.expected is None
    assert plain.values(cards[0].classes)["set"] == "; ".join(plain.answers)
    assert not Pipeline(cards, engine.predict, detector).one(
        Photo("photo", lambda: portrait)
    )[0].rows[0].answers  # fmt: skip
