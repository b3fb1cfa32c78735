"""Arithmetic on answers to corrupted images, and the reader of their files."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from core.errors import ResultsError
from core.evaluation.robustness import (
    CLEAN,
    Answers,
    Robustness,
    corruption_error,
    difference,
    mean_interval,
    read_answers,
)
from core.files import read_arrays
from tests.factories import make_robustness
from tests.mutations import mutated

NAMES = (CLEAN, *(f"{kind}_{level}" for kind in ("jpeg", "low_contrast") for level in (1, 2)))


def answers(errors: dict[str, int], n: int = 100, start: int = 0) -> Answers:
    """Wrong on the first images of each condition, so many as named."""
    predicted = {name: (np.arange(n) < errors.get(name, 0)).astype(np.uint8) for name in NAMES}
    return Answers(start + np.arange(n), np.zeros(n, np.uint8), predicted)


def test_corruption_error_by_hand() -> None:
    own = {CLEAN: 10, "jpeg_1": 20, "jpeg_2": 40, "low_contrast_1": 10, "low_contrast_2": 30}
    other = {CLEAN: 20, "jpeg_1": 40, "jpeg_2": 80, "low_contrast_1": 20, "low_contrast_2": 60}
    found = corruption_error(answers(own), answers(other))
    assert found.kinds == {"jpeg": pytest.approx(50), "low_contrast": pytest.approx(50)}
    assert found.mean == pytest.approx(50)
    assert found.relative == pytest.approx((100 * 40 / 80 + 100 * 20 / 40) / 2)
    assert found.images == 100


def test_a_network_is_as_robust_as_itself() -> None:
    same = answers({CLEAN: 10, "jpeg_1": 20, "jpeg_2": 40, "low_contrast_2": 30})
    found = corruption_error(same, same)
    assert (found.mean, found.relative) == (pytest.approx(100), pytest.approx(100))
    assert difference(same, same) == (0.0, (0.0, 0.0), 100)


def test_what_has_nothing_to_divide_by_is_nan_and_raises_nothing() -> None:
    perfect = answers({})
    found = corruption_error(answers({"jpeg_1": 5}), perfect)
    assert np.isnan(found.mean)
    assert np.isnan(found.relative)


def test_pairs_count_common_images_only() -> None:
    a, b = answers({"jpeg_1": 100}), answers({}, start=60)
    gap, (low, high), images = difference(a, b)
    assert images == 40
    assert gap == pytest.approx(-0.25)
    assert low <= gap <= high
    with pytest.raises(ResultsError, match="same images"):
        difference(a, answers({}, start=100))


def test_the_interval_counts_images_not_answers() -> None:
    """Sixteen answers that always agree are one observation."""
    rng = np.random.default_rng(0)
    outside = 0
    for _ in range(400):
        low, high = mean_interval((rng.random(200) < 0.6).astype(float))
        outside += not low <= 0.6 <= high
    assert 8 <= outside <= 36  # 20 expected


def test_answers_come_back_as_written(tmp_path: Path) -> None:
    path = tmp_path / "robustness.npz"
    first = answers({CLEAN: 3, "jpeg_2": 50})
    first.write(path)
    second = read_answers(path)
    assert second.predicted.keys() == first.predicted.keys()
    assert all((second.predicted[name] == first.predicted[name]).all() for name in NAMES)
    assert (second.index == first.index).all()


def test_the_document_is_consistent(tmp_path: Path) -> None:
    folder = make_robustness(tmp_path, "plain_net")
    document = Robustness.read(folder / "robustness.json")
    for name, condition in document.conditions():
        counts = np.asarray(condition.confusion)
        assert condition.accuracy == pytest.approx(np.trace(counts) / counts.sum(), abs=1e-6), name
        assert condition.accuracy_interval[0] <= condition.accuracy
        assert condition.gap == condition.confidence - condition.accuracy


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda file: file["clean"]["confusion"][0].__setitem__(0, 9999), "cells that add up"),
        (lambda file: file["clean"]["confusion"].pop(), "expected 7 rows"),
        (lambda file: file.update(images=10_000), "images|cells"),
        (lambda file: file["kinds"]["jpeg"]["levels"].pop(), "kinds.jpeg.levels"),
        (lambda file: file["kinds"]["jpeg"]["levels"][2].update(accuracy=1.5), "accuracy"),
        (lambda file: file.update(kinds={}), "kinds"),
        (lambda file: file.update(surprise=1), "surprise"),
    ],
)
def test_a_wrong_document_is_named(tmp_path: Path, change, message: str) -> None:
    path = make_robustness(tmp_path, "plain_net") / "robustness.json"
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))
    with pytest.raises(ResultsError, match=message) as raised:
        Robustness.read(path)
    assert str(path) in str(raised.value)


def test_damaged_answers_are_named_and_nothing_else_is_raised(tmp_path: Path) -> None:
    path = tmp_path / "robustness.npz"
    answers({CLEAN: 3}).write(path)
    corpus = [path.read_bytes()]
    for content in mutated(corpus, 300, seed=4):
        path.write_bytes(content)
        with suppress(ResultsError):
            read_answers(path)


def test_arrays_of_other_shapes_are_named(tmp_path: Path) -> None:
    path = tmp_path / "robustness.npz"
    answers({}).write(path)
    arrays = read_arrays(path, ResultsError)
    for key in arrays:
        for other in (arrays[key][:1], np.zeros((2, 2, 2)), np.array("x")):
            with path.open("wb") as stream:
                np.savez(stream, allow_pickle=False, **(arrays | {key: other}))
            with pytest.raises(ResultsError, match="robustness"):
                read_answers(path)
        with path.open("wb") as stream:
            others = {name: value for name, value in arrays.items() if name != key}
            np.savez(stream, allow_pickle=False, **others)
        with pytest.raises(ResultsError, match=key):
            read_answers(path)
