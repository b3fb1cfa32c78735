"""The icons of the expressions as files: SVG, and a font for every text of the pages."""

from __future__ import annotations

import base64
import io
from pathlib import Path

from core import paths
from core.figures import icons
from core.labels import EXPRESSIONS

ASSETS = paths.ROOT / "core" / "ui" / "assets"
EM = 1000
DROP = 130
"""Units by which an icon stands below the line of the text, so that it is centred on letters."""


def write(folder: Path = ASSETS) -> list[Path]:
    """Write `icons/<name>.svg` and `icons.css`, and return what was written."""
    (folder / "icons").mkdir(parents=True, exist_ok=True)
    written = []
    for name in icons.FACES:
        path = folder / "icons" / f"{name}.svg"
        path.write_text(icons.svg(name) + "\n", encoding="utf-8")
        written.append(path)
    points = ", ".join(f"U+{ord(expression.emoji):X}" for expression in EXPRESSIONS)
    address = "data:font/woff;base64," + base64.b64encode(font()).decode()
    # Under the name of the pages' own font: the browser takes these letters from here, all
    # others from there, in texts, widgets, tables and figures alike.
    css = (
        "/* Written by `python -m benchmarks icons`. */\n"
        '@font-face { font-family: "Source Sans"; font-weight: 100 900; '
        f'src: url({address}) format("woff"); unicode-range: {points}; }}\n'
    )
    path = folder / "icons.css"
    path.write_text(css, encoding="utf-8")
    return [*written, path]


def font() -> bytes:
    """The icons at the code points of their emoji, as WOFF."""
    from fontTools.fontBuilder import FontBuilder
    from fontTools.pens.ttGlyphPen import TTGlyphPen

    names = [".notdef", *icons.FACES]
    scale = EM / icons.SIDE
    glyphs = {".notdef": TTGlyphPen(None).glyph()}
    for name in icons.FACES:
        pen = TTGlyphPen(None)
        for polygon in icons.outlines(name):
            corners = [
                (round(x * scale), round((icons.SIDE - y) * scale) - DROP) for x, y in polygon
            ]
            pen.moveTo(corners[0])
            for corner in corners[1:]:
                pen.lineTo(corner)
            pen.closePath()
        glyphs[name] = pen.glyph()
    builder = FontBuilder(EM, isTTF=True)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({ord(entry.emoji): entry.name for entry in EXPRESSIONS})
    builder.setupGlyf(glyphs)
    builder.setupHorizontalMetrics(dict.fromkeys(names, (EM, 0)))
    builder.setupHorizontalHeader(ascent=EM - DROP, descent=-DROP)
    builder.setupNameTable({"familyName": "FER Lab Icons", "styleName": "Regular"})
    builder.setupOS2(sTypoAscender=EM - DROP, sTypoDescender=-DROP)
    builder.setupPost()
    # No time of making in it: the same drawings give the same file.
    builder.font["head"].created = builder.font["head"].modified = 0
    builder.font.recalcTimestamp = False
    builder.font.flavor = "woff"
    stream = io.BytesIO()
    builder.font.save(stream)
    return stream.getvalue()
