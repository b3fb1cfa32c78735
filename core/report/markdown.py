"""A report as Markdown: its text and tables, without figures."""

from __future__ import annotations

from collections.abc import Iterable
from functools import singledispatch

from core.report.blocks import Block, Bullets, Heading, Paragraph, Table

WRITTEN = (
    "Written by `python -m core report` from the files in this folder. Do not edit: run the "
    "command again."
)


def render(blocks: Iterable[Block]) -> str:
    """The blocks as a Markdown document; a note below the title says how it was made."""
    first, *rest = blocks
    parts = [_draw(first), WRITTEN, *(_draw(block) for block in rest)]
    return "\n\n".join(part for part in parts if part) + "\n"


@singledispatch
def _draw(block: Block) -> str:
    return ""


@_draw.register
def _heading(block: Heading) -> str:
    return f"{'#' * block.level} {block.text}"


@_draw.register
def _paragraph(block: Paragraph) -> str:
    return block.text


@_draw.register
def _bullets(block: Bullets) -> str:
    return "\n".join(f"- {line}" for line in block.lines)


@_draw.register
def _table(block: Table) -> str:
    ruler = ["---", *["---:"] * (len(block.header) - 1)]
    lines = [block.header, ruler, *block.rows]
    table = "\n".join(f"| {' | '.join(_cell(text) for text in line)} |" for line in lines)
    return f"{table}\n\n{block.note}" if block.note else table


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
