"""A report as a PDF that prints well: vector figures, selectable text, A4."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial, singledispatch

from fpdf import FPDF, XPos, YPos
from fpdf.fonts import FontFace

from core.report import vector
from core.report.blocks import (
    Block,
    Bullets,
    Curves,
    Diagram,
    Dots,
    Heading,
    Heatmap,
    Paragraph,
    Table,
)
from core.report.vector import MUTED, RULE, TEXT, latin
from core.text import _, language

FONT = "Helvetica"
MARGIN = 16
BODY = 9.5
LINE = 4.7

_SIZES = {1: 20.0, 2: 14.0, 3: 11.0}
_DENSE = 6
"""Tables of more columns are set in smaller type."""

_SHORT = 16
"""Tables of fewer rows stay on one page."""


class Paper(FPDF):
    """An A4 page with the page number at its foot."""

    def __init__(self, title: str) -> None:
        super().__init__(format="A4")
        self.set_margins(MARGIN, MARGIN, MARGIN)
        self.set_auto_page_break(True, 18)
        self.set_title(latin(title))
        self.set_creator("FER Lab")
        self.set_lang(language())
        self.add_page()

    def footer(self) -> None:
        """Draw the page number."""
        self.set_y(-12)
        self.set_font(FONT, size=8)
        self.set_text_color(*MUTED)
        self.cell(0, 5, latin(_("FER Lab, page {page}").format(page=self.page_no())), align="R")

    def text_block(
        self, text: str, size: float = BODY, style: str = "", line: float = LINE
    ) -> None:
        """A paragraph over the whole width."""
        self.set_font(FONT, style, size)
        self.set_text_color(*TEXT)
        self.multi_cell(0, line, latin(text), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def keep(self, height: float) -> None:
        """Begin a new page unless `height` mm are left on this one."""
        if self.will_page_break(height):
            self.add_page()


def render(blocks: Iterable[Block], date: str) -> bytes:
    """The blocks as a PDF file in the language of the moment.

    Args:
        blocks: the first one is the title.
        date: ISO 8601, written into the file instead of the time of writing, so that equal
            results give equal files.
    """
    blocks = list(blocks)
    title = next(block.text for block in blocks if isinstance(block, Heading))
    paper = Paper(title)
    paper.set_creation_date(datetime.fromisoformat(date))
    for place, block in enumerate(blocks):
        if isinstance(block, Heading):
            _heading(paper, block, blocks[place + 1 :])
        else:
            _draw(block, paper)
    return bytes(paper.output())


def _heading(paper: Paper, block: Heading, after: Sequence[Block]) -> None:
    """A heading stays with the beginning of what it announces."""
    follows = after[0] if after else None
    room = vector.height(follows) if isinstance(follows, Dots | Heatmap | Diagram | Curves) else 26
    paper.keep(room + 12)
    if block.level > 1:
        paper.ln(5 if block.level == 2 else 2.5)
    if block.level == 2:
        paper.set_draw_color(*RULE)
        paper.set_line_width(0.3)
        paper.line(MARGIN, paper.get_y(), paper.w - MARGIN, paper.get_y())
        paper.ln(2.5)
    paper.start_section(latin(block.text), level=block.level - 1)
    size = _SIZES[block.level]
    paper.text_block(block.text, size, "B", 0.5 * size)
    paper.ln(1.5)


@singledispatch
def _draw(block: Block, paper: Paper) -> None:
    raise TypeError(f"No way to draw {type(block).__name__}.")


@_draw.register
def _paragraph(block: Paragraph, paper: Paper) -> None:
    paper.text_block(block.text)
    paper.ln(1.5)


@_draw.register
def _bullets(block: Bullets, paper: Paper) -> None:
    for line in block.lines:
        paper.keep(LINE)
        paper.set_font(FONT, size=BODY)
        paper.set_text_color(*TEXT)
        paper.set_fill_color(*TEXT)
        paper.ellipse(MARGIN + 1.2, paper.get_y() + 0.45 * LINE, 0.9, 0.9, style="F")
        paper.set_x(MARGIN + 4)
        paper.multi_cell(0, LINE, latin(line), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        paper.ln(0.6)
    paper.ln(1.5)


@_draw.register
def _table(block: Table, paper: Paper) -> None:
    size = BODY - 1 if len(block.header) <= _DENSE else BODY - 2
    paper.set_font(FONT, size=size)
    paper.set_text_color(*TEXT)
    paper.set_draw_color(*RULE)
    paper.set_fill_color(255)
    paper.set_line_width(0.2)
    if len(block.rows) < _SHORT:
        paper.keep(7.0 * (len(block.rows) + 2))
    with paper.table(
        col_widths=_widths(block, paper),
        text_align=("LEFT", *["RIGHT"] * (len(block.header) - 1)),
        borders_layout="HORIZONTAL_LINES",
        line_height=0.45 * size,
        padding=(1.1, 1.2),
        headings_style=FontFace(emphasis="BOLD", color=TEXT),
    ) as table:
        for line in (block.header, *block.rows):
            table.row([latin(text) for text in line])
    paper.ln(1)
    if block.note:
        paper.set_text_color(*MUTED)
        paper.set_font(FONT, size=BODY - 1.5)
        paper.multi_cell(0, 4, latin(block.note), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    paper.ln(2)


def _widths(block: Table, paper: Paper) -> tuple[float, ...]:
    """Widths in proportion to the longest cell; where that is too wide, cells break at spaces."""
    whole, least = [], []
    for place, title in enumerate(block.header):
        cells = [row[place] for row in block.rows]
        # Two values of one cell stay together.
        words = [word for cell in cells for word in cell.replace(" / ", "/").split()]
        # Headings are bold, which is wider.
        heading = 1.08 * max(map(partial(_width, paper), title.split()))
        least.append(max([heading, *map(partial(_width, paper), words)]) + 3.5)
        longest = max([heading, *map(partial(_width, paper), cells)])
        whole.append(max(least[-1], min(longest, 42.0) + 3.5))
    room, spare = paper.epw - sum(least), sum(whole) - sum(least)
    share = min(1.0, max(0.0, room / spare)) if spare else 1.0
    return tuple(
        narrow + share * (wide - narrow) for narrow, wide in zip(least, whole, strict=True)
    )


def _width(paper: Paper, text: str) -> float:
    return float(paper.get_string_width(latin(text)))


@_draw.register(Dots)
@_draw.register(Heatmap)
@_draw.register(Diagram)
@_draw.register(Curves)
def _figure(block: Dots | Heatmap | Diagram | Curves, paper: Paper) -> None:
    room = vector.height(block)
    paper.keep(room)
    vector.draw(block, paper, MARGIN, paper.get_y(), paper.w - 2 * MARGIN)
    paper.set_y(paper.get_y() + room)
