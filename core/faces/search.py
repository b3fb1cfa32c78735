"""What to do where plain detection finds no face, or only a doubtful one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np

from core.faces.chip import SIDE, square_face
from core.faces.detector import Face, FaceDetector, overlap, resized
from core.faces.glance import SURE, best, settled
from core.faces.yunet import OVERLAP
from core.text import _

FAINT = 0.5
"""Least score of a face in a picture where nothing was found at the detector's own. With
the border, 1.5% of 323 crops of pictures without a face then get one, a cup of coffee
among the 3.4% that do at 0.4."""

BORDER = 0.25
"""Grey border round such a picture, in parts of its sides: faces cut by the edge are seen
as whole ones."""

GAIN = 0.1
"""A turned picture is preferred if its best score is better by this ..."""

TURNED = 0.8
"""... and at least this. Of FER-2013's upright faces 0.5% are turned wrongly so, of those
lying on their side 92% rightly."""

WHOLE_SIDE = 256
"""Longest side of a picture that may be taken as a face in whole, in pixels."""

WHOLE_ASPECT = 1.25
"""Long side over short side up to which it may."""

WHOLE_CONTRAST = 5.0
"""Least standard deviation of its grey levels: a blank picture is no face."""


FACELIKE = 0.4
"""Least score, seen at 192 px, of a small picture that may be a face in whole. Of 700 images of
FER-2013's PublicTest 1.0% score less; of 173 small pictures without a face (checkerboards,
discs, letters, shapes, noise, pieces of a coffee cup) 98.3% do."""


class Found(StrEnum):
    """How the faces of a picture were found."""

    DETECTED = "detected"
    GLANCED = "glanced"
    FAINT = "faint"
    TURNED = "turned"
    WHOLE = "whole"
    CROP = "crop"
    NONE = "none"

    @property
    def sentence(self) -> str:
        """The same for readers."""
        match self:
            case Found.DETECTED:
                return _("The face detector found the face.")
            case Found.GLANCED:
                return _("The face was found at a glance, in a small copy of the picture.")
            case Found.FAINT:
                return _("The face was found only with a lower detection threshold.")
            case Found.TURNED:
                return _("The face was found after turning the picture by 90 degrees.")
            case Found.WHOLE:
                return _("No face was detected. The whole picture was taken as the face.")
            case Found.CROP:
                return _("The picture was given as a face crop and taken as it is.")
            case Found.NONE:
                return _("No face was found.")


@dataclass(frozen=True)
class Search:
    """Faces of a picture, largest first, and how they were found.

    A small picture that was taken as a face in whole and in which the detector sees none, not
    even faintly, is `Found.NONE` with one face: what networks say of it is worth nothing.
    """

    faces: list[Face]
    found: Found


def search(
    rgb: np.ndarray, detector: FaceDetector, quick: bool = False, crops: bool = False
) -> Search:
    """Find the faces of a picture.

    In order, until something is sure enough: the detector as it is; a score of `FAINT`
    with a border; the picture turned by a quarter either way, which must beat what was
    found upright, since the detector also sees upright faces in those lying on their side;
    and a small squarish picture as a whole, which a picture of the size of a chip always is.

    Args:
        rgb: uint8 (H, W, 3).
        detector: may be shared by threads.
        quick: whether a glance at a small copy will do where it shows a sure face, with close
            looks at what it doubts. A picture in which there is a face otherwise has one so
            too; small faces beside a large one may be missed, and boxes are a little coarser.
        crops: whether the picture is a face crop already, to be taken as it is.
    """
    height, width = rgb.shape[:2]
    if crops:
        return Search([square_face(width, height)], Found.CROP)
    if (height, width) == (SIDE, SIDE):
        return _whole(rgb, detector)
    picture = resized(rgb, detector.side) if max(height, width) > detector.side else rgb
    small = [] if quick else detector.small_faces(rgb)
    faces, found = _attempts(picture, detector, quick, bool(small))
    across, down = width / picture.shape[1], height / picture.shape[0]
    faces = [face.scaled(across, down) for face in faces]
    if small and found is not Found.TURNED:
        faces, found = _with_small(faces, small), Found.DETECTED
    if faces:
        return Search(faces, found)
    return _whole(rgb, detector) if _may_be_face(rgb) else Search([], Found.NONE)


def _whole(rgb: np.ndarray, detector: FaceDetector) -> Search:
    """A small picture as one face, with a doubt where the detector sees none in it."""
    height, width = rgb.shape[:2]
    found = Found.WHOLE if detector.sees_face(rgb, FACELIKE) else Found.NONE
    return Search([square_face(width, height)], found)


def _with_small(faces: list[Face], small: list[Face]) -> list[Face]:
    """Faces of the first look and those that only the second found, largest first."""
    added = [
        face
        for face in small
        if not any(overlap(face, known) > OVERLAP or _holds(known, face) for known in faces)
    ]
    return sorted([*faces, *added], key=lambda face: -face.area)


def _holds(face: Face, other: Face) -> bool:
    """Whether the middle of another face lies in a face's box."""
    x, y, width, height = face.box
    across, down = other.centre
    return x <= across <= x + width and y <= down <= y + height


def _attempts(
    rgb: np.ndarray, detector: FaceDetector, quick: bool, others: bool = False
) -> tuple[list[Face], Found]:
    """Faces of a picture as large as it is looked at; `others` where a second look found some."""
    seen = detector.glance(rgb) if quick else None
    if seen and (faces := settled(rgb, detector, seen)):
        return faces, Found.GLANCED
    faces = detector.detect(rgb, glanced=seen)
    found = Found.DETECTED
    if best(faces) >= SURE or others:
        return faces, found
    if not faces:
        faces, found = _bordered(rgb, detector), Found.FAINT
    # Where there are faces anyway, a glance says whether a turned picture is worth a look.
    glance = bool(seen and faces)
    turned = max((_turned(rgb, detector, turns, glance) for turns in (1, 3)), key=best)
    if best(turned) >= max(TURNED, best(faces) + GAIN):
        return turned, Found.TURNED
    return faces, found


def _bordered(rgb: np.ndarray, detector: FaceDetector) -> list[Face]:
    down, right = (round(BORDER * length) for length in rgb.shape[:2])
    framed = cv2.copyMakeBorder(
        rgb, down, down, right, right, cv2.BORDER_CONSTANT, value=(128, 128, 128)
    )
    return [face.shifted(-right, -down) for face in detector.detect(framed, FAINT)]


def _turned(rgb: np.ndarray, detector: FaceDetector, turns: int, glance: bool) -> list[Face]:
    height, width = rgb.shape[:2]
    picture = np.ascontiguousarray(np.rot90(rgb, turns))
    seen = detector.glance(picture) if glance else None
    if seen is not None and best(seen) < detector.score:
        return []
    faces = detector.detect(picture, glanced=seen)
    return [face.turned_back(turns, width, height) for face in faces]


def _may_be_face(rgb: np.ndarray) -> bool:
    short, long = sorted(rgb.shape[:2])
    return (
        long <= WHOLE_SIDE
        and short >= SIDE // 2
        and long <= WHOLE_ASPECT * short
        and float(rgb.std()) >= WHOLE_CONTRAST
    )
