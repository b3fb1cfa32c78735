"""A batch as a workbook with pictures."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PIL import Image

from core.batch.pipeline import Outcome
from core.rows import columns

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

PICTURES = 5_000
"""Faces with a thumbnail in a workbook; more make it too heavy to open."""

LINES = 1_048_575
"""Rows of a sheet below its header."""

_WIDE = {"file": 34, "error": 44, "warning": 22, "network": 18, "sha256": 16, "model_sha256": 16}
_PICTURE = 64


def workbook(
    outcomes: Sequence[Outcome],
    classes: Sequence[str],
    thumbnail: Callable[[Outcome, int | None], bytes | None],
) -> bytes:
    """A workbook with the face in front of each row.

    Nothing in it is a formula or a link, whatever the names of the files.

    Args:
        outcomes: of the batch.
        classes: see `columns`.
        thumbnail: JPEG of a face of an outcome, by its number; of the picture for None.
    """
    import xlsxwriter

    stream = io.BytesIO()
    book = xlsxwriter.Workbook(
        stream, {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    )
    sheet = book.add_worksheet("faces")
    bold = book.add_format({"bold": True})
    middle = book.add_format({"valign": "vcenter"})
    names = ["picture", *columns(classes)]
    sheet.write_row(0, 0, names, bold)
    sheet.freeze_panes(1, 2)
    sheet.set_column(0, 0, 10)
    for place, name in enumerate(names[1:], 1):
        sheet.set_column(place, place, _WIDE.get(name, 11))
    line = pictures = 0
    for outcome in outcomes:
        for row in outcome.rows[: LINES - line]:
            line += 1
            data = thumbnail(outcome, row.face) if pictures < PICTURES else None
            if data:
                pictures += 1
                sheet.set_row_pixels(line, _PICTURE + 4)
                _insert(sheet, line, data)
            for place, value in enumerate(row.values(classes).values(), 1):
                if value not in (None, ""):
                    sheet.write(line, place, value, middle)
    sheet.autofilter(0, 1, max(1, line), len(names) - 1)
    book.close()
    return stream.getvalue()


def _insert(sheet: Worksheet, line: int, data: bytes) -> None:
    """Put a thumbnail into the first cell of a line, fitted to it."""
    with Image.open(io.BytesIO(data)) as image:
        scale = _PICTURE / max(image.size)
    sheet.insert_image(
        line,
        0,
        f"{line}.jpg",
        {
            "image_data": io.BytesIO(data),
            "x_scale": scale,
            "y_scale": scale,
            "x_offset": 2,
            "y_offset": 2,
            "object_position": 1,
        },
    )
