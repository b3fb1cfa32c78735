"""The way of a pasted face through detection and cropping."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from benchmarks.crops import FACE, HEIGHT, WIDTH, CropCheck, check, crops, picture_with
from benchmarks.examined import Classify, Subject
from core.data.store import Split
from core.faces.chip import crop_chip
from core.faces.detector import FaceDetector
from core.faces.search import Found
from core.records import Made

MADE = Made(command="test", date="2024-01-01T00:00:00+00:00", versions={})


def subject(split: Split, classify: Classify) -> Subject:
    return Subject(split, "PrivateTest", "net", "0" * 64, classify, MADE)


@pytest.fixture(scope="module")
def chips(photo: np.ndarray, detector: FaceDetector) -> np.ndarray:
    """Four chips: a face, the face twice darker, noise, the face mirrored."""
    face = crop_chip(photo, detector.detect(photo)[0])
    noise = np.random.default_rng(0).integers(0, 256, (48, 48), dtype=np.uint8)
    return np.stack([face, face // 2, noise, face[:, ::-1]])


def test_the_chip_lies_where_it_is_said_to(chips: np.ndarray) -> None:
    picture, place = picture_with(chips[0], np.random.default_rng(0))
    assert picture.shape == (HEIGHT, WIDTH, 3)
    x, y = int(place.box[0]), int(place.box[1])
    pasted = picture[y : y + FACE, x : x + FACE, 0]
    small = cv2.resize(pasted, (48, 48), interpolation=cv2.INTER_AREA)
    assert np.abs(small.astype(int) - chips[0]).mean() < 4


def test_crops_are_of_the_chips_whose_face_was_found(
    chips: np.ndarray, detector: FaceDetector
) -> None:
    index, cropped, ways = crops(chips, detector, lambda done: None)
    assert index.tolist() == [0, 1, 3]
    assert sum(ways.values()) == 4
    assert ways[Found.NONE] == 1
    assert ways[Found.DETECTED] == 3
    for place, crop in zip(index, cropped, strict=True):
        assert np.corrcoef(crop.ravel(), chips[place].ravel())[0, 1] > 0.7


def test_accuracy_is_counted_where_a_face_was_found(chips: np.ndarray) -> None:
    def classify(given: np.ndarray) -> np.ndarray:
        bright = given.mean(axis=(1, 2)) > chips[0].mean() * 0.75
        return np.stack([~bright, bright], axis=1).astype(np.float32)

    split = Split(np.arange(4), chips, np.array([1, 1, 0, 1], dtype=np.uint8), None)
    result = check(subject(split, classify), lambda done: None)
    assert (result.images, result.found) == (4, 3)
    assert result.chips_accuracy == pytest.approx(2 / 3, abs=1e-6)
    assert result.crops_accuracy == pytest.approx(2 / 3, abs=1e-6)
    assert result.same_label == 1
    assert result.loss == pytest.approx(0)


def test_no_face_at_all_is_no_accuracy(chips: np.ndarray) -> None:
    split = Split(np.arange(1), chips[2:3], np.zeros(1, dtype=np.uint8), None)
    result = check(subject(split, lambda given: np.zeros((len(given), 7))), lambda done: None)
    assert result.found == 0
    assert CropCheck.model_validate(result.model_dump()) == result
