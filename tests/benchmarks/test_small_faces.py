from __future__ import annotations

import numpy as np
import pytest
from skimage.data import astronaut

from benchmarks.small_faces import OneLook, count, laid_in
from core.faces.detector import FaceDetector
from core.faces.photo import photo_to_chips


def test_the_second_look_finds_what_the_first_misses() -> None:
    photo = astronaut()
    (face,) = photo_to_chips(photo, OneLook()).faces
    pictures = [(photo, [face])]
    one, two = (count(pictures, detector, 0.1) for detector in (OneLook(), FaceDetector()))
    assert (one.faces, one.found, two.faces, two.found, two.false) == (1, 0, 1, 1, 0)
    assert two.seconds > 0


def test_a_photo_lies_where_it_is_said_to() -> None:
    photo = np.full((100, 200, 3), 255, np.uint8)
    picture, (scale, left, top) = laid_in(photo, 0.5)
    rows, columns = np.nonzero(picture[:, :, 0] == 255)
    assert (columns.min(), rows.min()) == (left, top)
    assert np.ptp(columns) + 1 == pytest.approx(200 * scale, abs=1)
