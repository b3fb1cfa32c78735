from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest

from core.live.recording import Recording, Seen

CLASSES = {"one": ("happy", "sad"), "two": ("sad", "neutral")}
BOX = (1.25, 2.0, 30.0, 40.0)


def seen(face: int, happy: float = 0.8) -> Seen:
    return Seen(face, BOX, {"one": np.array([happy, 1 - happy]), "two": np.array([0.4, 0.6])})


def filled(frames: int = 5) -> Recording:
    recording = Recording()
    recording.on = True
    for frame in range(frames):
        recording.add(50 + frame / 10, CLASSES, [seen(1), seen(2, 0.1)][: 1 + frame % 2])
    return recording


def test_a_row_for_each_face_and_network() -> None:
    table = filled().table()
    assert len(table) == 2 * (1 + 2 + 1 + 2 + 1)
    assert table.columns.tolist() == [
        *("seconds", "frame", "face", "x", "y", "width", "height", "network", "label"),
        *("p_happy", "p_sad", "p_neutral"),
    ]
    first = table.iloc[0]
    assert (first.seconds, first.frame, first.face, first.network) == (0.0, 1, 1, "one")
    assert (first.label, first.x, first.height) == ("happy", pytest.approx(1.2, abs=0.06), 40)
    assert first.p_happy == pytest.approx(0.8)
    assert np.isnan(first.p_neutral)
    assert table.seconds.max() == pytest.approx(0.4)


def test_a_part_has_the_first_frames() -> None:
    recording = filled()
    part = recording.table(3)
    assert part.frame.max() == recording.table().frame.max() - 2 == 3
    pd.testing.assert_frame_equal(part, filled(3).table())
    read = pd.read_csv(io.BytesIO(recording.to_csv(3)))
    assert len(read) == len(part) == len(pd.read_parquet(io.BytesIO(recording.to_parquet(3))))


def test_frames_without_a_face_are_counted() -> None:
    recording = filled(0)
    recording.add(1.0, CLASSES, [])
    recording.add(1.1, CLASSES, [seen(3)])
    table = recording.table()
    assert table.frame.tolist() == [1, 1, 2, 2]
    assert table.face.isna().tolist() == [True, True, False, False]
    assert table.label.tolist()[:2] == ["", ""]
    assert recording.summary().faces == 1
    assert recording.summary().frames == 2


def test_nothing_while_it_is_off() -> None:
    recording = filled(2)
    recording.on = False
    recording.add(60.0, CLASSES, [seen(1)])
    assert recording.summary().frames == 2
    assert recording.rows == len(recording.table())


def test_nothing_while_the_camera_is_stopped() -> None:
    recording = filled(2)
    recording.paused = True
    recording.add(60.0, CLASSES, [seen(1)])
    assert recording.on
    assert recording.summary().frames == 2


def test_memory_is_bounded() -> None:
    recording = Recording(limit=10)
    recording.on = True
    for frame in range(40):
        recording.add(frame / 10, {"one": CLASSES["one"]}, [seen(1)])
    assert recording.rows == 10
    assert recording.full
    assert recording.summary().full


def test_more_than_a_block() -> None:
    recording = Recording()
    recording.on = True
    for frame in range(5000):
        recording.add(frame / 10, {"one": CLASSES["one"]}, [seen(1, frame / 5000)])
    table = recording.table()
    assert table.frame.tolist() == list(range(1, 5001))
    np.testing.assert_allclose(table.p_happy, np.arange(5000) / 5000, atol=1e-6)


def test_summary() -> None:
    found = filled().summary()
    assert (found.frames, found.rows, found.faces, found.full) == (5, 14, 2, False)
    assert found.seconds == pytest.approx(0.4)
    assert found.shares["one"] == pytest.approx({"happy": 5 / 7, "sad": 2 / 7})
    assert found.shares["two"] == {"neutral": 1.0}


def test_files_say_the_same() -> None:
    recording = filled()
    by_csv = pd.read_csv(io.BytesIO(recording.to_csv()), keep_default_na=False, na_values=[""])
    by_parquet = pd.read_parquet(io.BytesIO(recording.to_parquet()))
    assert by_csv.columns.tolist() == by_parquet.columns.tolist()
    assert len(by_csv) == len(by_parquet) == 14
    np.testing.assert_allclose(by_csv.p_happy, by_parquet.p_happy, atol=1e-4)


def test_an_empty_recording() -> None:
    recording = Recording()
    assert recording.summary() == (0, 0, 0.0, 0, {}, False)
    assert recording.to_csv().startswith(b"seconds,frame,face")
    recording = filled()
    recording.clear()
    assert recording.table().empty
