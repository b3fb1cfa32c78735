from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest

from core.live.recording import Recording, Seen
from core.rows import NO_FACE, columns, csv_text, parquet

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
    rows = filled().table({"one": "a" * 64})
    assert len(rows) == 2 * (1 + 2 + 1 + 2 + 1)
    first, second = rows[:2]
    assert (first.file, first.seconds, first.face, first.network) == ("camera", 0.0, 1, "one")
    assert first.label == "happy"
    assert first.box == BOX
    assert first.probabilities == pytest.approx({"happy": 0.8, "sad": 0.2})
    assert (first.model_sha256, second.model_sha256) == ("a" * 64, "")
    assert second.network == "two"
    assert [row.face for row in rows[2:6]] == [1, 1, 2, 2]
    assert rows[-1].seconds == pytest.approx(0.4)


def test_a_part_has_the_first_frames() -> None:
    assert filled().table(frames=3) == filled(3).table()


def test_frames_without_a_face_are_counted() -> None:
    recording = filled(0)
    recording.add(1.0, CLASSES, [])
    recording.add(1.1, CLASSES, [seen(3)])
    rows = recording.table()
    assert [row.face for row in rows] == [None, None, 3, 3]
    assert [(row.label, row.warning) for row in rows[:2]] == [("", NO_FACE)] * 2
    assert rows[0].box is None
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
    shares = [row.probabilities["happy"] for row in recording.table()]
    np.testing.assert_allclose(shares, np.arange(5000) / 5000, atol=1e-6)


def test_summary() -> None:
    found = filled().summary()
    assert (found.frames, found.rows, found.faces, found.full) == (5, 14, 2, False)
    assert found.seconds == pytest.approx(0.4)
    assert found.shares["one"] == pytest.approx({"happy": 5 / 7, "sad": 2 / 7})
    assert found.shares["two"] == {"neutral": 1.0}


def test_files_say_the_same() -> None:
    recording = filled()
    rows, classes = recording.table(), recording.classes
    by_csv = pd.read_csv(io.StringIO(csv_text(rows, classes)))
    by_parquet = pd.read_parquet(io.BytesIO(parquet(rows, classes)))
    assert by_csv.columns.tolist() == by_parquet.columns.tolist() == columns(classes)
    assert len(by_csv) == len(by_parquet) == 14
    np.testing.assert_allclose(by_csv.p_happy, by_parquet.p_happy)


def test_an_empty_recording() -> None:
    recording = Recording()
    assert recording.summary() == (0, 0, 0.0, 0, {}, False)
    assert recording.table() == []
    recording = filled()
    recording.clear()
    assert recording.table() == []
