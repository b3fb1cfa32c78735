"""Where the faces of a picture are: YuNet with its traps taken care of."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from core.faces import yunet

SMALLEST_INPUT = 64
"""YuNet answers with infinite boxes where a side of its input is 32 px or less."""

SMALL_PICTURE = 192
"""A picture is enlarged to at least this: of FER-2013's 48 px faces 97% are then found."""

ENLARGEMENT = 4.0
"""Pictures shorter than the working side are enlarged by at most this factor."""

CLOSE_UP_SIDE = 256
"""Second working side. Faces that fill the picture are too large for YuNet at 640 px: of
FER-2013's it finds 40% at 640 px and 99% at 256 px."""

CLOSE_UP_SHARE = 0.35
"""Part of the picture's long side from which a face counts as a close-up."""

TRACE = 0.1
"""Least score of what may be a face at `CLOSE_UP_SIDE`. Nearly every face that is found at
640 px leaves this much there."""

CLOSE_UP_SCORE = 0.8
"""Least score of a close-up. Of 323 crops of pictures without a face, 2% had one of 0.7
at this side, none of 0.8; of FER-2013's faces enlarged to 600 px, 96% have."""

LARGE = 1600
"""Pixels of a photo's long side from which it is looked at a second time, for small faces. For
smaller ones that would take most of the time from the file to the chips."""

SECOND_SIDE = 1184
"""Long side of the photo in that second look, which makes four tiles: a face of 107 px in 4,500
is 15 px wide at 640, too small for YuNet, and 28 px wide here."""

TILE = (640, 480)
"""Long and short side of a tile: what the first look's network is made for."""

SHARED = 72
"""Least pixels that neighbouring tiles share. Larger faces are seen in the first look."""

SMALL_SCORE = 0.7
"""Least score of a face that only the second look finds."""

LINEAR = 0.75
"""From this scale on pictures are shrunk linearly, in an eighth of the time. In 700 made photos
as many faces are found so, 1,444."""


@dataclass(frozen=True, eq=False)
class Face:
    """One face in a picture of W x H pixels.

    Attributes:
        box: x and y of the upper left corner, width and height, in pixels; may reach
            beyond the picture.
        score: the detector's, 0 to 1; 0 where nothing was detected.
        landmarks: float32 (5, 2), x and y in pixels of the person's right eye, left eye,
            nose tip, right and left corner of the mouth; None where nothing was detected.
        turns: quarter turns counter-clockwise that set the face upright, 0 to 3.
    """

    box: tuple[float, float, float, float]
    score: float
    landmarks: np.ndarray | None = None
    turns: int = 0

    @property
    def area(self) -> float:
        """Area of the box in square pixels."""
        return self.box[2] * self.box[3]

    @property
    def centre(self) -> tuple[float, float]:
        """Middle of the box, x and y in pixels."""
        x, y, width, height = self.box
        return x + width / 2, y + height / 2

    def inside(self, width: int, height: int) -> tuple[float, float, float, float]:
        """The part of the box that lies in a picture of this size: x, y, width, height."""
        x, y, across, down = self.box
        left, top = min(max(x, 0.0), width), min(max(y, 0.0), height)
        return left, top, min(x + across, width) - left, min(y + down, height) - top

    def shifted(self, right: float, down: float) -> Face:
        """The same face in a picture whose origin lies `right` and `down` pixels away."""
        x, y, width, height = self.box
        marks = self.landmarks
        if marks is not None:
            marks = marks + np.array([right, down], dtype=np.float32)
        return replace(self, box=(x + right, y + down, width, height), landmarks=marks)

    def scaled(self, across: float, down: float) -> Face:
        """The same face in a picture that is so many times as wide and as high."""
        x, y, width, height = self.box
        marks = self.landmarks
        if marks is not None:
            marks = marks * np.array([across, down], dtype=np.float32)
        box = (x * across, y * down, width * across, height * down)
        return replace(self, box=box, landmarks=marks)

    def turned_back(self, turns: int, width: int, height: int) -> Face:
        """The face as it lies in the picture that was turned before detection.

        Args:
            turns: quarter turns counter-clockwise (`numpy.rot90`) of the picture in which
                the face was found.
            width: of the picture before it was turned, in pixels.
            height: likewise.
        """
        x, y, box_width, box_height = self.box
        corners = np.array([[x, y], [x + box_width, y + box_height]], dtype=np.float64)
        corners = _turn_back(corners, turns, width, height)
        left, top = corners.min(axis=0)
        right, bottom = corners.max(axis=0)
        marks = self.landmarks
        if marks is not None:
            marks = _turn_back(marks, turns, width, height).astype(np.float32)
        box = (float(left), float(top), float(right - left), float(bottom - top))
        return Face(box, self.score, marks, (self.turns + turns) % 4)


def _turn_back(points: np.ndarray, turns: int, width: int, height: int) -> np.ndarray:
    x, y = points[:, 0], points[:, 1]
    match turns % 4:
        case 1:
            return np.stack([width - y, x], axis=1)
        case 2:
            return np.stack([width - x, height - y], axis=1)
        case 3:
            return np.stack([y, height - x], axis=1)
    return points


class FaceDetector:
    """Finds faces; one object may serve any number of threads.

    Args:
        side: long side in pixels to which pictures are brought: 640 for photos, 320 where
            every millisecond counts.
        score: least score of a face, 0 to 1.
    """

    def __init__(self, side: int = 640, score: float = 0.7) -> None:
        if side < SMALLEST_INPUT:
            raise ValueError(f"Expected a side of {SMALLEST_INPUT} px or more. Received: {side}.")
        self.side = side
        self.score = score

    def detect(
        self, rgb: np.ndarray, score: float | None = None, glanced: list[Face] | None = None
    ) -> list[Face]:
        """The faces of a picture, largest first.

        Args:
            rgb: uint8 (H, W, 3).
            score: least score of a face in this picture; the detector's own by default.
            glanced: what `glance` said of this picture, where it was asked before.

        Raises:
            ModelError: if the detector's file is missing or not the expected one.
        """
        if rgb.dtype != np.uint8 or rgb.ndim != 3 or rgb.shape[2] != 3 or not rgb.size:
            raise ValueError(f"Expected uint8 (H, W, 3). Received: {rgb.dtype} {rgb.shape}.")
        least = self.score if score is None else score
        faces = self._faces(resized(rgb, self._side(rgb)), rgb.shape, least)
        close = self.glance(rgb) if glanced is None else glanced
        if close:
            least = max(least, CLOSE_UP_SCORE)
            large = CLOSE_UP_SHARE * max(rgb.shape[:2])
            close = [face for face in close if face.score >= least and max(face.box[2:]) >= large]
            faces = distinct(faces + close)
        return sorted(faces, key=lambda face: -face.area)

    def glance(self, rgb: np.ndarray) -> list[Face]:
        """What may be a face, seen at `CLOSE_UP_SIDE`, largest first; a fifth of the work.

        Args:
            rgb: uint8 (H, W, 3).

        Returns:
            Faces from the score `TRACE` on; none for a picture that `detect` looks at hardly
            larger, and so only once.
        """
        if self._side(rgb) <= 1.5 * CLOSE_UP_SIDE:
            return []
        faces = self._faces(resized(rgb, CLOSE_UP_SIDE), rgb.shape, TRACE)
        return sorted(faces, key=lambda face: -face.area)

    def small_faces(self, rgb: np.ndarray) -> list[Face]:
        """The faces of a large photo at twice the size of `detect`, tile by tile; surest first.

        Args:
            rgb: uint8 (H, W, 3).

        Returns:
            Faces of up to `SHARED` pixels in the second look; none for a photo below `LARGE`.
        """
        if max(rgb.shape[:2]) < LARGE:
            return []
        picture = resized(rgb, min(SECOND_SIDE, max(rgb.shape[:2])))
        height, width = picture.shape[:2]
        across, down = TILE if width >= height else TILE[::-1]
        found = [
            face.shifted(left, top)
            for top in _starts(height, down)
            for left in _starts(width, across)
            for face in self._in_tile(picture, left, top, across, down)
        ]
        scale = rgb.shape[1] / width, rgb.shape[0] / height
        return [face.scaled(*scale) for face in distinct(found)]

    def _in_tile(
        self, picture: np.ndarray, left: int, top: int, across: int, down: int
    ) -> list[Face]:
        """Small faces of a tile, in its pixels, but for those that its inner edges cut."""
        part = np.ascontiguousarray(picture[top : top + down, left : left + across])
        height, width = part.shape[:2]
        ends = (left + width < picture.shape[1], top + height < picture.shape[0])

        def is_whole(face: Face) -> bool:
            x, y, face_width, face_height = face.box
            return (
                max(face_width, face_height) <= SHARED
                and not (left > 0 and x < 1)
                and not (top > 0 and y < 1)
                and not (ends[0] and x + face_width > width - 1)
                and not (ends[1] and y + face_height > height - 1)
            )

        return [face for face in self._faces(part, part.shape, SMALL_SCORE) if is_whole(face)]

    def within(self, rgb: np.ndarray, left: int, top: int, width: int, height: int) -> list[Face]:
        """The faces of a part of a picture, looked at as large as it is; surest first.

        Args:
            rgb: uint8 (H, W, 3).
            left: edge of the part in pixels.
            top: likewise.
            width: of the part; it ends where the picture does.
            height: likewise.
        """
        part = rgb[top : top + height, left : left + width]
        return [face.shifted(left, top) for face in self._faces(part, part.shape, self.score)]

    def sees_face(self, rgb: np.ndarray, score: float) -> bool:
        """Whether a small picture, enlarged to `SMALL_PICTURE`, holds a face of this score."""
        return bool(self._faces(resized(rgb, SMALL_PICTURE), rgb.shape, score))

    def _side(self, rgb: np.ndarray) -> int:
        """Long side to which a picture is brought."""
        longest = max(rgb.shape[:2])
        return min(self.side, max(round(ENLARGEMENT * longest), SMALL_PICTURE))

    def _faces(self, picture: np.ndarray, shape: tuple[int, ...], score: float) -> list[Face]:
        """Faces of a resized picture, in pixels of the original of the given shape."""
        height, width = picture.shape[:2]
        rows = yunet.find(_padded(picture), score)
        faces = [
            Face(
                box=(float(row[0]), float(row[1]), float(row[2]), float(row[3])),
                score=float(row[14]),
                landmarks=row[4:14].reshape(5, 2).astype(np.float32),
            )
            for row in rows
        ]
        scaled = [face.scaled(shape[1] / width, shape[0] / height) for face in faces]
        return [face for face in scaled if min(face.box[2:]) >= 1]


def _starts(length: int, tile: int) -> list[int]:
    """Where tiles begin that cover a length and share at least `SHARED` pixels."""
    if length <= tile:
        return [0]
    count = -(-(length - SHARED) // (tile - SHARED))
    return [round(place * (length - tile) / (count - 1)) for place in range(count)]


def resized(rgb: np.ndarray, side: int) -> np.ndarray:
    """A picture, uint8 (H, W, 3), with its long side at `side` pixels."""
    height, width = rgb.shape[:2]
    scale = side / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    if size == (width, height):
        return rgb
    # By halves first, for which OpenCV has a fast way: 12 megapixels take 7 ms instead of 23.
    while scale <= 0.5 and width % 2 == 0 and height % 2 == 0:
        width, height, scale = width // 2, height // 2, 2 * scale
        rgb = cv2.resize(rgb, (width, height), interpolation=cv2.INTER_AREA)
    if size == (width, height):
        return rgb
    if scale < LINEAR:
        method = cv2.INTER_AREA
    else:
        method = cv2.INTER_LINEAR if scale < 1 else cv2.INTER_CUBIC
    return cv2.resize(rgb, size, interpolation=method)


def _padded(image: np.ndarray) -> np.ndarray:
    """The picture with grey to its right and below, where a side is too short."""
    down, right = (max(0, SMALLEST_INPUT - length) for length in image.shape[:2])
    if not down and not right:
        return image
    return cv2.copyMakeBorder(image, 0, down, 0, right, cv2.BORDER_CONSTANT, value=(128, 128, 128))


def distinct(faces: list[Face]) -> list[Face]:
    """The surest of every group of overlapping boxes."""
    kept: list[Face] = []
    for face in sorted(faces, key=lambda face: -face.score):
        if all(overlap(face, other) <= yunet.OVERLAP for other in kept):
            kept.append(face)
    return kept


def overlap(one: Face, other: Face) -> float:
    """Intersection over union of two boxes, 0 to 1."""
    x, y, width, height = one.box
    left, top, other_width, other_height = other.box
    shared_width = min(x + width, left + other_width) - max(x, left)
    shared_height = min(y + height, top + other_height) - max(y, top)
    if shared_width <= 0 or shared_height <= 0:
        return 0.0
    shared = shared_width * shared_height
    return shared / (one.area + other.area - shared)
