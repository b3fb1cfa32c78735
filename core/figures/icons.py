"""One icon for each expression, drawn here: as SVG, and as outlines for the icon font.

The font holds the same drawings at the expressions' emoji code points, so that every text of
the pages and figures shows them and not the viewer's own emoji, which many machines lack.
`python -m benchmarks icons` writes both.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

Point = tuple[float, float]

SIDE = 24
"""Units of a side; y points down."""

RING = (12.0, 12.0, 10.4, 1.7)
"""Centre, radius and width of the face's outline."""

STEPS = 14
"""Straight pieces that a curve is cut into."""


@dataclass(frozen=True)
class Stroke:
    """A line of round ends through a quadratic curve: start, control point, end."""

    start: Point
    control: Point
    end: Point
    width: float = 1.8

    def points(self) -> list[Point]:
        """Points along it."""
        found = []
        for step in range(STEPS + 1):
            t = step / STEPS
            weights = ((1 - t) ** 2, 2 * t * (1 - t), t**2)
            found.append(
                (
                    sum(w * p[0] for w, p in zip(weights, self.corners, strict=True)),
                    sum(w * p[1] for w, p in zip(weights, self.corners, strict=True)),
                )
            )
        return found

    @property
    def corners(self) -> tuple[Point, Point, Point]:
        """Its three defining points."""
        return self.start, self.control, self.end


@dataclass(frozen=True)
class Disc:
    """A filled ellipse."""

    x: float
    y: float
    width: float
    height: float


Part = Stroke | Disc


def _line(start: Point, end: Point, width: float = 1.8) -> Stroke:
    return Stroke(start, ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2), end, width)


def _eyes(radius: float = 1.35, y: float = 10.0) -> tuple[Part, ...]:
    return tuple(Disc(x, y, radius, radius) for x in (8.4, 15.6))


FACES: dict[str, tuple[Part, ...]] = {
    "angry": (
        *_eyes(1.3, 11.0),
        _line((6.2, 7.4), (10.2, 9.2)),
        _line((17.8, 7.4), (13.8, 9.2)),
        Stroke((8.4, 17.2), (12, 14.0), (15.6, 17.2)),
    ),
    "disgust": (
        _line((6.6, 8.4), (9.8, 10.2)),
        _line((6.6, 11.6), (9.8, 10.2)),
        _line((17.4, 8.4), (14.2, 10.2)),
        _line((17.4, 11.6), (14.2, 10.2)),
        Stroke((7.4, 16.4), (9.2, 13.4), (11, 15.6)),
        Stroke((11, 15.6), (12.8, 17.8), (14.6, 15.4)),
        Stroke((14.6, 15.4), (15.6, 14.2), (16.8, 15.2)),
    ),
    "fear": (
        *_eyes(1.7, 10.6),
        _line((6.0, 8.0), (9.4, 6.4), 1.5),
        _line((18.0, 8.0), (14.6, 6.4), 1.5),
        Stroke((7.8, 17.2), (9.2, 14.2), (12, 15.8)),
        Stroke((12, 15.8), (14.8, 17.4), (16.2, 15.0)),
    ),
    "happy": (
        Stroke((6.6, 10.6), (8.4, 7.6), (10.2, 10.6)),
        Stroke((13.8, 10.6), (15.6, 7.6), (17.4, 10.6)),
        Stroke((6.8, 13.8), (12, 21.4), (17.2, 13.8), 2.0),
        _line((6.8, 13.8), (17.2, 13.8), 2.0),
    ),
    "sad": (
        *_eyes(1.3, 10.8),
        _line((6.2, 9.0), (9.6, 7.0), 1.5),
        _line((17.8, 9.0), (14.4, 7.0), 1.5),
        Stroke((8.4, 17.4), (12, 13.6), (15.6, 17.4)),
        Disc(17.2, 14.6, 0.95, 1.6),
    ),
    "surprise": (
        *_eyes(1.5, 9.8),
        Stroke((6.6, 6.8), (8.4, 5.4), (10.0, 6.6), 1.4),
        Stroke((14.0, 6.6), (15.6, 5.4), (17.4, 6.8), 1.4),
        Disc(12, 16.2, 2.3, 2.9),
    ),
    "neutral": (*_eyes(1.4, 10.0), _line((8.0, 15.8), (16.0, 15.8))),
}
"""What stands in the ring, by expression."""


def svg(name: str, color: str = "currentColor") -> str:
    """An icon as an SVG document.

    Args:
        name: one of the seven expressions.
        color: of all its lines.
    """
    x, y, radius, width = RING
    parts = [f'<circle cx="{x}" cy="{y}" r="{radius}" fill="none" stroke-width="{width}"/>']
    for part in FACES[name]:
        if isinstance(part, Disc):
            parts.append(
                f'<ellipse cx="{part.x}" cy="{part.y}" rx="{part.width}" ry="{part.height}" '
                'stroke="none"/>'
            )
        else:
            (a, b), (c, d), (e, f) = part.corners
            parts.append(
                f'<path d="M{a} {b}Q{c} {d} {e} {f}" fill="none" stroke-width="{part.width}"/>'
            )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE} {SIDE}" width="{SIDE}" '
        f'height="{SIDE}" fill="{color}" stroke="{color}" stroke-linecap="round">'
        f"{''.join(parts)}</svg>"
    )


def outlines(name: str) -> list[list[Point]]:
    """Closed polygons of an icon for the nonzero rule: holes turn the other way."""
    x, y, radius, width = RING
    found = [
        _ellipse(x, y, radius + width / 2, radius + width / 2, 4 * STEPS),
        _ellipse(x, y, radius - width / 2, radius - width / 2, 4 * STEPS)[::-1],
    ]
    for part in FACES[name]:
        if isinstance(part, Disc):
            found.append(_ellipse(part.x, part.y, part.width, part.height, 2 * STEPS))
        else:
            found += _thick(part.points(), part.width)
    return found


def _ellipse(x: float, y: float, width: float, height: float, steps: int) -> list[Point]:
    turns = [2 * math.pi * step / steps for step in range(steps)]
    return [(x + width * math.cos(turn), y + height * math.sin(turn)) for turn in turns]


def _thick(points: Sequence[Point], width: float) -> list[list[Point]]:
    """A line as polygons: one for each piece, and a disc at each joint."""
    half = width / 2
    found = [_ellipse(px, py, half, half, STEPS) for px, py in points]
    for (ax, ay), (bx, by) in pairwise(points):
        length = math.hypot(bx - ax, by - ay)
        if not length:
            continue
        nx, ny = half * (ay - by) / length, half * (bx - ax) / length
        piece = [(ax + nx, ay + ny), (ax - nx, ay - ny), (bx - nx, by - ny), (bx + nx, by + ny)]
        found.append(piece if _area(piece) > 0 else piece[::-1])
    return found


def _area(polygon: Sequence[Point]) -> float:
    """Signed area, positive for the turn of `_ellipse`."""
    pairs = zip(polygon, [*polygon[1:], polygon[0]], strict=True)
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairs) / 2
