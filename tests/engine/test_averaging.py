"""Views of a chip."""

from __future__ import annotations

import numpy as np
import pytest

from core.engine.averaging import views
from core.roles import Averaging

CHIPS = np.random.default_rng(0).integers(0, 256, (3, 48, 48), dtype=np.uint8)


@pytest.mark.parametrize(("averaging", "count"), [("none", 1), ("flip", 2), ("ten_crop", 10)])
def test_number_of_views(averaging: Averaging, count: int) -> None:
    seen = views(CHIPS, averaging)
    assert seen.shape == (count, 3, 48, 48)
    assert seen.dtype == np.uint8


@pytest.mark.parametrize("averaging", ["flip", "ten_crop"])
def test_views_of_the_mirror_image_are_the_same_set(averaging: Averaging) -> None:
    own = {view.tobytes() for view in views(CHIPS[:1], averaging)}
    assert {view.tobytes() for view in views(CHIPS[:1, :, ::-1], averaging)} == own
    assert len(own) == len(views(CHIPS[:1], averaging))


def test_crops_lie_in_the_corners_and_the_centre() -> None:
    chip = np.zeros((1, 48, 48), dtype=np.uint8)
    chip[0, :2, :2] = 255  # only the crop of the upper left corner reaches so far
    bright = [int(view.max()) for view in views(chip, "ten_crop")[:, 0]]
    assert np.flatnonzero(bright).tolist() == [0, 5]


def test_no_chips_have_no_views() -> None:
    assert views(CHIPS[:0], "ten_crop").shape == (10, 0, 48, 48)


def test_unknown_averaging() -> None:
    with pytest.raises(ValueError, match="Received: rotate"):
        views(CHIPS, "rotate")  # type: ignore[arg-type]
