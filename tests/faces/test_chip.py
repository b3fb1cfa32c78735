"""Geometry and pixels of the crop."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.faces.chip import (
    GEOMETRY,
    LEVEL,
    Geometry,
    Margin,
    chip_corners,
    crop_chip,
    measured_margin,
    square_face,
    tilt_of,
)
from core.faces.detector import Face

lengths = st.floats(1, 500)
places = st.floats(-300, 300)
boxes = st.tuples(places, places, lengths, lengths)
margins = st.builds(
    Margin, scale=st.floats(0.3, 3), right=st.floats(-0.5, 0.5), down=st.floats(-0.5, 0.5)
)
EXACT = Margin(scale=1, right=0, down=0)


def turn(angle: float) -> np.ndarray:
    """Matrix that turns points (x, y) clockwise on the screen by `angle` degrees."""
    cosine, sine = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    return np.array([[cosine, -sine], [sine, cosine]])


@given(boxes, margins, st.integers(0, 3))
def test_corners_are_a_square_of_the_margins_size(
    box: tuple[float, float, float, float], margin: Margin, turns: int
) -> None:
    corners = chip_corners(Face(box, 1.0, turns=turns), margin)
    sides = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
    assert sides == pytest.approx(margin.scale * np.sqrt(box[2] * box[3]))
    diagonals = np.linalg.norm(corners[:2] - corners[2:], axis=1)
    assert diagonals == pytest.approx(np.sqrt(2) * sides[0])


@given(boxes, margins, places, places, st.floats(0.1, 10))
def test_corners_move_and_grow_with_the_picture(
    box: tuple[float, float, float, float], margin: Margin, right: float, down: float, scale: float
) -> None:
    corners = chip_corners(Face(box, 1.0), margin)
    x, y, width, height = box
    grown = Face((scale * x + right, scale * y + down, scale * width, scale * height), 1.0)
    expected = scale * corners + [right, down]
    assert chip_corners(grown, margin) == pytest.approx(expected, abs=1e-6, rel=1e-6)


@given(
    angle=st.floats(-179, 179),
    size=st.floats(0.1, 50),
    right=places,
    down=places,
    points=st.lists(st.tuples(st.floats(-1, 1), st.floats(-1, 1)), min_size=5, max_size=5),
)
def test_tilt_is_the_turn_whatever_the_place_and_size(
    angle: float, size: float, right: float, down: float, points: list[tuple[float, float]]
) -> None:
    layout = np.array(points)
    assume(layout.std(axis=0).min() > 0.1)
    moved = size * layout @ turn(angle).T + [right, down]
    assert tilt_of(moved, layout) == pytest.approx(angle, abs=1e-3)


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
@pytest.mark.parametrize(
    ("tilt", "leans"), [(0, 0), (LEVEL - 1, 0), (LEVEL + 10, 10), (-LEVEL - 20, -20), (60, 54)]
)
def test_the_square_leans_with_the_face(tilt: float, leans: float, turns: int) -> None:
    layout = np.array(Geometry.read(GEOMETRY).landmarks)
    marks = (layout - layout.mean(axis=0)) @ turn(tilt + 90 * turns).T * 40 + 100
    face = Face((80, 80, 40, 40), 1.0, marks, turns)
    right = np.subtract(*chip_corners(face)[[1, 0]])
    found = np.degrees(np.arctan2(right[1], right[0])) - 90 * turns
    assert (found - leans + 180) % 360 - 180 == pytest.approx(0, abs=1e-6)


@given(margins, st.integers(20, 300), st.integers(20, 300))
def test_square_face_takes_the_whole_picture(margin: Margin, width: int, height: int) -> None:
    corners = chip_corners(square_face(width, height, margin), margin)
    side = max(width, height)
    assert corners.mean(axis=0) == pytest.approx([width / 2, height / 2])
    assert corners[2] - corners[0] == pytest.approx([side, side])


@pytest.mark.parametrize("factor", [1, 2, 3, 4, 7])
def test_an_enlarged_chip_comes_back(factor: int) -> None:
    soft = cv2.resize(np.random.default_rng(0).integers(0, 256, (12, 12), dtype=np.uint8), (48, 48))
    large = np.kron(soft, np.ones((factor, factor), dtype=np.uint8))
    picture = cv2.copyMakeBorder(large, 30, 40, 20, 50, cv2.BORDER_CONSTANT, value=(9,))
    face = Face((20, 30, 48 * factor, 48 * factor), 1.0)
    chip = crop_chip(cv2.cvtColor(picture, cv2.COLOR_GRAY2RGB), face, EXACT)
    assert chip.dtype == np.uint8
    assert np.abs(chip.astype(int) - soft).max() <= 1


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_a_turned_face_is_set_upright(turns: int) -> None:
    upright = np.zeros((96, 96, 3), dtype=np.uint8)
    upright[:48, :48] = 200
    upright[:48, 48:] = 100
    picture = np.ascontiguousarray(np.rot90(upright, -turns))
    chip = crop_chip(picture, Face((0, 0, 96, 96), 1.0, turns=turns), EXACT)
    assert [chip[10, 10], chip[10, 40], chip[40, 10]] == [200, 100, 0]


def test_the_margins_offset_turns_with_the_face() -> None:
    down = Margin(scale=1, right=0, down=0.25)
    moved = chip_corners(Face((0, 0, 40, 40), 1.0, turns=1), down).mean(axis=0)
    assert moved == pytest.approx([10, 20])


@pytest.mark.parametrize(
    "box",
    [
        (-500, -500, 50, 50),  # wholly outside
        (90, 90, 60, 60),  # over the corner
        (-50, 20, 300, 300),  # larger than the picture
        (10.3, 10.7, 5, 5),  # a few pixels
        (99, 99, 1, 1),
    ],
)
def test_beyond_the_picture_its_edge_continues(box: tuple[float, float, float, float]) -> None:
    picture = np.full((100, 100, 3), 77, dtype=np.uint8)
    chip = crop_chip(picture, Face(box, 1.0))
    assert chip.shape == (48, 48)
    assert (chip == 77).all()


def test_grey_is_luma() -> None:
    picture = np.zeros((60, 60, 3), dtype=np.uint8)
    picture[..., 1] = 255
    assert crop_chip(picture, Face((5, 5, 50, 50), 1.0))[24, 24] == round(0.587 * 255)


def test_fine_detail_does_not_alias() -> None:
    stripes = np.zeros((960, 960, 3), dtype=np.uint8)
    stripes[:, ::2] = 255
    chip = crop_chip(stripes, Face((0, 0, 960, 960), 1.0), EXACT)
    assert np.abs(chip.astype(int) - 127).max() <= 26


def test_shrinking_hardly_softens() -> None:
    """An edge between pixels of the chip stays sharp though the square lies off their grid."""
    checks = np.kron(np.indices((48, 48)).sum(axis=0) % 2, np.ones((5, 5))).astype(np.uint8) * 200
    picture = cv2.cvtColor(checks, cv2.COLOR_GRAY2RGB)
    moved = Face((1, 1, 240, 240), 1.0)  # a fifth of a pixel of the chip off the grid
    chip = crop_chip(picture, moved, EXACT)[:-1, :-1].astype(int)
    assert np.abs(chip - checks[::5, ::5][:-1, :-1]).max() <= 10


def test_the_measured_margin_is_the_one_of_its_statistics() -> None:
    geometry = Geometry.read(GEOMETRY)
    margin = measured_margin()
    assert (margin.scale, margin.right, margin.down) == (
        geometry.scale.p50,
        geometry.right.p50,
        geometry.down.p50,
    )
    assert geometry.found > 0.95 * geometry.images
