"""From the results folder to the bytes of each file that tells of it."""

from __future__ import annotations

from pathlib import Path

from core.evaluation import ensemble_results
from core.files import atomic_write, json_bytes
from core.report import html, markdown, pdf
from core.report.gather import gather
from core.report.outline import outline
from core.text import in_language

ENSEMBLE = ensemble_results.FILE


def readme() -> bytes:
    """`results/README.md`: protocol, tables and reservations, in English."""
    with in_language("en"):
        return markdown.render(outline(gather(), details=False)).encode()


def ensemble() -> bytes | None:
    """`results/ensemble.json`: see `core.evaluation.ensemble_results`; None for one network."""
    found = gather().ensemble
    return json_bytes(found[0].model_dump(mode="json")) if found else None


def page(code: str) -> bytes:
    """The whole report as one web page in language `code`."""
    with in_language(code):
        return html.render(outline(gather())).encode()


def paper(code: str) -> bytes:
    """The whole report as a PDF in language `code`."""
    with in_language(code):
        found = gather()
        return pdf.render(outline(found), found.newest)


def write(path: Path, content: bytes | None) -> str:
    """Write atomically, and only if the file would change; returns what was done.

    A file for which there is no content is removed.
    """
    if content is None:
        path.unlink(missing_ok=True)
        return "nothing to write"
    if path.is_file() and path.read_bytes() == content:
        return "unchanged"
    with atomic_write(path) as stream:
        stream.write(content)
    return "written"
