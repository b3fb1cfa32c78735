"""The icons of the expressions: the files are those of the drawings, and complete."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from benchmarks import icons
from core.figures.icons import FACES, outlines, svg
from core.labels import CLASSES, EXPRESSIONS


def test_every_expression_has_a_drawing() -> None:
    assert set(FACES) == set(CLASSES)


def test_the_shipped_files_are_those_of_the_drawings(tmp_path: Path) -> None:
    """Else: python -m benchmarks icons."""
    for path in icons.write(tmp_path):
        assert (icons.ASSETS / path.relative_to(tmp_path)).read_bytes() == path.read_bytes()


def test_the_font_has_an_outline_for_every_emoji_and_nothing_else() -> None:
    font = TTFont(io.BytesIO(icons.font()))
    assert font.getBestCmap() == {ord(entry.emoji): entry.name for entry in EXPRESSIONS}
    assert all(font["glyf"][name].numberOfContours > 3 for name in CLASSES)
    css = (icons.ASSETS / "icons.css").read_text(encoding="utf-8")
    assert all(f"U+{ord(entry.emoji):X}" in css for entry in EXPRESSIONS)


@pytest.mark.parametrize("name", CLASSES)
def test_an_icon_stays_within_its_square(name: str) -> None:
    ET.fromstring(svg(name, "#123456"))
    corners = [corner for polygon in outlines(name) for corner in polygon]
    assert all(0 <= x <= 24 and 0 <= y <= 24 for x, y in corners)
